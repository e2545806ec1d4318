// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/fields/catalog.h"
#include "tests/support/alloc_counter.h"
#include "tests/support/field_world.h"

namespace saker::test {
namespace {

void play_on_host(FieldWorld& world) { world.syscall("close", 0); }
void play_in_container(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  world.syscall("getpid", 7);
}

constexpr FieldCase kOnHost[] = {
    {"container.id", "host"},
    {"container.full_id", kMissing},
    {"container.name", "host"},
    {"container.type", "host"},
    {"container.start_ts", kMissing},
    {"container.duration", kMissing},
    {"container.host_pid", kMissing},
    {"container.image.repository", kMissing},
    {"container.mount.dest[/proc*]", kMissing},
    {"container.mount.dest[0]", kMissing},
    {"container.label[a.b]", kMissing},
    {"k8s.pod.name", kMissing},
};
constexpr FieldCase kInContainer[] = {
    {"container.id", "0123456789ab"},
    {"container.full_id", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
    {"container.name", kMissing},
    {"container.missing_reason", "not looked up"},
    {"container.type", "docker"},
    {"container.start_ts", "1600000020000000000"},
    {"container.duration", "31123456789"},
    {"container.host_pid", "false"},
    {"fd.containername", kMissing},
};

void play_open_in_container(FieldWorld& world) {
  world.task = FieldWorld::containerised_shell();
  world.syscall("read", 0, {3}, [](RecordWriter& writer) { add_file(writer, "/etc/motd"); });
}
constexpr FieldCase kFileInContainer[] = {
    {"fd.containername", "0123456789ab:/etc/motd"},
    {"fd.containerdirectory", "0123456789ab:/etc"},
};

void play_in_described_container(FieldWorld& world) {
  ContainerMetadata metadata;
  metadata.name = "web";
  metadata.image = "registry:5000/team/web:1.2@sha256:0123";
  metadata.image_id = "50dccba9";
  metadata.ip = "10.1.2.3";
  metadata.cni_json = "{}";
  metadata.pod_sandbox_id = std::string(64, 'e');
  metadata.pod_ip = "10.1.2.4";
  metadata.privileged = true;
  metadata.host_network = false;
  metadata.host_ipc = true;
  metadata.mounts = {{"/srv/a", "/data", "ro", "rslave", false, ""},
                     {"/proc/sys", "/host/proc", "", "", true, ""}};
  metadata.labels = {{"app", "web"},
                     {"empty", ""},
                     {"io.kubernetes.pod.name", "web-0"},
                     {"io.kubernetes.pod.namespace", "prod"},
                     {"io.kubernetes.pod.uid", "2d4bf2b7"}};
  metadata.pod_labels = {{"tier", "front"}};
  metadata.complete();
  world.describe_container(metadata);
  world.task = FieldWorld::containerised_shell();
  world.syscall("getpid", 7);
}
constexpr FieldCase kDescribed[] = {
    {"container.name", "web"},
    {"container.missing_reason", kMissing},
    {"container.image", "registry:5000/team/web:1.2@sha256:0123"},
    {"container.image.id", "50dccba9"},
    {"container.image.repository", "registry:5000/team/web"},
    {"container.image.tag", "1.2"},
    {"container.image.digest", "sha256:0123"},
    {"container.privileged", "true"},
    {"container.host_network", "false"},
    {"container.host_ipc", "true"},
    {"container.ip", "10.1.2.3"},
    {"container.cni.json", "{}"},
    {"container.label[app]", "web"},
    {"container.label[empty]", ""},
    {"container.label[none]", kMissing},
    {"container.labels", "app:web, empty"},
    {"container.mounts", "/srv/a:/data:ro:false:rslave,/proc/sys:/host/proc::true:"},
    {"container.mount[0]", "/srv/a:/data:ro:false:rslave"},
    {"container.mount[1]", "/proc/sys:/host/proc::true:"},
    {"container.mount[2]", kMissing},
    {"container.mount[/srv/*]", "/srv/a:/data:ro:false:rslave"},
    {"container.mount[/data]", kMissing},
    {"container.mount.dest[/proc*]", "/host/proc"},
    {"container.mount.dest[/etc]", kMissing},
    {"container.mount.source[/host/*]", "/proc/sys"},
    {"container.mount.source[/proc*]", kMissing},
    {"container.mount.mode[0]", "ro"},
    {"container.mount.rdwr[/srv/a]", "false"},
    {"container.mount.rdwr[1]", "true"},
    {"container.mount.propagation[0]", "rslave"},
    {"k8s.pod.name", "web-0"},
    {"k8s.ns.name", "prod"},
    {"k8s.pod.id", "2d4bf2b7"},
    {"k8s.pod.uid", "2d4bf2b7"},
    {"k8s.pod.sandbox_id", "eeeeeeeeeeee"},
    {"k8s.pod.full_sandbox_id", "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"},
    {"k8s.pod.label[tier]", "front"},
    {"k8s.pod.labels", "tier:front"},
    {"k8s.pod.ip", "10.1.2.4"},
    {"k8s.pod.cni.json", "{}"},
};

void play_on_host_beside(FieldWorld& world) {
  play_in_described_container(world);
  world.task = FieldWorld::curl();
  world.syscall("getpid", 7);
}
constexpr FieldCase kOnHostBeside[] = {
    {"container.name", "host"},
    {"container.privileged", kMissing},
    {"container.missing_reason", kMissing},
    {"k8s.pod.name", kMissing},
};

constexpr FieldScene kScenes[] = {
    {"a process of the host acts", play_on_host, kOnHost},
    {"a process of a container acts", play_in_container, kInContainer},
    {"the runtime of the container is known", play_in_described_container, kDescribed},
    {"a process of the host acts beside a container", play_on_host_beside, kOnHostBeside},
    {"a container reads a file", play_open_in_container, kFileInContainer},
};

TEST(ContainerFields, CostNoAllocation) {
  FieldWorld world;
  play_in_described_container(world);
  std::vector<FieldCatalog::Use> uses;
  for (const FieldCase& field_case : kDescribed) {
    const size_t bracket = field_case.field.find('[');
    const bool has_bracket = bracket != std::string_view::npos;
    FieldCatalog::Use& use = uses.emplace_back();
    ASSERT_EQ(FieldCatalog::builtin().resolve(
                  field_case.field.substr(0, bracket), has_bracket,
                  has_bracket
                      ? field_case.field.substr(bracket + 1, field_case.field.size() - bracket - 2)
                      : std::string_view(),
                  use),
              FieldCatalog::UseError::kNone);
  }
  size_t present = 0;
  const uint64_t before = allocation_count();
  for (const FieldCatalog::Use& use : uses) {
    present += use.def->extract(world.event(), use.args).is_missing() ? 0 : 1;
  }
  EXPECT_EQ(allocation_count(), before);
  EXPECT_GT(present, 30U);
}

TEST(ContainerFields, HaveTheirValues) { check_scenes(kScenes); }

}  // namespace

std::span<const FieldScene> container_scenes() { return kScenes; }

}  // namespace saker::test
