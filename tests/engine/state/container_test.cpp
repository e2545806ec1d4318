// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container.h"

#include <gtest/gtest.h>

#include <string>

namespace saker {
namespace {

const std::string kId = "3ad7b26ded6d8e7b23da7d48fe889434573036c27ae5a74837233de441c3601e";
const std::string kOther = "ea457cc8202bb5684ddd4a2845ad7450ad48fb01448da5172790dcc4641757b9";
const std::string kPod = "pod2d4bf2b7-8f2a-4f5e-9a5c-0d6f1c3b7a11";
const std::string kPodSlice = "kubepods-burstable-pod2d4bf2b7_8f2a_4f5e_9a5c_0d6f1c3b7a11.slice";

TEST(ContainerIdentity, IsReadFromTheCgroupPath) {
  struct Case {
    std::string path;
    std::string id;
    std::string_view type;
  };
  const Case cases[] = {
      // Docker: cgroupfs and systemd drivers, rootless, inside a slice of one's own.
      {"/docker/" + kId, kId, "docker"},
      {"/system.slice/docker-" + kId + ".scope", kId, "docker"},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + kId + ".scope", kId,
       "docker"},
      {"/kubepods/besteffort/" + kPod + "/docker/" + kId, kId, "docker"},
      {"/kubepods.slice/kubepods-burstable.slice/" + kPodSlice + "/docker-" + kId + ".scope", kId,
       "docker"},
      {"/system.slice:docker:" + kId, kId, "docker"},
      // Docker in Docker: the inner container acts.
      {"/docker/" + kOther + "/docker/" + kId, kId, "docker"},
      // Processes in a cgroup below the container's.
      {"/docker/" + kId + "/init.scope", kId, "docker"},
      // Podman.
      {"/machine.slice/libpod-" + kId + ".scope", kId, "podman"},
      {"/machine.slice/libpod-" + kId + ".scope/container", kId, "podman"},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + kId +
           ".scope/container",
       kId, "podman"},
      {"/libpod_parent/libpod-" + kId, kId, "podman"},
      {"/libpod_parent/libpod-payload-" + kId, kId, "podman"},
      // containerd.
      {"/kubepods.slice/kubepods-burstable.slice/" + kPodSlice + "/cri-containerd-" + kId +
           ".scope",
       kId, "containerd"},
      {"/system.slice/containerd.service/" + kPodSlice + ":cri-containerd:" + kId, kId,
       "containerd"},
      {"/kubepods/burstable/" + kPod + "/" + kId, kId, "containerd"},
      {"/kubelet.slice/kubelet-kubepods.slice/cri-containerd-" + kId + ".scope", kId, "containerd"},
      {"/default/" + kId, kId, "containerd"},
      {"/system.slice/nerdctl-" + kId + ".scope", kId, "containerd"},
      // CRI-O.
      {"/kubepods.slice/kubepods-besteffort.slice/" + kPodSlice + "/crio-" + kId + ".scope", kId,
       "cri-o"},
      {"/kubepods/besteffort/" + kPod + "/crio-" + kId, kId, "cri-o"},
      // LXC names its containers.
      {"/lxc/web-1", "web-1", "lxc"},
      {"/lxc.payload.web-1", "web-1", "lxc"},
      {"/lxc.payload/web-1/system.slice/ssh.service", "web-1", "lxc"},
      {"/machine.slice/machine-lxc\\x2d8402\\x2dvm.scope", "8402\\x2dvm", "libvirt_lxc"},
  };
  for (const Case& c : cases) {
    const ContainerIdentity identity = parse_cgroup_path(c.path);
    EXPECT_EQ(identity.full_id, c.id) << c.path;
    EXPECT_EQ(identity.type, c.type) << c.path;
    EXPECT_FALSE(identity.is_host()) << c.path;
  }
}

