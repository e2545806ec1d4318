// SPDX-License-Identifier: Apache-2.0
// Records of calls that only have numbers and descriptors, of both syscall tables.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

TEST(LiveSyscall, ArgumentsAndReturnValueAreTheCallers) {
  SAKER_OPEN_LIVE(capture, live_options({"ptrace", "kill", "setuid", "setgid", "setresuid",
                                         "unshare", "bpf", "prctl", "setns"}));
  const Shared<pid_t> tracee;
  capture->run([&] {
    const pid_t child = ::fork();
    if (child == 0) {
      ::pause();
    }
    *tracee = child;  // by the parent alone: 0 would be its whole process group
    ::syscall(SYS_ptrace, PTRACE_SEIZE, *tracee, nullptr, nullptr);
    ::syscall(SYS_kill, *tracee, SIGKILL);
    ::waitpid(*tracee, nullptr, 0);
    bpf_attr attr{};
    ::syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr));
    const int ns = ::open("/proc/self/ns/uts", O_RDONLY);
    ::syscall(SYS_setns, ns, CLONE_NEWUTS);
    ::syscall(SYS_unshare, CLONE_NEWUTS);
    ::syscall(SYS_setgid, 12);
    ::syscall(SYS_setresuid, 11, 12, 13);
    ::syscall(SYS_setuid, 0);
  });
  const auto expect = [&](uint32_t nr, int64_t ret, uint64_t arg0, uint64_t arg1) {
    const auto calls = capture->syscalls(nr);
    ASSERT_EQ(calls.size(), 1U) << nr;
    EXPECT_EQ(calls[0]->event().syscall()->ret, ret) << nr;
    EXPECT_EQ(calls[0]->event().syscall()->args[0], arg0) << nr;
    EXPECT_EQ(calls[0]->event().syscall()->args[1], arg1) << nr;
  };
  const auto pid = static_cast<uint64_t>(*tracee);
  expect(SYS_ptrace, 0, PTRACE_SEIZE, pid);
  expect(SYS_kill, 0, pid, SIGKILL);
  EXPECT_EQ(capture->syscalls(SYS_bpf)[0]->event().syscall()->args[0],
            uint64_t{BPF_PROG_GET_NEXT_ID});
  EXPECT_EQ(capture->syscalls(SYS_unshare)[0]->event().syscall()->args[0], uint64_t{CLONE_NEWUTS});
  expect(SYS_setresuid, 0, 11, 12);
  EXPECT_EQ(capture->syscalls(SYS_setuid)[0]->event().syscall()->ret, -EPERM);
  const std::string ns_path(capture->syscalls(SYS_setns)[0]->event().file_path());
  EXPECT_TRUE(ns_path.starts_with("uts:[")) << ns_path;
  EXPECT_EQ(capture->losses(), 0U);
}

TEST(LiveSyscall, DescriptorsOfEachKindHaveAName) {
  SAKER_OPEN_LIVE(capture, live_options({"dup", "dup2", "dup3", "userfaultfd", "eventfd2"}));
  const Shared<ino_t> pipe_ino;
  capture->run([&] {
    int pipe[2];
    if (::pipe(pipe) != 0) {
      ::_exit(1);
    }
    struct stat st{};
    ::fstat(pipe[0], &st);
    *pipe_ino = st.st_ino;
    ::syscall(SYS_dup, pipe[0]);
    ::syscall(SYS_dup2, pipe[1], 77);
    ::syscall(SYS_dup3, 77, 78, O_CLOEXEC);
    ::syscall(SYS_dup, 9999);
    ::syscall(SYS_eventfd2, 0, 0);
    ::syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY);
  });
  const std::string pipe_name = "pipe:[" + std::to_string(*pipe_ino) + "]";
  const auto dups = capture->syscalls(SYS_dup);
  ASSERT_EQ(dups.size(), 2U);
  EXPECT_EQ(dups[0]->event().file_path(0), pipe_name);
  EXPECT_EQ(dups[0]->event().file_path(1), pipe_name);
  EXPECT_EQ(dups[0]->event().file(0)->fd, dups[0]->event().syscall()->ret);
  EXPECT_EQ(dups[1]->event().syscall()->ret, -EBADF);
  EXPECT_EQ(dups[1]->event().file(0), nullptr);
  EXPECT_EQ(dups[1]->event().file(1), nullptr);
  EXPECT_EQ(capture->syscalls(SYS_dup2)[0]->event().file(0)->fd, 77);
  EXPECT_EQ(capture->syscalls(SYS_dup3)[0]->event().file(0)->fd, 78);
  EXPECT_EQ(capture->syscalls(SYS_eventfd2)[0]->event().file_path(), "anon_inode:[eventfd]");
  const auto faults = capture->syscalls(SYS_userfaultfd);
  ASSERT_EQ(faults.size(), 1U);
  if (faults[0]->event().syscall()->ret >= 0) {  // CONFIG_USERFAULTFD
    EXPECT_EQ(faults[0]->event().file_path(), "anon_inode:[userfaultfd]");
  }
}

