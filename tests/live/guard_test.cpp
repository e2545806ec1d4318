// SPDX-License-Identifier: Apache-2.0
// What the sensor says of those who lay hands on it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/unique_fd.h"
#include "probes/bpf_call.h"
#include "probes/features.h"
#include "probes/filter_wire.h"
#include "tests/support/live_capture.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

constexpr std::chrono::seconds kPatience(20);

// What a test does last opens this.
constexpr const char* kMarker = "/dev/full";
constexpr const char* kRules = R"(
- rule: Marker
  desc: d
  condition: evt.type in (open, openat) and fd.name = /dev/full
  output: o
  priority: ERROR
)";

std::string with_rules(const std::string& rules, const std::string& name = "marker") {
  std::string path =
      testing::TempDir() + "saker_guard_" + name + "_" + std::to_string(::getpid()) + ".yaml";
  std::ofstream(path) << rules;
  return path;
}

// In a process of its own that is nobody's to the sensor. Gives its pid; 0: `act` failed.
pid_t as_stranger(const std::function<bool()>& act) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(act() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0 ? child : 0;
}

bool begins_to_trace(__ptrace_request request, pid_t thread) {
  if (::ptrace(request, thread, nullptr, nullptr) != 0) {
    return false;
  }
  if (request == PTRACE_SEIZE && ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr) != 0) {
    return false;
  }
  int status = 0;
  return ::waitpid(thread, &status, __WALL) == thread &&
         ::ptrace(PTRACE_DETACH, thread, nullptr, nullptr) == 0;
}

// A number that a line of a descriptor's /proc/PID/fdinfo/FD has behind `key`.
std::vector<uint32_t> ids_of(pid_t process, const std::string& key) {
  std::vector<uint32_t> ids;
  const std::string directory = "/proc/" + std::to_string(process) + "/fdinfo";
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with(key + ":")) {
        ids.push_back(static_cast<uint32_t>(std::stoul(line.substr(key.size() + 1))));
      }
    }
  }
  return ids;
}

UniqueFd open_by_id(bpf_cmd command, uint32_t id) {
  bpf_attr attr;
  std::memset(&attr, 0, sizeof(attr));
  attr.map_id = id;  // the same place for programs and links
  return bpf_call(command, attr);
}

// The sensor's map of this name.
UniqueFd open_map(pid_t process, const std::string& name) {
  for (const uint32_t id : ids_of(process, "map_id")) {
    UniqueFd map = open_by_id(BPF_MAP_GET_FD_BY_ID, id);
    bpf_map_info info{};
    bpf_attr attr;
    std::memset(&attr, 0, sizeof(attr));
    attr.info.bpf_fd = static_cast<uint32_t>(map.get());
    attr.info.info_len = sizeof(info);
    attr.info.info = reinterpret_cast<uintptr_t>(&info);
    if (::syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)) == 0 && name == info.name) {
      return map;
    }
  }
  return {};
}

class LiveGuard : public testing::Test {
 protected:
  void start(std::vector<std::string> more = {}) {
    std::vector<std::string> args{"-r", with_rules(kRules)};
    args.insert(args.end(), more.begin(), more.end());
    auto started = Sensor::start(args);
    if (!started && may_skip_live()) {
      GTEST_SKIP() << started.error().to_string();
    }
    ASSERT_TRUE(started) << started.error().to_string();
    sensor_ = std::move(*started);
  }
  // That the stranger has done it.
  void expect_alert(pid_t stranger, const std::string& what) {
    ASSERT_NE(stranger, 0) << what << ": " << std::strerror(errno);
    const std::string alert = sensor_->wait_for_alert(
        {what, "\"proc.pid\":" + std::to_string(stranger) + ","}, kPatience);
    EXPECT_NE(alert, "") << what << "\n" << sensor_->log();
  }
  void expect_no_alert_so_far() {
    ASSERT_TRUE(UniqueFd(::open(kMarker, O_RDONLY | O_CLOEXEC)));
    ASSERT_NE(sensor_->wait_for_alert({"\"Marker\""}, kPatience), "");
    for (const std::string& alert : sensor_->alerts()) {
      EXPECT_EQ(alert.find("Saker internal"), std::string::npos) << alert;
    }
  }

  std::unique_ptr<Sensor> sensor_;
};

