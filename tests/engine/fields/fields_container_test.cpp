// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

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

constexpr FieldScene kScenes[] = {
    {"a process of the host acts", play_on_host, kOnHost},
    {"a process of a container acts", play_in_container, kInContainer},
    {"a container reads a file", play_open_in_container, kFileInContainer},
};

TEST(ContainerFields, HaveTheirValues) { check_scenes(kScenes); }

}  // namespace

std::span<const FieldScene> container_scenes() { return kScenes; }

}  // namespace saker::test
