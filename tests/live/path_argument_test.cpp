// SPDX-License-Identifier: Apache-2.0
// Records of calls that change the file tree: their path arguments as they were when the call
// began, with the directory that a relative one starts from.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

constexpr const char* kDir = "/tmp/saker-paths";

struct Expected {
  uint32_t nr;
  int64_t ret;
  std::string_view first;   // STRING 0
  std::string_view second;  // STRING 1
  std::string_view base0;   // BASE 0; empty: none
  std::string_view base1;
};

void expect_call(const LiveCapture& capture, const Expected& expected, size_t index = 0) {
  const auto calls = capture.syscalls(expected.nr);
  ASSERT_GT(calls.size(), index) << expected.nr;
  const SeenRecord& call = *calls[index];
  EXPECT_EQ(call->syscall()->ret, expected.ret) << expected.nr;
  EXPECT_EQ(call.text(EV_SEC_STRING, 0), expected.first) << expected.nr;
  EXPECT_EQ(call.text(EV_SEC_STRING, 1), expected.second) << expected.nr;
  EXPECT_EQ(call.text(EV_SEC_BASE, 0), expected.base0) << expected.nr;
  EXPECT_EQ(call.text(EV_SEC_BASE, 1), expected.base1) << expected.nr;
}

TEST(LivePathArgument, RelativeNamesHaveTheirDirectory) {
  std::filesystem::remove_all(kDir);
  std::filesystem::create_directories(std::string(kDir) + "/sub");
  SAKER_OPEN_LIVE(capture,
                  live_options({"unlink", "unlinkat", "rename", "renameat", "renameat2", "symlink",
                                "symlinkat", "link", "linkat", "mkdir", "mkdirat", "rmdir", "chmod",
                                "fchmodat", "chown", "lchown", "fchownat", "chdir"}));
  capture->run([] {
    ::syscall(SYS_chdir, kDir);
    const int sub = ::open("sub", O_DIRECTORY | O_RDONLY);
    ::close(::open("file", O_CREAT | O_WRONLY, 0600));
    ::syscall(SYS_symlink, "target", "symlink");
    ::syscall(SYS_symlinkat, "/absolute", sub, "symlinkat");
    ::syscall(SYS_link, "file", "link");
    ::syscall(SYS_linkat, AT_FDCWD, "file", sub, "linkat", 0);
    ::syscall(SYS_rename, "link", "renamed");
    ::syscall(SYS_renameat, sub, "linkat", AT_FDCWD, "renamed-at");
    ::syscall(SYS_renameat2, AT_FDCWD, "/no/such", sub, "x", 0);
    ::syscall(SYS_mkdir, "made", 0700);
    ::syscall(SYS_mkdirat, sub, "made-at", 0700);
    ::syscall(SYS_rmdir, "made");
    ::syscall(SYS_chmod, "file", 0640);
    ::syscall(SYS_fchmodat, sub, "made-at", 0750);
    ::syscall(SYS_chown, "file", 1, 2);
    ::syscall(SYS_lchown, "symlink", 3, 4);
    ::syscall(SYS_fchownat, sub, "made-at", 5, 6, 0);
    ::syscall(SYS_unlink, "renamed");
    ::syscall(SYS_unlinkat, sub, "made-at", AT_REMOVEDIR);
  });
  const std::string sub = std::string(kDir) + "/sub";
  expect_call(*capture, {SYS_symlink, 0, "target", "symlink", "", kDir});
  expect_call(*capture, {SYS_symlinkat, 0, "/absolute", "symlinkat", "", sub});
  expect_call(*capture, {SYS_link, 0, "file", "link", kDir, kDir});
  expect_call(*capture, {SYS_linkat, 0, "file", "linkat", kDir, sub});
  expect_call(*capture, {SYS_rename, 0, "link", "renamed", kDir, kDir});
  expect_call(*capture, {SYS_renameat, 0, "linkat", "renamed-at", sub, kDir});
  expect_call(*capture, {SYS_renameat2, -ENOENT, "/no/such", "x", "", sub});
  expect_call(*capture, {SYS_mkdir, 0, "made", "", kDir, ""});
  expect_call(*capture, {SYS_mkdirat, 0, "made-at", "", sub, ""});
  expect_call(*capture, {SYS_rmdir, 0, "made", "", kDir, ""});
  expect_call(*capture, {SYS_chmod, 0, "file", "", kDir, ""});
  expect_call(*capture, {SYS_fchmodat, 0, "made-at", "", sub, ""});
  expect_call(*capture, {SYS_chown, 0, "file", "", kDir, ""});
  expect_call(*capture, {SYS_lchown, 0, "symlink", "", kDir, ""});
  expect_call(*capture, {SYS_fchownat, 0, "made-at", "", sub, ""});
  expect_call(*capture, {SYS_unlink, 0, "renamed", "", kDir, ""});
  expect_call(*capture, {SYS_unlinkat, 0, "made-at", "", sub, ""});
  EXPECT_EQ(capture->syscalls(SYS_chdir)[0]->text(EV_SEC_CWD), kDir);
  EXPECT_EQ(capture->losses(), 0U);
  std::filesystem::remove_all(kDir);
}

