// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_reader.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "engine/base/capabilities.h"
#include "tests/support/fake_root.h"

namespace saker {
namespace {

const std::string kId(64, 'a');
const std::string kSandbox(64, 'b');

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' || c == '\\' ? "\\" : "";
    out += c;
  }
  return out + '"';
}

// The "process" and "linux" of a bundle as podman 4.3 writes them; shortened.
std::string oci_config(const std::string& annotations, bool privileged) {
  std::string capabilities;
  for (const std::string_view name : kCapabilityNames) {
    if (privileged || name == "CAP_CHOWN") {
      capabilities += (capabilities.empty() ? "" : ",") + json_text(name);
    }
  }
  return R"({"ociVersion":"1.0.2-dev","process":{"user":{"uid":0},"capabilities":{"bounding":[)" +
         capabilities + R"(]}},"root":{"path":"rootfs"},"mounts":[
    {"destination":"/proc","type":"proc","source":"proc","options":["nosuid","noexec"]},
    {"destination":"/data","type":"bind","source":"/srv","options":["rbind","ro","rslave"]},
    {"destination":"/etc/hosts","source":"/var/hosts","options":["bind","rprivate"]}],
    "annotations":{)" +
         annotations + R"(},"linux":{"namespaces":[{"type":"pid"},{"type":"mount"},)" +
         (privileged ? R"({"type":"ipc"}]}})"
                     : R"({"type":"network"}],"maskedPaths":["/proc/kcore"],"seccomp":{}}})");
}

class ContainerReaderTest : public testing::Test {
 protected:
  ContainerAnswer read(std::string_view type) {
    ContainerRoots roots;
    roots.host = root_.path();
    return ContainerReader(roots).read({kId, type});
  }
  std::string dir(const std::string& parent, const std::string& id = kId) {
    return parent + "/" + id;
  }

  test::FakeRoot root_;
};

// As dockerd 20.10 writes it; shortened.
constexpr std::string_view kDockerConfig =
    R"({"StreamConfig":{},"State":{"Running":true,"Pid":1624},
  "ID":"aa","Config":{"Hostname":"127824e9c09b","Env":null,"Image":"registry:5000/team/box:2.0",
  "Labels":{"app":"web","io.kubernetes.pod.name":"web-0","annotation.x":"y"}},
  "Image":"sha256:50dccba9","NetworkSettings":{"Networks":{"none":{"IPAddress":""},
  "bridge":{"IPAddress":"172.17.0.2"}}},"Name":"/web",
  "MountPoints":{"/data":{"Source":"/srv","Destination":"/data","RW":false,"Relabel":"ro",
  "Propagation":"rslave"},"/vol":{"Source":"/var/lib/docker/volumes/vol/_data",
  "Destination":"/vol","RW":true,"Relabel":"z"}}})";

TEST_F(ContainerReaderTest, ReadsDocker) {
  root_.file(dir("var/lib/docker/containers") + "/config.v2.json", std::string(kDockerConfig));
  root_.file(dir("var/lib/docker/containers") + "/hostconfig.json",
             R"({"NetworkMode":"host","IpcMode":"private","Privileged":true})");
  const ContainerAnswer answer = read("docker");
  ASSERT_EQ(answer.outcome, ContainerOutcome::kFound) << answer.reason;
  const ContainerMetadata& metadata = answer.metadata;
  EXPECT_FALSE(metadata.is_preliminary);
  EXPECT_EQ(metadata.name, "web");
  EXPECT_EQ(metadata.image, "registry:5000/team/box:2.0");
  EXPECT_EQ(metadata.image_repository, "registry:5000/team/box");
  EXPECT_EQ(metadata.image_tag, "2.0");
  EXPECT_EQ(metadata.image_id, "50dccba9");
  EXPECT_EQ(metadata.ip, "172.17.0.2");
  EXPECT_EQ(metadata.privileged, true);
  EXPECT_EQ(metadata.host_network, true);
  EXPECT_EQ(metadata.host_ipc, false);
  EXPECT_EQ(metadata.labels_text, "app:web");
  EXPECT_EQ(metadata.mounts_text,
            "/srv:/data:ro:false:rslave,/var/lib/docker/volumes/vol/_data:/vol:z:true:");
}

