// SPDX-License-Identifier: Apache-2.0
// What people try to get around a rule that denies, and the example rules with the whole sensor.
// Needs a kernel that allows programs at LSM hooks (tests/vm).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cmd/filter_tables.h"
#include "probes/live_source.h"
#include "tests/support/addresses.h"
#include "tests/support/enforcement.h"
#include "tests/support/fake_root.h"
#include "tests/support/kernel_version.h"
#include "tests/support/live_capture.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

int open_to_read(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int error = errno_of(fd);
  ::close(fd);
  return error;
}

// A way to the file `bad` in `dir` that is not its path. Runs in a process of its own.
struct Detour {
  const char* name;
  int (*open)(const std::string& dir);
  std::pair<int, int> since = {};  // the Linux that knows it for the same file

  friend void PrintTo(const Detour& detour, std::ostream* out) { *out << detour.name; }
};

constexpr Detour kDetours[] = {
    {"a symbolic link",
     [](const std::string& dir) {
       EXPECT_EQ(::symlink((dir + "/bad").c_str(), (dir + "/link").c_str()), 0);
       return open_to_read(dir + "/link");
     }},
    {"a relative path",
     [](const std::string& dir) {
       EXPECT_EQ(::chdir(dir.c_str()), 0);
       return open_to_read("sub/.././/bad");
     }},
    {"another root directory by /proc",
     [](const std::string& dir) { return open_to_read("/proc/self/root" + dir + "/bad"); }},
    {"a descriptor that only names it",
     [](const std::string& dir) {
       const int fd = ::open((dir + "/bad").c_str(), O_PATH | O_CLOEXEC);
       return open_to_read("/proc/self/fd/" + std::to_string(fd));
     }},
    {"another name of the process",
     [](const std::string& dir) {
       ::prctl(PR_SET_NAME, "sshd");
       return open_to_read(dir + "/bad");
     }},
    {"a bind mount of the directory",
     [](const std::string& dir) {
       EXPECT_EQ(::unshare(CLONE_NEWNS), 0);
       EXPECT_EQ(::mount(dir.c_str(), (dir + "/sub").c_str(), nullptr, MS_BIND, nullptr), 0);
       return open_to_read(dir + "/sub/bad");
     }},
    {"a bind mount of the file",
     [](const std::string& dir) {
       EXPECT_EQ(::unshare(CLONE_NEWNS), 0);
       EXPECT_EQ(
           ::mount((dir + "/bad").c_str(), (dir + "/good").c_str(), nullptr, MS_BIND, nullptr), 0);
       return open_to_read(dir + "/good");
     }},
    {"a root directory of its own",
     [](const std::string& dir) {
       EXPECT_EQ(::chroot(dir.c_str()), 0);
       return open_to_read("/bad");
     }},
    {"an overlay of the directory",
     [](const std::string& dir) {
       EXPECT_EQ(::unshare(CLONE_NEWNS), 0);
       EXPECT_EQ(::mount("overlay", "/mnt", "overlay", 0, ("lowerdir=" + dir + ":/var").c_str()),
                 0);
       return open_to_read("/mnt/bad");
     },
     {6, 8}},
};

class Detours : public testing::TestWithParam<Detour> {};

TEST_P(Detours, LeadToTheSameFile) {
  SAKER_NEEDS_HOOKS();
  if (kernel_version() < GetParam().since) {
    GTEST_SKIP() << "on this kernel it is another file";
  }
  FakeRoot root("/");  // the host's root file system
  root.file("bad", "x");
  root.file("good", "x");
  root.directory("sub");
  const std::string dir = std::filesystem::path(root.path()).parent_path().string();
  const auto rules =
      load_acting({"evt.type in (open, openat, openat2) and fd.name=" + dir + "/bad"});
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(in_child([&] { return open_to_read(dir + "/good"); }), 0);
  EXPECT_EQ(in_child([&] { return GetParam().open(dir); }), EPERM) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Live, Detours, testing::ValuesIn(kDetours));

// A second name is another path. A rule about the names that are made keeps the file in its place.
TEST(LiveRefusal, LinksAndRenamesAreRefusedByRulesOfTheirOwn) {
  SAKER_NEEDS_HOOKS();
  FakeRoot root;
  root.file("bad", "x");
  const std::string dir = std::filesystem::path(root.path()).parent_path().string();
  const auto rules = load_acting({
      "evt.type in (link, linkat) and fs.path.target=" + dir + "/bad",
      "evt.type in (rename, renameat, renameat2) and fs.path.source=" + dir + "/bad",
  });
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  const std::string bad = dir + "/bad";
  const std::string other = dir + "/other";
  EXPECT_EQ(in_child([&] { return errno_of(::link(bad.c_str(), other.c_str())); }), EPERM);
  EXPECT_EQ(in_child([&] { return errno_of(::rename(bad.c_str(), other.c_str())); }), EPERM);
}

