// SPDX-License-Identifier: Apache-2.0
// Containers: what the cgroup and the pid namespace tell, and what their runtime knows.
#include "engine/fields/fields_container.h"

#include <optional>
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_tables.h"
#include "engine/lang/glob.h"
#include "engine/state/container.h"
#include "engine/state/process.h"
#include "engine/state/process_table.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

const ContainerIdentity& container_of(const Event& event) noexcept {
  return event.world().containers->find(event.task().cgroup_id);
}

// When the container's first process started, in Unix time; 0: not a container, or not known.
uint64_t container_start(const Event& event) noexcept {
  const uint64_t start_boot_ns = event.process().pidns_start_boot_ns;
  return container_of(event).is_host() || start_boot_ns == 0
             ? 0
             : start_boot_ns + static_cast<uint64_t>(event.world().boot_to_epoch_ns);
}

Value start_time(const Event& event, const FieldArgs&) noexcept {
  const uint64_t start = container_start(event);
  return start != 0 ? Value::of_uint(start) : Value::missing();
}

Value duration(const Event& event, const FieldArgs&) noexcept {
  const uint64_t start = container_start(event);
  const auto now = static_cast<uint64_t>(event.time_ns());
  return start != 0 ? Value::of_uint(now > start ? now - start : 0) : Value::missing();
}

Value shares_host_pids(const Event& event, const FieldArgs&) noexcept {
  const Process* init = event.world().processes->find_by_pid(1);
  return container_of(event).is_host() || init == nullptr
             ? Value::missing()
             : Value::of_bool(event.task().pid_ns == init->task.pid_ns);
}

Value short_id(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(container_of(event).short_id());
}

Value full_id(const Event& event, const FieldArgs&) noexcept {
  const ContainerIdentity& container = container_of(event);
  return container.is_host() ? Value::missing() : Value::of_text(container.full_id);
}

Value name(const Event& event, const FieldArgs& args) noexcept {
  return container_of(event).is_host() ? Value::of_text("host")
                                       : metadata_text<&ContainerMetadata::name>(event, args);
}

Value missing_reason(const Event& event, const FieldArgs&) noexcept {
  const Container* container = event.world().containers->find_container(event.task().cgroup_id);
  return container != nullptr && container->metadata == nullptr
             ? Value::of_text(container->missing_reason)
             : Value::missing();
}

template <std::optional<bool> ContainerMetadata::* kMember>
Value flag(const Event& event, const FieldArgs&) noexcept {
  const ContainerMetadata* metadata = metadata_of(event);
  return metadata != nullptr && (metadata->*kMember).has_value()
             ? Value::of_bool(*(metadata->*kMember))
             : Value::missing();
}

// The mount with this index, or the first one of which the member matches the pattern.
template <std::string ContainerMount::* kPattern>
const ContainerMount* mount_of(const Event& event, const FieldArgs& args) noexcept {
  const ContainerMetadata* metadata = metadata_of(event);
  if (metadata == nullptr) {
    return nullptr;
  }
  if (args.kind == FieldArgs::Kind::kIndex) {
    return args.index < metadata->mounts.size() ? &metadata->mounts[args.index] : nullptr;
  }
  for (const ContainerMount& mount : metadata->mounts) {
    if (lang::glob_match(args.key, mount.*kPattern)) {
      return &mount;
    }
  }
  return nullptr;
}

template <std::string ContainerMount::* kMember,
          std::string ContainerMount::* kPattern = &ContainerMount::source>
Value mount_text(const Event& event, const FieldArgs& args) noexcept {
  const ContainerMount* mount = mount_of<kPattern>(event, args);
  return mount != nullptr ? Value::of_text(mount->*kMember) : Value::missing();
}

Value mount_writable(const Event& event, const FieldArgs& args) noexcept {
  const ContainerMount* mount = mount_of<&ContainerMount::source>(event, args);
  return mount != nullptr ? Value::of_text(mount->is_writable ? "true" : "false")
                          : Value::missing();
}

Value type(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(container_of(event).type);
}