TEST(ContainerIdentity, IsTheHostForEverythingElse) {
  const std::string cases[] = {
      "",
      "/",
      "//",
      "/init.scope",
      "/system.slice/docker.service",
      "/user.slice/user-1000.slice/session-2.scope",
      // Monitors of containers run on the host.
      "/machine.slice/libpod-conmon-" + kId + ".scope",
      "/system.slice/crio-conmon-" + kId + ".scope",
      "/lxc.monitor.web-1",
      // Not 64 lower-case hexadecimal digits.
      "/docker/" + kId.substr(1),
      "/docker/" + kId + "0",
      "/docker/" + std::string(64, 'g'),
      "/docker/" + std::string(64, 'A'),
      "/system.slice/docker-.scope",
      "/kubepods/burstable/" + kPod,
  };
  for (const std::string& path : cases) {
    const ContainerIdentity identity = parse_cgroup_path(path);
    EXPECT_TRUE(identity.is_host()) << path;
    EXPECT_EQ(identity.type, "host") << path;
    EXPECT_EQ(identity.short_id(), "host") << path;
  }
}

TEST(ContainerIdentity, ShowsTwelveCharactersOfItsId) {
  EXPECT_EQ(parse_cgroup_path("/docker/" + kId).short_id(), kId.substr(0, 12));
  EXPECT_EQ(parse_cgroup_path("/lxc/web").short_id(), "web");
}

TEST(ContainerTable, IsTheHostForAnUnknownCgroup) {
  ContainerTable table;
  EXPECT_FALSE(table.knows(7));
  EXPECT_TRUE(table.find(7).is_host());
  table.learn(7, "/docker/" + kId);
  EXPECT_TRUE(table.knows(7));
  EXPECT_EQ(table.find(7).full_id, kId);
}

TEST(ContainerTable, ForgetsTheOneLearntLongestAgo) {
  ContainerTable table;
  for (uint64_t id = 1; id <= ContainerTable::kLimit; ++id) {
    table.learn(id, "/docker/" + kId);
  }
  EXPECT_EQ(table.evicted(), 0U);
  table.learn(1, "/docker/" + kId);
  table.learn(ContainerTable::kLimit + 1, "/docker/" + kId);
  EXPECT_EQ(table.evicted(), 1U);
  EXPECT_TRUE(table.knows(1));
  EXPECT_FALSE(table.knows(2));
  EXPECT_TRUE(table.knows(ContainerTable::kLimit + 1));
}

TEST(ContainerTable, KeepsAContainerWhileACgroupIsInIt) {
  ContainerTable table;
  Container* container = table.learn(1, "/docker/" + kId);
  ASSERT_NE(container, nullptr);
  EXPECT_EQ(table.learn(2, "/docker/" + kId + "/init.scope"), container);
  EXPECT_EQ(table.learn(3, "/user.slice"), nullptr);
  EXPECT_EQ(table.find_container(3), nullptr);
  container->metadata = std::make_unique<const ContainerMetadata>();
  // The first cgroup goes, then the second.
  for (uint64_t id = 4; id <= ContainerTable::kLimit + 1; ++id) {
    table.learn(id, "/user.slice");
  }
  EXPECT_FALSE(table.knows(1));
  EXPECT_EQ(table.find_container(2), container);
  EXPECT_EQ(table.find_container(container->identity), container);
  table.learn(ContainerTable::kLimit + 2, "/user.slice");
  EXPECT_EQ(table.find_container(ContainerIdentity{kId, "docker"}), nullptr);
  // Learnt anew, it starts anew.
  EXPECT_EQ(table.learn(1, "/docker/" + kId)->metadata, nullptr);
}

TEST(ContainerTable, TellsRuntimesApartThatClaimOneId) {
  ContainerTable table;
  Container* docker = table.learn(1, "/docker/" + kId);
  Container* podman = table.learn(2, "/libpod-" + kId + ".scope");
  EXPECT_NE(docker, podman);
  EXPECT_EQ(table.find(1).type, "docker");
  EXPECT_EQ(table.find(2).type, "podman");
}

}  // namespace
}  // namespace saker