TEST(LiveRefusal, NoneOfManyAttemptsSucceedsWhileThePolicyIsReplaced) {
  SAKER_NEEDS_HOOKS();
  constexpr uint64_t kAttempts = 100'000;
  constexpr uint64_t kTakenPerSwap = 20'000;
  FakeRoot root;
  root.file("bad", "x");
  const std::string bad = root.path("bad");
  const std::string opens = "evt.type in (open, openat, openat2) and ";
  const auto first = load_acting({opens + "fd.name=" + bad});
  const auto second = load_acting({opens + "fd.name endswith /bad and user.uid=0"});
  ASSERT_TRUE(first != nullptr && second != nullptr);
  const auto source = open_deciding_source(first->filter());
  ASSERT_NE(source, nullptr);
  Attempts attempts(4, [&] { return open_to_read(bad) == 0; });
  int swaps = 0;
  while (attempts.tried() < kAttempts || swaps < 20) {
    ASSERT_TRUE(source->set_filter(tables_of((swaps % 2 == 0 ? second : first)->filter())));
    ++swaps;
    std::span<const std::byte> record;
    for (uint64_t i = 0; i < kTakenPerSwap; ++i) {
      if (source->next(record, 0) != EventSource::Next::kRecord) {
        break;
      }
    }
  }
  attempts.stop();
  EXPECT_EQ(attempts.worked(), 0U);
  EXPECT_GE(attempts.tried(), kAttempts);
  uint64_t denied = 0;
  for (const SourceCounter& counter : source->counters()) {
    denied += counter.name == "decided" && counter.reason == "denied" ? counter.value : 0;
  }
  EXPECT_EQ(denied, attempts.tried());
}

// A cgroup as a container's runtime makes it.
class ContainerCgroup {
 public:
  explicit ContainerCgroup(const std::string& at) : at_(at) {
    std::filesystem::create_directories(at_);
    mounted_ = ::mount("none", at_.c_str(), "cgroup2", 0, nullptr) == 0;
    path_ = at_ + "/docker-" + std::string(64, 'a') + ".scope";
    std::filesystem::create_directory(path_);
  }
  ~ContainerCgroup() {
    ::rmdir(path_.c_str());
    if (mounted_) {
      ::umount2(at_.c_str(), MNT_DETACH);
    }
  }
  ContainerCgroup(const ContainerCgroup&) = delete;
  ContainerCgroup& operator=(const ContainerCgroup&) = delete;

  void join() const { std::ofstream(path_ + "/cgroup.procs") << ::getpid(); }

 private:
  std::string at_;
  std::string path_;
  bool mounted_ = false;
};

int execute(const std::string& path) {
  ::execl(path.c_str(), path.c_str(), nullptr);
  return errno;
}

TEST(LiveRefusal, TheExampleRulesRefuseAndAlert) {
  SAKER_NEEDS_HOOKS();
  auto started = Sensor::start({"-o", "enforcement.mode=on", "-r",
                                std::string(SAKER_SOURCE_DIR) + "/rules/examples/refuse.yaml"});
  ASSERT_TRUE(started) << started.error().to_string();
  Sensor& sensor = **started;
  FakeRoot root;  // below /tmp
  std::filesystem::copy_file("/bin/true", root.path("program"));
  if (!std::filesystem::exists("/etc/shadow")) {
    std::ofstream("/etc/shadow") << "root:*:1::::::\n";
  }
  const ContainerCgroup container(root.path("cgroup"));
  const auto refused = [&](const char* rule, const std::function<int()>& action) {
    EXPECT_EQ(in_child(action), EPERM) << rule;
    EXPECT_NE(sensor.wait_for_alert({rule, "\"denied\""}, std::chrono::seconds(20)), "") << rule;
  };
  refused("Shadow read by an unknown program", [] { return open_to_read("/etc/shadow"); });
  refused("Kernel module loaded", [&] {
    const int fd = ::open(root.path("program").c_str(), O_RDONLY | O_CLOEXEC);
    return errno_of(::syscall(SYS_finit_module, fd, "", 0));
  });
  refused("Metadata address", [] {
    const sockaddr_in address = address4("169.254.169.254", 80);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return errno_of(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
  });
  // It has joined the cgroup just before: nobody has told the kernel that it is a container's.
  refused("Execution from scratch directories of containers", [&] {
    container.join();
    return execute(root.path("program"));
  });
  EXPECT_EQ(in_child([&] { return execute(root.path("program")); }), kDidNotComeBack)
      << "it is not in a container";
  EXPECT_EQ(sensor.stop(), 0);
  EXPECT_EQ(in_child([] { return open_to_read("/etc/shadow"); }), 0) << "the sensor has ended";
}

}  // namespace
}  // namespace saker::test