constexpr FieldDef kFields[] = {
    {"container.id", kCharBuf, kNone,
     "First 12 characters of the container id; host for processes outside of containers.", short_id,
     kOne, kDecimal, kFieldSuggested},
    {"container.full_id", kCharBuf, kNone, "Whole container id; missing outside of containers.",
     full_id},
    {"container.name", kCharBuf, kNone,
     "Name of the container; host for processes outside of containers.", name, kOne, kDecimal,
     kFieldSuggested | kFieldNeedsContainer},
    {"container.type", kCharBuf, kNone,
     "Runtime of the container, by its cgroup: docker, podman, containerd and others; host "
     "outside.",
     type},
    {"container.start_ts", kAbsTime, kNone,
     "When the first process of the container's pid namespace started, in Unix nanoseconds.",
     start_time},
    {"container.duration", kRelTime, kNone, "Nanoseconds since container.start_ts.", duration},
    {"container.host_pid", kBool, kNone, "Whether the container uses the host's pid namespace.",
     shares_host_pids},
    {"container.missing_reason", kCharBuf, kNone,
     "Why name, image, labels and pod of the container are missing; no value when they are known.",
     missing_reason, kOne, kDecimal, kFieldNeedsContainer},
    {"container.image", kCharBuf, kNone, "Image as it was asked for: name:tag or name@digest.",
     metadata_text<&ContainerMetadata::image>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.image.id", kCharBuf, kNone,
     "Id of the image, without \"sha256:\"; missing with containerd.",
     metadata_text<&ContainerMetadata::image_id>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.image.repository", kCharBuf, kNone,
     "Repository of the image, the registry included.",
     metadata_text<&ContainerMetadata::image_repository>, kOne, kDecimal,
     kFieldSuggested | kFieldNeedsContainer},
    {"container.image.tag", kCharBuf, kNone,
     "Tag of the image; latest when it was asked for with neither tag nor digest.",
     metadata_text<&ContainerMetadata::image_tag>, kOne, kDecimal,
     kFieldSuggested | kFieldNeedsContainer},
    {"container.image.digest", kCharBuf, kNone,
     "Digest of the image, sha256:...; only when it was asked for by digest.",
     metadata_text<&ContainerMetadata::image_digest>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.privileged", kBool, kNone,
     "Whether the container is privileged; where its runtime does not say so, by what it may do.",
     flag<&ContainerMetadata::privileged>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.mounts", kCharBuf, kNone,
     "All mounts from the host: SOURCE:DEST:MODE:RDWR:PROPAGATION,... with RDWR true or false.",
     metadata_text<&ContainerMetadata::mounts_text>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.mount", kCharBuf, kRequiredIndexOrKey,
     "One mount, by index or by a pattern for its source, as in container.mounts.",
     mount_text<&ContainerMount::text>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.mount.source", kCharBuf, kRequiredIndexOrKey,
     "Source of a mount, by index or by a pattern for its place in the container.",
     mount_text<&ContainerMount::source, &ContainerMount::destination>, kOne, kDecimal,
     kFieldNeedsContainer},
    {"container.mount.dest", kCharBuf, kRequiredIndexOrKey,
     "Place of a mount in the container, by index or by a pattern for its source.",
     mount_text<&ContainerMount::destination>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.mount.mode", kCharBuf, kRequiredIndexOrKey,
     "Mode of a mount, by index or by a pattern for its source; often empty.",
     mount_text<&ContainerMount::mode>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.mount.rdwr", kCharBuf, kRequiredIndexOrKey,
     "Whether a mount is writable, true or false, by index or by a pattern for its source.",
     mount_writable, kOne, kDecimal, kFieldNeedsContainer},
    {"container.mount.propagation", kCharBuf, kRequiredIndexOrKey,
     "Propagation of a mount, by index or by a pattern for its source.",
     mount_text<&ContainerMount::propagation>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.healthcheck", kCharBuf, kNone, "Health check of the container; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
    {"container.liveness_probe", kCharBuf, kNone,
     "Liveness probe of the container; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"container.readiness_probe", kCharBuf, kNone,
     "Readiness probe of the container; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"container.ip", kCharBuf, kNone,
     "IPv4 address of the container, or of its pod; missing with podman.",
     metadata_text<&ContainerMetadata::ip>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.cni.json", kCharBuf, kNone,
     "What the CNI plugins returned for the container's pod, as JSON.",
     metadata_text<&ContainerMetadata::cni_json>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.host_network", kBool, kNone,
     "Whether the container uses the host's network namespace.",
     flag<&ContainerMetadata::host_network>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.host_ipc", kBool, kNone, "Whether the container uses the host's IPC namespace.",
     flag<&ContainerMetadata::host_ipc>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.label", kCharBuf, kRequiredKey,
     "Value of a label; with containerd and podman only the pod's name, namespace and uid.",
     label<&ContainerMetadata::labels>, kOne, kDecimal, kFieldNeedsContainer},
    {"container.labels", kCharBuf, kNone,
     "All labels, KEY:VALUE, ... by key, without those of Kubernetes itself; see container.label.",
     metadata_text<&ContainerMetadata::labels_text>, kOne, kDecimal, kFieldNeedsContainer},
    {"proc.is_container_healthcheck", kBool, kNone,
     "Whether the process is a health check; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"proc.is_container_liveness_probe", kBool, kNone,
     "Whether the process is a liveness probe; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"proc.is_container_readiness_probe", kBool, kNone,
     "Whether the process is a readiness probe; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> container_fields() { return kFields; }

}  // namespace saker