TEST(LiveSyscall, OnlyWhatIsAskedForIsDelivered) {
  SAKER_OPEN_LIVE(capture, live_options({"sched_rr_get_interval", "dup"}));
  capture->run([] {
    for (int i = 0; i < 100; i++) {
      ::syscall(SYS_getpgid, 0);
      ::syscall(SYS_sched_rr_get_interval, 0, nullptr);
      ::close(::open("/dev/null", O_RDONLY));
    }
  });
  for (const auto* records : {&capture->records(), &capture->others()}) {
    for (const SeenRecord& record : *records) {
      if (record->syscall() != nullptr) {
        EXPECT_TRUE(record->syscall()->nr == SYS_sched_rr_get_interval ||
                    record->syscall()->nr == SYS_dup);
      }
    }
  }
  EXPECT_EQ(capture->syscalls(SYS_sched_rr_get_interval).size(), 100U);
}

#if defined(__x86_64__)

// int $0x80 from a 64-bit program: arguments must lie below 4 GiB.
long call_32(long nr, long a, long b, long c) {
  long ret;
  asm volatile("int $0x80"
               : "=a"(ret)
               : "a"(nr), "b"(a), "c"(b), "d"(c)
               : "r8", "r9", "r10", "r11", "memory");
  return ret;
}

TEST(LiveSyscall, The32BitTableIsNoWayAround) {
  constexpr long kOpen32 = 5;
  constexpr long kUnlink32 = 10;
  constexpr long kGetpid32 = 20;  // writev in the native table
  SAKER_OPEN_LIVE(capture, live_options({"open", "unlink", "writev"}));
  const Shared<long> ret;
  capture->run([&] {
    char* low = static_cast<char*>(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
    std::strcpy(low, "/etc/hostname");
    *ret = call_32(kOpen32, reinterpret_cast<long>(low), O_RDONLY, 0);
    std::strcpy(low, "/no/such/file");
    call_32(kUnlink32, reinterpret_cast<long>(low), 0, 0);
    call_32(kGetpid32, 0, 0, 0);
  });
  if (*ret == -ENOSYS) {
    GTEST_SKIP() << "no 32-bit syscalls in this kernel";
  }
  const auto opens = capture->syscalls(SYS_open);
  ASSERT_EQ(opens.size(), 1U);
  EXPECT_EQ(opens[0]->event().syscall()->ret, *ret);
  EXPECT_EQ(opens[0]->text(EV_SEC_STRING), "/etc/hostname");
  EXPECT_EQ(opens[0]->event().file_path(), "/etc/hostname");
  EXPECT_NE(opens[0]->event().task().flags & EV_TASKF_COMPAT, 0U);
  const auto unlinks = capture->syscalls(SYS_unlink);
  ASSERT_EQ(unlinks.size(), 1U);
  EXPECT_EQ(unlinks[0]->text(EV_SEC_STRING), "/no/such/file");
  EXPECT_EQ(unlinks[0]->event().syscall()->flags, EV_SYSF_ARGS_FROM_ENTER);
  EXPECT_TRUE(capture->syscalls(SYS_writev).empty()) << "32-bit getpid is not native writev";
}

#endif

}  // namespace
}  // namespace saker::test
