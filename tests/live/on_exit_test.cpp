// SPDX-License-Identifier: Apache-2.0
// enforcement.on_exit: what becomes of decisions when the sensor ends. Where the kernel cannot
// refuse, the process is killed instead: what is tested is the same.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/unique_fd.h"
#include "probes/features.h"
#include "probes/pins.h"
#include "tests/support/addresses.h"
#include "tests/support/enforcement.h"
#include "tests/support/fake_root.h"
#include "tests/support/live_capture.h"
#include "tests/support/program.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

constexpr std::chrono::seconds kPatience{20};

class LiveOnExit : public testing::Test {
 protected:
  void SetUp() override {
    if (!bpf_fs_.is_there()) {
      ASSERT_EQ(std::getenv("SAKER_REQUIRE_LIVE"), nullptr) << "no bpf file system can be mounted";
      GTEST_SKIP() << "no bpf file system can be mounted";
    }
    root_.file("bad", "x");
    root_.file("good", "x");
    // By name, too: kept programs must know the processes that begin after the sensor's end.
    write_rule("proc.name=live_tests and fd.name=" + bad());
  }
  // Nothing decides any more when the test is over.
  void TearDown() override {
    if (bpf_fs_.is_there()) {
      EXPECT_TRUE(remove_left_pins(std::string(kPinRoot)));
    }
  }

  void write_rule(const std::string& condition,
                  const std::string& events = "evt.type in (open, openat, openat2)") {
    root_.file("rules.yaml", "- rule: r\n  desc: d\n  condition: " + events + " and " + condition +
                                 "\n  output: o\n  priority: Error\n  enforcement: on\n" +
                                 "  action: deny\n");
  }
  [[nodiscard]] std::string bad() const { return root_.path("bad"); }
  [[nodiscard]] std::string socket() const { return root_.path("control.sock"); }
  [[nodiscard]] std::vector<std::string> arguments(const std::string& on_exit) const {
    return {"-o", "enforcement.mode=on",
            "-o", can_deny_ ? "enforcement.fallback=error" : "enforcement.fallback=kill",
            "-o", "watch_config_files=false",
            "-o", "enforcement.on_exit=" + on_exit,
            "-o", "control.socket=" + socket(),
            "-r", root_.path("rules.yaml")};
  }
  [[nodiscard]] std::unique_ptr<Sensor> start(const std::string& on_exit) const {
    auto started = Sensor::start(arguments(on_exit));
    EXPECT_TRUE(started) << started.error().to_string();
    return started ? std::move(*started) : nullptr;
  }
  [[nodiscard]] Finished enforce(const std::string& mode) const {
    return run_saker({"enforce", mode, "-o", "control.socket=" + socket()});
  }
  // Whether a process that begins now can open the file.
  [[nodiscard]] bool opens(const std::string& path) const {
    return in_child([&] {
             const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
             return errno_of(fd);
           }) == 0;
  }
  // The kernel ends programs that nobody holds any more a moment later.
  [[nodiscard]] bool comes_to_open(const std::string& path) const {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!opens(path)) {
      if (std::chrono::steady_clock::now() >= deadline) {
        return false;
      }
    }
    return true;
  }

  FakeRoot root_;

 private:
  const bool can_deny_ = can_decide().has_value();
  PrivateBpfFs bpf_fs_;
};

void end(std::unique_ptr<Sensor> sensor, bool cleanly) {
  if (cleanly) {
    EXPECT_EQ(sensor->stop(), 0);
  }
  sensor.reset();  // SIGKILL, if it runs
}

TEST_F(LiveOnExit, ReleaseEndsWithTheSensor) {
  for (const bool cleanly : {true, false}) {
    auto sensor = start("release");
    ASSERT_NE(sensor, nullptr);
    EXPECT_FALSE(opens(bad()));
    EXPECT_TRUE(opens(root_.path("good")));
    end(std::move(sensor), cleanly);
    EXPECT_TRUE(comes_to_open(bad())) << cleanly;
  }
}

