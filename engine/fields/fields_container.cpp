// SPDX-License-Identifier: Apache-2.0
// Containers, as far as the cgroup and the pid namespace tell. Their metadata is not read yet.
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_tables.h"
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

Value name(const Event& event, const FieldArgs&) noexcept {
  return container_of(event).is_host() ? Value::of_text("host") : Value::missing();
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
     "host for processes outside of containers; the container's name has no value yet.", name, kOne,
     kDecimal, kFieldSuggested},
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
    {"container.image", kCharBuf, kNone, "Image as it was asked for; no value yet.", no_value},
    {"container.image.id", kCharBuf, kNone, "Id of the image; no value yet.", no_value},
    {"container.image.repository", kCharBuf, kNone, "Repository of the image; no value yet.",
     no_value, kOne, kDecimal, kFieldSuggested},
    {"container.image.tag", kCharBuf, kNone, "Tag of the image; no value yet.", no_value, kOne,
     kDecimal, kFieldSuggested},
    {"container.image.digest", kCharBuf, kNone, "Digest of the image; no value yet.", no_value},
    {"container.privileged", kBool, kNone, "Whether the container is privileged; no value yet.",
     no_value},
    {"container.mounts", kCharBuf, kNone, "All mounts of the container; no value yet.", no_value},
    {"container.mount", kCharBuf, kRequiredIndexOrKey, "One mount; no value yet.", no_value},
    {"container.mount.source", kCharBuf, kRequiredIndexOrKey,
     "What is mounted at a place in the container; no value yet.", no_value},
    {"container.mount.dest", kCharBuf, kRequiredIndexOrKey,
     "Where a path of the host is mounted; no value yet.", no_value},
    {"container.mount.mode", kCharBuf, kRequiredIndexOrKey, "Mode of a mount; no value yet.",
     no_value},
    {"container.mount.rdwr", kCharBuf, kRequiredIndexOrKey,
     "Whether a mount is writable; no value yet.", no_value},
    {"container.mount.propagation", kCharBuf, kRequiredIndexOrKey,
     "Propagation of a mount; no value yet.", no_value},
    {"container.healthcheck", kCharBuf, kNone, "Health check of the container; never has a value.",
     no_value, kOne, kDecimal, kFieldDeprecated},
    {"container.liveness_probe", kCharBuf, kNone,
     "Liveness probe of the container; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"container.readiness_probe", kCharBuf, kNone,
     "Readiness probe of the container; never has a value.", no_value, kOne, kDecimal,
     kFieldDeprecated},
    {"container.ip", kCharBuf, kNone, "Address of the container; no value yet.", no_value},
    {"container.cni.json", kCharBuf, kNone, "Network set-up of the pod; no value yet.", no_value},
    {"container.host_network", kBool, kNone,
     "Whether the container uses the host's network namespace; no value yet.", no_value},
    {"container.host_ipc", kBool, kNone,
     "Whether the container uses the host's IPC namespace; no value yet.", no_value},
    {"container.label", kCharBuf, kRequiredKey, "Value of a label; no value yet.", no_value},
    {"container.labels", kCharBuf, kNone, "All labels; no value yet.", no_value},
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
