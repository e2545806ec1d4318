// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_scan.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "engine/event.h"
#include "engine/state/process.h"
#include "tests/support/fake_process.h"
#include "tests/support/fake_root.h"

namespace saker {
namespace {

using test::add_process;
using test::FakeRoot;

namespace fs = std::filesystem;

// A copy of what a record says.
struct Snapshot {
  ev_task task{};
  ev_exec body{};
  std::string comm;
  std::map<int, std::string> sections;
  uint8_t args_flags = 0;
};

std::map<uint32_t, Snapshot> read(const std::function<void(const ProcScan::Emit&)>& scan) {
  std::map<uint32_t, Snapshot> found;
  Event event;
  scan([&](std::span<const std::byte> record) {
    ASSERT_EQ(event.decode(record), DecodeError::kNone);
    ASSERT_EQ(event.kind(), EV_SNAPSHOT);
    Snapshot& snapshot = found[event.task().pid];
    snapshot.task = event.task();
    snapshot.body = *event.exec();
    snapshot.comm = event.comm();
    snapshot.args_flags = event.section(EV_SEC_ARGS).flags;
    for (const ev_section_kind kind :
         {EV_SEC_ARGS, EV_SEC_ENV, EV_SEC_CWD, EV_SEC_EXE, EV_SEC_CGROUP}) {
      snapshot.sections[kind] = event.section(kind).bytes;
    }
  });
  return found;
}

std::map<uint32_t, Snapshot> scan_all(const FakeRoot& root) {
  ProcScan scan(root.path());
  return read([&](const ProcScan::Emit& emit) { scan.scan_all(emit); });
}

TEST(ProcScan, ReadsEverythingOfAProcess) {
  FakeRoot root;
  add_process(root, 1, 0, "init", 3);
  add_process(root, 42, 1, "a) b (c", 1234);
  root.file("proc/42/cmdline", std::string("./a\0-x\0\0", 8));
  root.file("proc/42/environ", std::string("A=1\0B=2\0", 8));
  root.file("bin/a", "");
  root.link("proc/42/exe", root.path("bin/a"));
  root.link("proc/42/cwd", "/srv");
  root.directory("sys/fs/cgroup/system.slice/x.service");
  root.file("proc/self", "");

  auto found = scan_all(root);
  ASSERT_EQ(found.size(), 2U);
  const Snapshot& s = found[42];
  EXPECT_EQ(s.comm, "a) b (c");
  EXPECT_EQ(s.task.tid, 42U);
  EXPECT_EQ(s.task.ppid, 1U);
  EXPECT_EQ(s.task.start_boot_ns, 1234 * ProcessKey::kTickNs);
  EXPECT_EQ(s.task.parent_start_boot_ns, 3 * ProcessKey::kTickNs);
  EXPECT_EQ(s.task.pgid, 70U);
  EXPECT_EQ(s.task.sid, 71U);
  EXPECT_EQ(s.task.tty, 34816U);
  EXPECT_EQ(s.task.vpid, 42U);
  EXPECT_EQ(s.task.uid, 1000U);
  EXPECT_EQ(s.task.euid, 1001U);
  EXPECT_EQ(s.task.gid, 2000U);
  EXPECT_EQ(s.task.egid, 2001U);
  EXPECT_EQ(s.task.loginuid, UINT32_MAX);
  EXPECT_EQ(s.task.cap_inheritable, 1U);
  EXPECT_EQ(s.task.cap_permitted, 0xffU);
  EXPECT_EQ(s.task.cap_effective, 0x1ffffffffffU);
  EXPECT_EQ(s.task.pid_ns, 4026531836U);
  EXPECT_EQ(s.task.mnt_ns, 4026531841U);
  EXPECT_EQ(s.task.flags, 0U);
  EXPECT_EQ(s.body.fdlimit, 1024U);
  EXPECT_EQ(s.body.pidns_start_boot_ns, 3 * ProcessKey::kTickNs);
  EXPECT_EQ(s.sections.at(EV_SEC_ARGS), std::string("./a\0-x\0\0", 8));
  EXPECT_EQ(s.sections.at(EV_SEC_ENV), std::string("A=1\0B=2\0", 8));
  EXPECT_EQ(s.sections.at(EV_SEC_CWD), "/srv");
  EXPECT_EQ(s.sections.at(EV_SEC_EXE), root.path("bin/a"));
  EXPECT_EQ(s.sections.at(EV_SEC_CGROUP), "/system.slice/x.service");
  struct stat info{};
  ASSERT_EQ(::stat(root.path("sys/fs/cgroup/system.slice/x.service").c_str(), &info), 0);
  EXPECT_EQ(s.task.cgroup_id, info.st_ino);
  ASSERT_EQ(::stat(root.path("bin/a").c_str(), &info), 0);
  EXPECT_EQ(s.body.exe.ino, info.st_ino);
  EXPECT_EQ(s.body.exe.mode, info.st_mode);
  EXPECT_EQ(s.body.exe.mtime_ns, static_cast<uint64_t>(info.st_mtim.tv_sec) * 1'000'000'000 +
                                     static_cast<uint64_t>(info.st_mtim.tv_nsec));
  EXPECT_GT(s.body.exe.fs_magic, 0U);
}

TEST(ProcScan, TakesTheIdsOfTheInnermostNamespace) {
  FakeRoot root;
  add_process(root, 50, 49, "sh", 900,
              "NStgid:\t50\t7\t2\nNSpid:\t50\t7\t3\nNSpgid:\t70\t7\t4\nNSsid:\t71\t7\t5\n");
  add_process(root, 49, 1, "init", 800, "NStgid:\t49\t1\nNSpid:\t49\t1\n");
  const auto found = scan_all(root);
  const Snapshot& s = found.at(50);
  EXPECT_EQ(s.task.vpid, 2U);
  EXPECT_EQ(s.task.vtid, 3U);
  EXPECT_EQ(s.task.vpgid, 4U);
  EXPECT_EQ(s.task.sid, 5U);
  EXPECT_EQ(s.task.pgid, 70U);
  EXPECT_EQ(s.body.pidns_start_boot_ns, 800 * ProcessKey::kTickNs);
}

TEST(ProcScan, ShowsAKernelThreadWithoutExecutable) {
  FakeRoot root;
  add_process(root, 2, 0, "kthreadd", 1);
  root.file("proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0 0\n");
  const auto found = scan_all(root);
  EXPECT_EQ(found.at(2).task.flags & EV_TASKF_KTHREAD, EV_TASKF_KTHREAD);
  EXPECT_EQ(found.at(2).sections.at(EV_SEC_EXE), "");
  EXPECT_EQ(found.at(2).task.parent_start_boot_ns, 0U);
}

TEST(ProcScan, ChoosesTheHierarchyThatNamesTheContainer) {
  struct Case {
    const char* cgroup;
    const char* directory;
    const char* path;
  };
  const Case cases[] = {
      {"0::/a\n", "sys/fs/cgroup/a", "/a"},
      {"12:memory:/m\n4:pids:/p\n0::/u\n", "sys/fs/cgroup/unified/u", "/u"},
      {"12:memory:/m\n4:pids:/p\n0::/\n", "sys/fs/cgroup/memory/m", "/m"},
      {"12:memory:/\n4:pids:/p:q\n0::/\n", "sys/fs/cgroup/pids/p:q", "/p:q"},
      {"0::/\n", "sys/fs/cgroup", "/"},
      {"nonsense\n:\n::\n", "sys/fs/cgroup", "/"},
  };
  for (const Case& c : cases) {
    FakeRoot root;
    add_process(root, 5, 1, "x", 1);
    root.file("proc/5/cgroup", c.cgroup);
    root.directory(c.directory);
    const auto found = scan_all(root);
    const Snapshot& s = found.at(5);
    EXPECT_EQ(s.sections.at(EV_SEC_CGROUP), c.path) << c.cgroup;
    struct stat info{};
    ASSERT_EQ(::stat(root.path(c.directory).c_str(), &info), 0);
    EXPECT_EQ(s.task.cgroup_id, info.st_ino) << c.cgroup;
    EXPECT_EQ(s.task.flags & EV_TASKF_NO_CGROUP, 0U);
  }
}

TEST(ProcScan, MarksArgumentsThatWereCut) {
  FakeRoot root;
  add_process(root, 5, 1, "x", 1);
  root.file("proc/5/cmdline", std::string(EV_ARGS_MAX + 1, 'a'));
  const auto cut = scan_all(root);
  EXPECT_EQ(cut.at(5).sections.at(EV_SEC_ARGS).size(), size_t{EV_ARGS_MAX});
  EXPECT_EQ(cut.at(5).args_flags, EV_SECF_TRUNCATED);
  root.file("proc/5/cmdline", std::string(EV_ARGS_MAX, 'a'));
  EXPECT_EQ(scan_all(root).at(5).args_flags, 0);
}

TEST(ProcScan, SkipsWhatIsNoProcess) {
  FakeRoot root;
  add_process(root, 5, 1, "x", 1);
  root.file("proc/6/stat", "6 (half a line");
  root.file("proc/6/status", "Name:\tx\n");
  root.file("proc/7/stat", "");
  root.file("proc/uptime", "1 2\n");
  root.directory("proc/8");
  const auto found = scan_all(root);
  EXPECT_EQ(found.size(), 1U);
  ProcScan scan(root.path());
  const ProcScan::Emit ignore = [](std::span<const std::byte>) {};
  EXPECT_TRUE(scan.scan_one(5, ignore));
  EXPECT_FALSE(scan.scan_one(6, ignore));
  EXPECT_FALSE(scan.scan_one(7, ignore));
  EXPECT_FALSE(scan.scan_one(9, ignore));
  EXPECT_EQ(scan.unreadable(), 0U);
}

TEST(ProcScan, FindsTheStartOfAParentAlsoForOneProcess) {
  FakeRoot root;
  add_process(root, 4, 1, "parent", 77);
  add_process(root, 5, 4, "child", 78);
  ProcScan scan(root.path());
  const auto found = read([&](const ProcScan::Emit& emit) { scan.scan_one(5, emit); });
  EXPECT_EQ(found.at(5).task.parent_start_boot_ns, 77 * ProcessKey::kTickNs);
}

TEST(ProcScan, ReadsTheUserDatabase) {
  FakeRoot root;
  root.file("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  root.file("etc/group", "wheel:x:10:\n");
  ProcScan scan(root.path());
  int records = 0;
  scan.scan_users([&](std::span<const std::byte> record) {
    ++records;
    Event event;
    ASSERT_EQ(event.decode(record), DecodeError::kNone);
    EXPECT_EQ(event.kind(), EV_USERS);
    EXPECT_EQ(event.section(EV_SEC_STRING, 0).bytes, "root:x:0:0::/root:/bin/sh\n");
    EXPECT_EQ(event.section(EV_SEC_STRING, 1).bytes, "wheel:x:10:\n");
  });
  EXPECT_EQ(records, 1);
  EXPECT_FALSE(scan.users_changed());
  root.file("etc/passwd", "root:x:0:0::/root:/bin/bash\n");
  EXPECT_TRUE(scan.users_changed());
  scan.scan_users([](std::span<const std::byte>) {});
  EXPECT_FALSE(scan.users_changed());
}

TEST(ProcScan, EmitsNoUsersWithoutADatabase) {
  FakeRoot root;
  ProcScan scan(root.path());
  scan.scan_users([](std::span<const std::byte>) { FAIL(); });
  EXPECT_FALSE(scan.users_changed());
}

TEST(ProcScan, ReadsThisProcessFromTheRealProc) {
  ProcScan scan;
  const auto pid = static_cast<uint32_t>(::getpid());
  const auto found =
      read([&](const ProcScan::Emit& emit) { EXPECT_TRUE(scan.scan_one(pid, emit)); });
  const Snapshot& s = found.at(pid);
  EXPECT_EQ(s.task.ppid, static_cast<uint32_t>(::getppid()));
  EXPECT_EQ(s.task.euid, ::geteuid());
  EXPECT_EQ(s.sections.at(EV_SEC_EXE), fs::read_symlink("/proc/self/exe").string());
  EXPECT_EQ(s.sections.at(EV_SEC_CWD), fs::current_path().string());
  struct stat info{};
  ASSERT_EQ(::stat("/proc/self/exe", &info), 0);
  EXPECT_EQ(s.body.exe.ino, info.st_ino);
  EXPECT_GT(s.task.start_boot_ns, 0U);
  EXPECT_EQ(s.task.start_boot_ns % ProcessKey::kTickNs, 0U);
}

}  // namespace
}  // namespace saker