TEST_F(LiveOnExit, KeepGoesOnWithoutTheSensorUntilItIsTakenBack) {
  for (const bool cleanly : {true, false}) {
    auto sensor = start("keep");
    ASSERT_NE(sensor, nullptr);
    const pid_t pid = sensor->pid();
    EXPECT_FALSE(opens(bad()));
    end(std::move(sensor), cleanly);
    for (int i = 0; i < 3; ++i) {
      EXPECT_FALSE(opens(bad())) << cleanly;
    }
    EXPECT_TRUE(opens(root_.path("good")));
    const Finished status = enforce("status");
    EXPECT_EQ(status.status, 0) << status.err;
    EXPECT_NE(status.out.find("sensor         none runs\n"
                              "kept           by a sensor that has ended: pid " +
                              std::to_string(pid) + ", 2"),
              std::string::npos)
        << status.out;
    EXPECT_NE(status.out.find("decided since then: 3 "), std::string::npos) << status.out;
    const Finished off = enforce("off");
    EXPECT_EQ(off.status, 0) << off.err;
    EXPECT_EQ(off.out, "sensor         none runs\n");
    EXPECT_NE(
        off.err.find("3 operations were refused while no sensor ran, by programs of 1 sensor"),
        std::string::npos)
        << off.err;
    EXPECT_TRUE(comes_to_open(bad())) << cleanly;
    EXPECT_EQ(enforce("status").status, 1) << "there is nothing to tell any more";
  }
}

TEST_F(LiveOnExit, ASuccessorTakesOverWithoutAGap) {
  auto sensor = start("keep");
  ASSERT_NE(sensor, nullptr);
  Attempts attempts(2, [this] { return opens(bad()); });
  for (int i = 0; i < 3; ++i) {
    end(std::move(sensor), i == 0);
    const uint64_t before = attempts.tried();
    while (attempts.tried() < before + 10) {
      ASSERT_FALSE(opens(bad()));
    }
    sensor = start("keep");
    ASSERT_NE(sensor, nullptr);
    EXPECT_TRUE(sensor->wait_for_log("operations were refused while no sensor ran", kPatience));
    EXPECT_NE(sensor->wait_for_alert({R"("rule":"r")"}, kPatience), "");
  }
  EXPECT_TRUE(find_left_pins(std::string(kPinRoot)).empty());
  attempts.stop();
  EXPECT_EQ(attempts.worked(), 0U);
  EXPECT_EQ(sensor->stop(), 0);
}

TEST_F(LiveOnExit, WhoReleasesTakesAwayWhatWasKept) {
  end(start("keep"), false);
  EXPECT_FALSE(opens(bad()));
  write_rule("fd.name=" + root_.path("good"));
  auto sensor = start("release");
  ASSERT_NE(sensor, nullptr);
  EXPECT_TRUE(comes_to_open(bad()));
  EXPECT_FALSE(opens(root_.path("good")));
  EXPECT_TRUE(std::filesystem::is_empty(kPinRoot));
}

TEST_F(LiveOnExit, AFailedStartChangesNothing) {
  end(start("keep"), false);
  const auto fails = [this](const std::string& option) {
    auto words = arguments("keep");
    words.insert(words.begin(), {"run", "-o", option});
    EXPECT_EQ(run_saker(words).status, 1) << option;
    EXPECT_FALSE(opens(bad())) << option;
    EXPECT_EQ(find_left_pins(std::string(kPinRoot)).size(), 1U) << option;
  };
  fails("stdout_output.enabled=false");  // the programs have been loaded by then
  write_rule("no.field=1");
  fails("json_output=true");
}

TEST_F(LiveOnExit, AReloadKeepsTheNewPolicyAndNotTheOld) {
  auto sensor = start("keep");
  ASSERT_NE(sensor, nullptr);
  write_rule("fd.name=" + root_.path("good"));
  const Finished reload = run_saker({"reload", "--wait", "-o", "control.socket=" + socket()});
  EXPECT_EQ(reload.status, 0) << reload.err;
  end(std::move(sensor), false);
  EXPECT_TRUE(comes_to_open(bad()));
  EXPECT_FALSE(opens(root_.path("good")));
}