TEST_F(ContainerReaderTest, TellsThatDockerHasNotStartedItYet) {
  root_.file(dir("var/lib/docker/containers") + "/config.v2.json",
             R"({"Name":"/web","State":{"Running":false,"Pid":0}})");
  EXPECT_TRUE(read("docker").metadata.is_preliminary);
}

TEST_F(ContainerReaderTest, DoesNotKnowWhatDockersHostConfigWouldTell) {
  root_.file(dir("var/lib/docker/containers") + "/config.v2.json", std::string(kDockerConfig));
  const ContainerAnswer answer = read("docker");
  ASSERT_EQ(answer.outcome, ContainerOutcome::kFound);
  EXPECT_FALSE(answer.metadata.privileged.has_value());
  EXPECT_FALSE(answer.metadata.host_network.has_value());
}

TEST_F(ContainerReaderTest, ReadsPodman) {
  const std::string storage = "var/lib/containers/storage/overlay-containers";
  root_.file(storage + "/containers.json",
             R"([{"id":"other","metadata":"{\"name\":\"other\"}"},{"id":")" + kId +
                 R"(","names":["web"],"image":"7ad85b4a","metadata":)" +
                 json_text(R"({"image-name":"example.com:5000/team/box:1.2","name":"web"})") +
                 "}]");
  root_.file(dir(storage) + "/userdata/config.json",
             oci_config(R"("io.container.manager":"libpod")", true));
  const ContainerAnswer answer = read("podman");
  ASSERT_EQ(answer.outcome, ContainerOutcome::kFound) << answer.reason;
  const ContainerMetadata& metadata = answer.metadata;
  EXPECT_EQ(metadata.name, "web");
  EXPECT_EQ(metadata.image_repository, "example.com:5000/team/box");
  EXPECT_EQ(metadata.image_tag, "1.2");
  EXPECT_EQ(metadata.image_id, "7ad85b4a");
  EXPECT_EQ(metadata.privileged, true);
  EXPECT_EQ(metadata.host_network, true);
  EXPECT_EQ(metadata.host_ipc, false);
  EXPECT_EQ(metadata.mounts_text,
            "/srv:/data:ro:false:rslave,/var/hosts:/etc/hosts::true:rprivate");
}

TEST_F(ContainerReaderTest, ReadsContainerdsCri) {
  const std::string tasks = "run/containerd/io.containerd.runtime.v2.task/k8s.io";
  root_.file(dir(tasks) + "/config.json", oci_config(R"("io.kubernetes.cri.container-name":"nginx",
               "io.kubernetes.cri.container-type":"container",
               "io.kubernetes.cri.image-name":"docker.io/library/nginx:1.25",
               "io.kubernetes.cri.sandbox-name":"web-0",
               "io.kubernetes.cri.sandbox-namespace":"prod",
               "io.kubernetes.cri.sandbox-uid":"2d4bf2b7",
               "io.kubernetes.cri.sandbox-id":)" + json_text(kSandbox),
                                                     false));
  root_.file(
      dir(tasks, kSandbox) + "/config.json", oci_config(
                                                 R"("io.kubernetes.cri.container-type":"sandbox",
               "io.kubernetes.cri.sandbox-name":"web-0",
               "io.kubernetes.cri.sandbox-id":)" + json_text(kSandbox),
                                                 false));
  root_.file("var/lib/cni/results/cbr0-" + kSandbox + "-eth0",
             R"({"kind":"cniCacheV1","result":{"cniVersion":"1.0.0",
               "ips":[{"address":"fd00::5/64"},{"address":"10.88.0.5/16"}]}})");
  const ContainerAnswer answer = read("containerd");
  ASSERT_EQ(answer.outcome, ContainerOutcome::kFound) << answer.reason;
  const ContainerMetadata& metadata = answer.metadata;
  EXPECT_EQ(metadata.name, "nginx");
  EXPECT_EQ(metadata.image_repository, "docker.io/library/nginx");
  EXPECT_EQ(metadata.privileged, false);
  EXPECT_EQ(metadata.host_network, false);
  EXPECT_EQ(metadata.host_ipc, true);
  EXPECT_EQ(*find_label(metadata.labels, "io.kubernetes.pod.name"), "web-0");
  EXPECT_EQ(*find_label(metadata.labels, "io.kubernetes.pod.namespace"), "prod");
  EXPECT_EQ(*find_label(metadata.labels, "io.kubernetes.pod.uid"), "2d4bf2b7");
  EXPECT_EQ(metadata.labels_text, "");
  EXPECT_EQ(metadata.pod_sandbox_id, kSandbox);
  EXPECT_EQ(metadata.ip, "10.88.0.5");
  EXPECT_EQ(metadata.pod_ip, "10.88.0.5");
  EXPECT_EQ(
      metadata.cni_json,
      R"({"cniVersion":"1.0.0","ips":[{"address":"fd00::5/64"},{"address":"10.88.0.5/16"}]})");
}