#define SAKER_START_SENSOR(...) \
  start(__VA_ARGS__);           \
  if (sensor_ == nullptr) {     \
    return;                     \
  }                             \
  const pid_t sensor = sensor_->pid()

TEST_F(LiveGuard, SaysWhoStoppedIt) {
  SAKER_START_SENSOR();
  const pid_t stranger =
      as_stranger([&] { return ::kill(sensor, SIGSTOP) == 0 && ::kill(sensor, SIGCONT) == 0; });
  expect_alert(stranger, R"("guard.signal":"SIGSTOP")");
}

TEST_F(LiveGuard, SaysWhoSignalledAThreadUnderAFalseFlag) {
  SAKER_START_SENSOR();
  expect_alert(as_stranger([&] {
                 siginfo_t info{};
                 info.si_code = SI_TIMER;  // "by the kernel"
                 return ::syscall(SYS_rt_tgsigqueueinfo, sensor, sensor, SIGTERM, &info) == 0;
               }),
               R"("guard.signal":"SIGTERM")");
}

TEST_F(LiveGuard, SaysWhoTracedOneOfItsThreads) {
  SAKER_START_SENSOR();
  expect_alert(as_stranger([&] { return begins_to_trace(PTRACE_SEIZE, sensor); }),
               R"("guard.call":"ptrace")");
  pid_t thread = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(sensor) + "/task")) {
    const pid_t number = std::stoi(entry.path().filename());
    thread = number != sensor ? number : thread;
  }
  ASSERT_NE(thread, 0);
  expect_alert(as_stranger([&] { return begins_to_trace(PTRACE_ATTACH, thread); }),
               R"("guard.call":"ptrace")");
}

TEST_F(LiveGuard, SaysWhoReachedIntoItsMemory) {
  SAKER_START_SENSOR();
  expect_alert(as_stranger([&] {
                 // The program is there in any process; what is read does not matter.
                 char byte = 0;
                 const iovec here{&byte, 1};
                 std::ifstream maps("/proc/" + std::to_string(sensor) + "/maps");
                 std::string line;
                 std::getline(maps, line);
                 const iovec there{reinterpret_cast<void*>(std::stoull(line, nullptr, 16)), 1};
                 return ::process_vm_readv(sensor, &here, 1, &there, 1, 0) == 1;
               }),
               R"("guard.call":"process_vm_readv")");
  const auto open_file = [&](const std::string& name) {
    const std::string path = "/proc/" + std::to_string(sensor) + "/" + name;
    return static_cast<bool>(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)));
  };
  expect_alert(as_stranger([&] { return open_file("mem"); }), R"("guard.call":"openat")");
  expect_alert(as_stranger([&] { return open_file("task/" + std::to_string(sensor) + "/mem"); }),
               R"("guard.call":"openat")");
}

TEST_F(LiveGuard, SaysWhoSetItsLimits) {
  SAKER_START_SENSOR();
  expect_alert(as_stranger([&] {
                 const rlimit none{0, 0};
                 return ::prlimit(sensor, RLIMIT_CORE, &none, nullptr) == 0;
               }),
               R"("guard.call":"prlimit")");
}

TEST_F(LiveGuard, SaysWhoOpenedOrChangedItsMaps) {
  SAKER_START_SENSOR();
  const pid_t stranger = as_stranger([&] {
    const uint64_t cgroup = 0;
    const uint32_t place = EV_PLACE_HOST;
    const UniqueFd map = open_map(sensor, "known_cgroups");
    return map && update_map(map.get(), &cgroup, &place) == 0;
  });
  expect_alert(stranger, R"("guard.command":"BPF_MAP_GET_FD_BY_ID")");
  expect_alert(stranger,
               R"("guard.command":"BPF_MAP_UPDATE_ELEM","guard.object":"map known_cgroups")");
}

TEST_F(LiveGuard, SaysWhoOpenedItsLinksAndPrograms) {
  SAKER_START_SENSOR();
  for (const uint32_t id : ids_of(sensor, "link_id")) {
    ASSERT_NE(as_stranger([&] { return static_cast<bool>(open_by_id(BPF_LINK_GET_FD_BY_ID, id)); }),
              0);
  }
  EXPECT_NE(sensor_->wait_for_alert({R"("guard.object":"link on_exec")"}, kPatience), "");
  const auto programs = ids_of(sensor, "prog_id");
  ASSERT_FALSE(programs.empty());
  expect_alert(as_stranger([&] {
                 return static_cast<bool>(open_by_id(BPF_PROG_GET_FD_BY_ID, programs.front()));
               }),
               R"("guard.command":"BPF_PROG_GET_FD_BY_ID")");
}