TEST_F(LiveOnExit, AReloadEndsASensorThatRanBesideIt) {
  auto other = Sensor::start(arguments("keep"));
  ASSERT_TRUE(other);
  auto words = arguments("release");
  words.insert(words.end(), {"-o", "control.socket=" + root_.path("second.sock")});
  write_rule("fd.name=" + root_.path("good"));
  auto sensor = Sensor::start(words);
  ASSERT_TRUE(sensor);
  end(std::move(*other), false);
  EXPECT_FALSE(opens(bad()));
  const Finished reload =
      run_saker({"reload", "--wait", "-o", "control.socket=" + root_.path("second.sock")});
  EXPECT_EQ(reload.status, 0) << reload.err;
  EXPECT_TRUE((*sensor)->wait_for_log(
      "warning: 1 operation was refused while no sensor ran, by programs of 1 sensor", kPatience));
  EXPECT_TRUE(comes_to_open(bad()));
}

TEST_F(LiveOnExit, WhatIsOnlyAuditedOrSwitchedOffIsNotKept) {
  auto sensor = start("keep");
  ASSERT_NE(sensor, nullptr);
  EXPECT_FALSE(std::filesystem::is_empty(kPinRoot));
  for (const char* mode : {"audit", "on", "off"}) {
    const Finished set = enforce(mode);
    EXPECT_EQ(set.status, 0) << set.err;
    EXPECT_NE(set.out.find("on exit        keep\n"), std::string::npos) << set.out;
    EXPECT_EQ(std::filesystem::is_empty(kPinRoot), std::string(mode) != "on") << mode;
  }
  end(std::move(sensor), false);
  EXPECT_TRUE(comes_to_open(bad()));
}

// Of a datagram socket: nothing is sent.
int connect_to_discard() {
  const UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(9);
  return errno_of(
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
}

TEST_F(LiveOnExit, ProgramsOfCgroupsAreKeptLikeOthers) {
  if (find_hooks().means != HookMeans::kCgroups) {
    GTEST_SKIP() << "programs of cgroups do not decide here";
  }
  write_rule("fd.typechar in (4, 6) and fd.rip=127.0.0.1 and fd.rport=9", "evt.type=connect");
  auto sensor = start("keep");
  ASSERT_NE(sensor, nullptr);
  EXPECT_EQ(in_child(connect_to_discard), EPERM);
  end(std::move(sensor), false);
  EXPECT_EQ(in_child(connect_to_discard), EPERM);
  EXPECT_EQ(enforce("off").status, 0);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (in_child(connect_to_discard) != 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
}

// Without a bpf file system nothing can be kept.
TEST_F(LiveOnExit, KeepNeedsABpfFileSystem) {
  ASSERT_EQ(::mount("none", "/sys/fs/bpf", "tmpfs", 0, nullptr), 0);
  auto words = arguments("keep");
  words.insert(words.begin(), "run");
  const Finished refused = run_saker(words);
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("no bpf file system is mounted at /sys/fs/bpf (mount -t bpf bpf "
                             "/sys/fs/bpf, or set enforcement.on_exit=release)"),
            std::string::npos)
      << refused.err;
}

// In a child that has the pid; nothing: it cannot be had.
std::optional<bool> opens_as(pid_t pid, const std::string& path) {
  const Shared<std::atomic<int>> opened;
  clone_args args{};
  args.exit_signal = SIGCHLD;
  args.set_tid = reinterpret_cast<uintptr_t>(&pid);
  args.set_tid_size = 1;
  const long child = ::syscall(SYS_clone3, &args, sizeof(args));
  if (child == 0) {
    *opened = ::open(path.c_str(), O_RDONLY | O_CLOEXEC) >= 0 ? 1 : 0;
    ::_exit(0);
  }
  if (child < 0) {
    return std::nullopt;
  }
  ::waitpid(static_cast<pid_t>(child), nullptr, 0);
  return *opened == 1;
}

TEST_F(LiveOnExit, WhoGetsThePidOfTheSensorIsNoSensor) {
  for (const bool cleanly : {true, false}) {
    auto sensor = start("keep");
    ASSERT_NE(sensor, nullptr);
    const pid_t pid = sensor->pid();
    end(std::move(sensor), cleanly);
    const std::optional<bool> opened = opens_as(pid, bad());
    if (!opened) {
      GTEST_SKIP() << "the pid is in use again";
    }
    EXPECT_FALSE(*opened) << cleanly;
  }
}

}  // namespace
}  // namespace saker::test