// The cgroup of such a container is /kubepods/…/<id>, which says containerd.
TEST_F(ContainerReaderTest, ReadsCrioWhateverTheCgroupSays) {
  const std::string storage = "run/containers/storage/overlay-containers";
  const std::string common =
      R"("io.kubernetes.pod.name":"web-0","io.kubernetes.pod.namespace":"prod",
    "io.kubernetes.pod.uid":"2d4bf2b7","io.kubernetes.cri-o.SandboxID":)" +
      json_text(kSandbox);
  root_.file(dir(storage) + "/userdata/config.json",
             oci_config(common + R"(,"io.kubernetes.container.name":"nginx",
               "io.kubernetes.cri-o.ImageName":"quay.io/web@sha256:0123",
               "io.kubernetes.cri-o.Labels":)" +
                            json_text(R"({"io.kubernetes.container.name":"nginx","tier":"front"})"),
                        false));
  root_.file(dir(storage, kSandbox) + "/userdata/config.json",
             oci_config(common + R"(,"io.kubernetes.cri-o.IP.0":"10.85.0.5",
               "io.kubernetes.cri-o.CNIResult":"{\"ips\":[]}",
               "io.kubernetes.cri-o.Labels":)" +
                            json_text(R"({"app":"web"})"),
                        false));
  for (const std::string_view type : {"cri-o", "containerd"}) {
    const ContainerAnswer answer = read(type);
    ASSERT_EQ(answer.outcome, ContainerOutcome::kFound) << answer.reason;
    const ContainerMetadata& metadata = answer.metadata;
    EXPECT_EQ(metadata.name, "nginx");
    EXPECT_EQ(metadata.image_repository, "quay.io/web");
    EXPECT_EQ(metadata.image_digest, "sha256:0123");
    EXPECT_EQ(metadata.labels_text, "tier:front");
    EXPECT_EQ(metadata.pod_labels_text, "app:web");
    EXPECT_EQ(*find_label(metadata.labels, "io.kubernetes.pod.namespace"), "prod");
    EXPECT_EQ(metadata.pod_ip, "10.85.0.5");
    EXPECT_EQ(metadata.cni_json, R"({"ips":[]})");
  }
}

TEST_F(ContainerReaderTest, FollowsRuncToItsBundle) {
  root_.file(dir("run/runc") + "/state.json",
             R"({"id":"x","config":{"labels":["a=b","bundle=/home/me/bundle"]}})");
  root_.file("home/me/bundle/config.json", oci_config(R"("some/annotation":"x")", false));
  const ContainerAnswer answer = read("docker");
  ASSERT_EQ(answer.outcome, ContainerOutcome::kFound) << answer.reason;
  EXPECT_EQ(answer.metadata.name, "");
  EXPECT_EQ(answer.metadata.privileged, false);
}

TEST_F(ContainerReaderTest, StaysWithinTheRootOfTheHost) {
  const std::string config = oci_config("", true);
  test::FakeRoot outside;
  outside.file("config.json", config);
  // Absolute links start at the root, as for the host's processes.
  root_.link(dir("run/containerd/io.containerd.runtime.v2.task/moby"), outside.path());
  EXPECT_EQ(read("containerd").outcome, ContainerOutcome::kNotFound);
  root_.file(outside.path().substr(1) + "/config.json", config);
  EXPECT_EQ(read("containerd").outcome, ContainerOutcome::kFound);
}