TEST_F(LiveGuard, SaysWhoTookOneOfItsDescriptors) {
  SAKER_START_SENSOR();
  const pid_t stranger = as_stranger([&] {
    const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, sensor, 0)));
    size_t taken = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(sensor) + "/fd")) {
      const UniqueFd copy(static_cast<int>(
          ::syscall(SYS_pidfd_getfd, process.get(), std::stoi(entry.path().filename()), 0)));
      taken += copy ? 1U : 0U;
    }
    return taken != 0;
  });
  expect_alert(stranger, R"("guard.call":"pidfd_getfd")");
}

// Of links that can be detached there are those of programs at the root of the cgroups.
TEST_F(LiveGuard, SaysWhoDetachedAProgramThatRefuses) {
  if (find_hooks().means != HookMeans::kCgroups) {
    GTEST_SKIP() << "decisions are made at LSM hooks, whose links nobody can detach";
  }
  SAKER_START_SENSOR({"-r",
                      with_rules(R"(
- rule: No port 4141
  desc: d
  condition: evt.type = connect and fd.sport = 4141
  output: o
  priority: ERROR
  action: deny
)",
                                 "deny"),
                      "-o", "enforcement.mode=on"});
  const pid_t stranger = as_stranger([&] {
    bool detached = false;
    for (const uint32_t id : ids_of(sensor, "link_id")) {
      const UniqueFd link = open_by_id(BPF_LINK_GET_FD_BY_ID, id);
      bpf_attr attr;
      std::memset(&attr, 0, sizeof(attr));
      attr.link_detach.link_fd = static_cast<uint32_t>(link.get());
      detached = ::syscall(SYS_bpf, BPF_LINK_DETACH, &attr, sizeof(attr)) == 0 || detached;
    }
    return detached;
  });
  expect_alert(stranger, R"("guard.command":"BPF_LINK_DETACH","guard.object":"link hook_cgroup_)");
}

TEST_F(LiveGuard, WhatIsAsItShouldBeIsNotTold) {
  SAKER_START_SENSOR();
  ASSERT_EQ(::kill(sensor, SIGSTOP), 0) << "by who has started it";
  ASSERT_EQ(::kill(sensor, SIGCONT), 0);
  ASSERT_NE(as_stranger([&] { return ::kill(sensor, SIGUSR1) == 0 && ::kill(sensor, 0) == 0; }), 0);
  ASSERT_NE(as_stranger([&] {
              const std::string path = "/proc/" + std::to_string(sensor) + "/environ";
              rlimit limit{};
              return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) &&
                     ::prlimit(sensor, RLIMIT_CORE, nullptr, &limit) == 0;
            }),
            0);
  expect_no_alert_so_far();
}

TEST_F(LiveGuard, CanBeSwitchedOff) {
  SAKER_START_SENSOR({"-o", "self_protection.enabled=false"});
  ASSERT_NE(as_stranger([&] { return begins_to_trace(PTRACE_SEIZE, sensor); }), 0);
  expect_no_alert_so_far();
}

TEST_F(LiveGuard, TheNextStartSaysThatASensorWasKilled) {
  const std::string file = testing::TempDir() + "saker_guard_run_" + std::to_string(::getpid());
  const std::vector<std::string> args{"-o", "self_protection.run_file=" + file};
  SAKER_START_SENSOR(args);
  ASSERT_EQ(::kill(sensor, SIGKILL), 0);
  sensor_->read_until([] { return false; });

  start(args);
  EXPECT_NE(sensor_->wait_for_alert({R"("Saker internal: sensor did not come to its end")",
                                     R"("run.pid":")" + std::to_string(sensor) + '"'},
                                    kPatience),
            "");
  EXPECT_EQ(sensor_->stop(), 0);

  start(args);
  EXPECT_EQ(sensor_->log().find("did not come to its end"), std::string::npos);
}

}  // namespace
}  // namespace saker::test