// Whether the thread is asleep inside a call.
bool is_asleep(pid_t tid) {
  std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/stat");
  std::string number;
  std::string name;
  char state = 'R';
  file >> number >> name >> state;
  return state == 'S';
}

// nanosleep() stands for a call with a path: it lasts long enough to be overtaken. Its plan, given
// by hand, reads the timespec as a string: one second is the text "\1".
TEST(LivePathArgument, ANameRewrittenDuringTheCallIsTheOneTheCallBeganWith) {
  LiveOptions options;
  ev_plan plan{};
  plan.nr = SYS_nanosleep;
  plan.enabled = 1;
  plan.n_steps = 1;
  plan.steps[0].op = EV_OP_STRING;
  plan.steps[0].flags = EV_STEPF_AT_ENTER;
  options.plans = {plan};
  SAKER_OPEN_LIVE(capture, options);
  capture->run([] {
    timespec request = {1, 0};
    std::thread rewriter([&] {
      while (!is_asleep(::getpid())) {
      }
      request.tv_sec = 'X';
    });
    ::syscall(SYS_nanosleep, &request, nullptr);
    rewriter.join();
  });
  const auto calls = capture->syscalls(SYS_nanosleep);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0]->text(EV_SEC_STRING), "\x01");
  EXPECT_EQ(calls[0]->event().syscall()->flags, EV_SYSF_ARGS_FROM_ENTER);
}

TEST(LivePathArgument, ANameOnAPageThatIsNotThereYetIsReadAtTheEnd) {
  const std::string path = "/tmp/saker-page-" + std::to_string(::getpid());
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR, 0600);
  ASSERT_EQ(::write(file, "/no/such/file", 14), 14);
  SAKER_OPEN_LIVE(capture, live_options({"unlink"}));
  capture->run([&] {
    // A file mapping is filled in by the first access, which is the kernel's own.
    void* name = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    ::syscall(SYS_unlink, name);
  });
  ::close(file);
  ::unlink(path.c_str());
  const auto calls = capture->syscalls(SYS_unlink);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0]->event().syscall()->ret, -ENOENT);
  EXPECT_EQ(calls[0]->text(EV_SEC_STRING), "/no/such/file");
  EXPECT_NE(calls[0]->event().syscall()->flags & EV_SYSF_ENTER_MISSED, 0U);
}

TEST(LivePathArgument, MountsHaveSourceTargetAndType) {
  SAKER_OPEN_LIVE(capture, live_options({"mount", "umount2"}));
  capture->run([] {
    ::unshare(CLONE_NEWNS);
    ::syscall(SYS_mount, "none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (::chdir("/") != 0) {
      ::_exit(1);
    }
    ::syscall(SYS_mount, "source", "mnt", "tmpfs", MS_NOEXEC, nullptr);
    ::syscall(SYS_umount2, "/mnt", MNT_DETACH);
  });
  expect_call(*capture, {SYS_mount, 0, "none", "/", "", ""}, 0);
  expect_call(*capture, {SYS_mount, 0, "source", "mnt", "", "/"}, 1);
  const auto mounts = capture->syscalls(SYS_mount);
  EXPECT_EQ(mounts[1]->text(EV_SEC_BYTES).substr(0, 6), std::string_view("tmpfs\0", 6));
  EXPECT_EQ(mounts[1]->event().syscall()->args[3], static_cast<uint64_t>(MS_NOEXEC));
  expect_call(*capture, {SYS_umount2, 0, "/mnt", "", "", ""});
}

}  // namespace
}  // namespace saker::test