TEST_F(ContainerReaderTest, SaysWhyNothingWasFound) {
  const ContainerAnswer none = read("docker");
  EXPECT_EQ(none.outcome, ContainerOutcome::kNotFound);
  EXPECT_EQ(none.reason, "cannot read '/var/lib/docker/containers/" + kId +
                             "/config.v2.json': No such file or directory");
  const std::string path = dir("var/lib/docker/containers") + "/config.v2.json";
  root_.directory(path);
  EXPECT_EQ(read("docker").reason, "cannot read '/" + path + "': Invalid argument");
}

TEST_F(ContainerReaderTest, RefusesHostileFiles) {
  const std::string path = dir("var/lib/docker/containers") + "/config.v2.json";
  for (const std::string& text :
       {std::string("{\"Name\":"), std::string("\"text\""), std::string(100'000, '['),
        std::string("\0\0\0", 3), std::string("\xff\xfe{}"), std::string(4, '\0') + "{}"}) {
    root_.file(path, text);
    const ContainerAnswer answer = read("docker");
    EXPECT_EQ(answer.outcome, ContainerOutcome::kInvalid) << text.substr(0, 20);
    EXPECT_EQ(answer.reason, "'/" + path + "' is not what the runtime writes");
  }
  root_.file(path, "{\"Name\":\"" + std::string(4 * 1024 * 1024, 'x') + "\"}");
  EXPECT_EQ(read("docker").reason, "cannot read '/" + path + "': File too large");
}

TEST_F(ContainerReaderTest, TakesWrongTypesForNothing) {
  const std::string path = dir("var/lib/docker/containers") + "/config.v2.json";
  for (const char* text :
       {"{}", "[]", R"({"Name":1,"Config":[],"MountPoints":[{}],"NetworkSettings":null})",
        R"({"Config":{"Labels":{"a":{}},"Image":{}},"MountPoints":{"x":1},"Image":true})"}) {
    root_.file(path, text);
    const ContainerAnswer answer = read("docker");
    EXPECT_EQ(answer.outcome, ContainerOutcome::kFound) << text;
    EXPECT_EQ(answer.metadata.name, "");
    EXPECT_EQ(answer.metadata.image_tag, "");
  }
  const std::string bundle =
      dir("run/containerd/io.containerd.runtime.v2.task/default") + "/config.json";
  for (
      const char* text :
      {R"({"annotations":[1],"mounts":{"a":1},"process":{},"linux":1})",
       R"({"annotations":{"io.kubernetes.cri-o.Labels":"{","io.kubernetes.cri.sandbox-id":"../../x"}})"}) {
    root_.file(bundle, text);
    const ContainerAnswer answer = read("containerd");
    EXPECT_EQ(answer.outcome, ContainerOutcome::kFound) << text;
    EXPECT_FALSE(answer.metadata.privileged.has_value());
    EXPECT_FALSE(answer.metadata.host_network.has_value());
  }
}

TEST_F(ContainerReaderTest, FindsTheDirectoriesOfRuntimes) {
  ContainerRoots roots;
  roots.host = root_.path();
  EXPECT_TRUE(find_runtimes(roots).empty());
  root_.directory("var/lib/docker");
  root_.directory("srv/runc");
  root_.link("run/containerd", "loop");
  root_.link("run/loop", "containerd");
  roots.runc = {"/srv/runc"};
  const auto found = find_runtimes(roots);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].runtime, "Docker");
  EXPECT_EQ(found[0].path, "/var/lib/docker");
  EXPECT_EQ(found[0].errno_value, 0);
  EXPECT_EQ(found[1].runtime, "containerd");
  EXPECT_EQ(found[1].errno_value, ELOOP);
  EXPECT_EQ(found[2].path, "/srv/runc");
}

TEST_F(ContainerReaderTest, DoesNotWaitForAFifo) {
  const std::string path = dir("var/lib/docker/containers") + "/config.v2.json";
  root_.directory(dir("var/lib/docker/containers"));
  ASSERT_EQ(::mkfifo(root_.path(path).c_str(), 0600), 0);
  EXPECT_EQ(read("docker").outcome, ContainerOutcome::kNotFound);
}

}  // namespace
}  // namespace saker
