// SPDX-License-Identifier: Apache-2.0
// Metadata of containers in alerts of the built program: from files as Docker writes them for a
// container of runc, and from podman where it is installed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "tests/support/container.h"
#include "tests/support/program.h"
#include "tests/support/schema_check.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

namespace fs = std::filesystem;

constexpr auto kAlertTimeout = std::chrono::seconds(10);
constexpr std::string_view kRules = R"(
- rule: Privileged
  desc: d
  condition: >
    evt.type in (execve, execveat) and container.privileged=true
    and proc.name=true and container.image.repository endswith /team/box
  output: >
    ran %container.name %container.image.repository %container.image.tag %container.type
    %k8s.ns.name %container.missing_reason
  priority: NOTICE
)";

// Of this process's own, for tests run at the same time: its pid, as a container's id is written.
std::string container_id() {
  std::string digits = std::to_string(::getpid());
  return digits.insert(0, 64 - digits.size(), '0');
}

class LiveContainer : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !fs::exists("/sys/kernel/btf/vmlinux")) {
      problem("needs root and BTF");
      return;
    }
    std::string pattern = "/tmp/saker-live-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    std::ofstream(dir_ + "/rules.yaml") << kRules;
  }
  void TearDown() override {
    if (!dir_.empty()) {
      ::umount2((dir_ + "/container/root").c_str(), MNT_DETACH);
      ::umount2((dir_ + "/var/lib/containers/storage/overlay").c_str(), MNT_DETACH);
      fs::remove_all(dir_);
    }
  }
  static void problem(const std::string& what) {
    if (std::getenv("SAKER_REQUIRE_LIVE") != nullptr) {
      FAIL() << what;
    }
    GTEST_SKIP() << what;
  }

  std::string dir_;
};

class LiveDockerState : public LiveContainer {
 protected:
  void SetUp() override {
    LiveContainer::SetUp();
    if (dir_.empty()) {
      return;
    }
    auto created = TestContainer::create(dir_ + "/container", id_);
    if (!created) {
      problem(created.error().to_string());
      return;
    }
    container_ = std::make_unique<TestContainer>(std::move(*created));
    const std::string state = dir_ + "/docker/containers/" + id_;
    fs::create_directories(state);
    std::ofstream(state + "/config.v2.json")
        << R"({"Name":"/web","Config":{"Image":"registry:5000/team/box:2.0",)"
        << R"("Labels":{"io.kubernetes.pod.namespace":"prod"}}})";
    std::ofstream(state + "/hostconfig.json") << R"({"Privileged":true})";
  }
  [[nodiscard]] std::vector<std::string> options() const {
    return {"-r", dir_ + "/rules.yaml", "-o", "containers.docker_roots=[" + dir_ + "/docker]"};
  }

  const std::string id_ = container_id();
  std::unique_ptr<TestContainer> container_;
};

TEST_F(LiveDockerState, ReachesTheAlertOfAShortLivedContainer) {
  if (container_ == nullptr) {
    return;
  }
  auto sensor = Sensor::start(options());
  ASSERT_TRUE(sensor) << sensor.error().to_string();
  EXPECT_EQ(container_->run({"true"}, false), 0);
  EXPECT_NE((*sensor)->wait_for_alert({"ran web registry:5000/team/box 2.0 docker prod <NA>"},
                                      kAlertTimeout),
            "")
      << (*sensor)->log();
  EXPECT_EQ((*sensor)->stop(), 0);
  EXPECT_EQ((*sensor)->schema_problem(), "");
}

TEST_F(LiveDockerState, IsInTheCaptureForAReplayElsewhere) {
  if (container_ == nullptr) {
    return;
  }
  std::vector<std::string> args = {"record", dir_ + "/capture",
                                   "-o",     "json_output=true",
                                   "-o",     "json_include_id_property=false"};
  const std::vector<std::string> more = options();
  args.insert(args.end(), more.begin(), more.end());
  Program record(args);
  ASSERT_TRUE(record.wait_for_log("watching"));
  EXPECT_EQ(container_->run({"true"}, false), 0);
  ASSERT_TRUE(record.wait_for_output());
  record.send(SIGTERM);
  const Finished live = record.finish();
  EXPECT_EQ(live.status, 0) << live.err;
  EXPECT_EQ(SchemaCheck::of("json").problem_of_lines(live.out), "");
  EXPECT_NE(live.out.find("ran web registry:5000/team/box 2.0 docker prod"), std::string::npos)
      << live.out;

  fs::remove_all(dir_ + "/docker");
  const Finished replay = run_saker({"replay", dir_ + "/capture", "-r", dir_ + "/rules.yaml", "-o",
                                     "json_output=true", "-o", "json_include_id_property=false"});
  EXPECT_EQ(replay.status, 0) << replay.err;
  EXPECT_EQ(replay.out, live.out);
}

TEST_F(LiveContainer, OfPodmanIsFoundWhereItKeepsIt) {
  if (dir_.empty()) {
    return;
  }
  if (::access("/usr/bin/podman", X_OK) != 0) {
    GTEST_SKIP() << "podman is not installed";
  }
  // Its directories as below the root of a host; resource limits that a container may set here.
  const std::string podman =
      "podman --root " + dir_ + "/var/lib/containers/storage --runroot " + dir_ +
      "/run/containers/storage --cgroup-manager=cgroupfs --events-backend=file --runtime runc ";
  const std::string run = podman +
                          "run --rm --name web --network none --ulimit nofile=1024:1024 "
                          "--ulimit nproc=1024:1024 ";
  const std::string image = "example.com:5000/team/box:1.2";
  const std::string prepare = "mkdir -p " + dir_ + "/image/bin && cp /bin/busybox " + dir_ +
                              "/image/bin/true && tar -C " + dir_ + "/image -c . | " + podman +
                              "import - " + image + " >/dev/null 2>&1";
  if (std::system(prepare.c_str()) != 0) {
    GTEST_SKIP() << "podman cannot import an image here";
  }
  auto sensor = Sensor::start({"-r", dir_ + "/rules.yaml", "-o", "containers.host_root=" + dir_});
  ASSERT_TRUE(sensor) << sensor.error().to_string();
  EXPECT_EQ(std::system((run + image + " true").c_str()), 0);
  EXPECT_EQ(std::system((run + "--privileged " + image + " true").c_str()), 0);
  EXPECT_NE(
      (*sensor)->wait_for_alert({"ran web example.com:5000/team/box 1.2 podman"}, kAlertTimeout),
      "")
      << (*sensor)->log();
  EXPECT_EQ((*sensor)->alerts().size(), 1U) << "only one of them is privileged";
  EXPECT_EQ((*sensor)->stop(), 0);
  EXPECT_EQ((*sensor)->schema_problem(), "");
}

}  // namespace
}  // namespace saker::test
