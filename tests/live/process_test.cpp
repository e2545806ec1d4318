// SPDX-License-Identifier: Apache-2.0
// Records of the process tree: fork, exec and exit, and what every record says of its task.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

const char* const kNoEnvironment[] = {nullptr};

void exec_true() {
  const char* args[] = {"true", nullptr};
  ::execve("/bin/true", const_cast<char**>(args), const_cast<char**>(kNoEnvironment));
}

uint32_t ns_inode(const char* name) {
  struct stat st{};
  ::stat((std::string("/proc/self/ns/") + name).c_str(), &st);
  return static_cast<uint32_t>(st.st_ino);
}

// The path of the hierarchy that the probes report: unified, else memory, else pids.
std::string own_cgroup() {
  std::ifstream file("/proc/self/cgroup");
  std::string unified = "/";
  std::string memory = "/";
  std::string pids = "/";
  for (std::string line; std::getline(file, line);) {
    const size_t names = line.find(':') + 1;
    const size_t path = line.find(':', names) + 1;
    const std::string controllers = line.substr(names, path - names - 1);
    (controllers.empty()       ? unified
     : controllers == "memory" ? memory
                               : pids) =
        controllers.empty() || controllers == "memory" || controllers == "pids" ? line.substr(path)
                                                                                : pids;
  }
  return unified != "/" ? unified : memory != "/" ? memory : pids;
}

TEST(LiveProcess, AnExecHasArgumentsEnvironmentAndPlaces) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  const std::string exe = std::filesystem::canonical("/bin/true");
  capture->run([] {
    if (::chdir("/usr") != 0) {
      ::_exit(1);
    }
    const char* args[] = {"-not-true", "", "two words", nullptr};
    const char* environment[] = {"A=1", "B=2", nullptr};
    ::execve("/bin/../bin/true", const_cast<char**>(args), const_cast<char**>(environment));
  });
  EXPECT_EQ(capture->status(), 0);
  const SeenRecord* record = capture->first(EV_EXEC);
  ASSERT_NE(record, nullptr);
  const Event& event = record->event();
  EXPECT_EQ(record->text(EV_SEC_ARGS), std::string_view("-not-true\0\0two words\0", 21));
  EXPECT_EQ(record->text(EV_SEC_ENV), std::string_view("A=1\0B=2\0", 8));
  EXPECT_EQ(record->text(EV_SEC_CWD), "/usr");
  EXPECT_EQ(record->text(EV_SEC_STRING), "/bin/../bin/true");
  EXPECT_EQ(record->text(EV_SEC_EXE), exe);
  EXPECT_EQ(record->text(EV_SEC_CGROUP), own_cgroup());

  struct stat st{};
  ASSERT_EQ(::stat(exe.c_str(), &st), 0);
  const ev_inode& inode = event.exec()->exe;
  EXPECT_EQ(inode.ino, st.st_ino);
  EXPECT_EQ(inode.dev, st.st_dev);
  EXPECT_EQ(inode.mode, st.st_mode);
  EXPECT_EQ(inode.uid, st.st_uid);
  EXPECT_EQ(inode.ctime_ns, static_cast<uint64_t>(st.st_ctim.tv_sec) * 1'000'000'000 +
                                static_cast<uint64_t>(st.st_ctim.tv_nsec));
  EXPECT_EQ(inode.mtime_ns, static_cast<uint64_t>(st.st_mtim.tv_sec) * 1'000'000'000 +
                                static_cast<uint64_t>(st.st_mtim.tv_nsec));
  EXPECT_EQ(inode.flags & (EV_INODEF_MEMFD | EV_INODEF_UNLINKED), 0U);
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  EXPECT_EQ(event.exec()->fdlimit, limit.rlim_cur);
  EXPECT_STREQ(event.task().comm, "true");
  EXPECT_EQ(capture->losses(), 0U);
}

TEST(LiveProcess, LongArgumentsKeepTheirTrueSize) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  const std::string long_arg(EV_ARGS_MAX, 'a');
  capture->run([&] {
    const char* args[] = {"true", long_arg.c_str(), nullptr};
    ::execve("/bin/true", const_cast<char**>(args), const_cast<char**>(kNoEnvironment));
  });
  const SeenRecord* record = capture->first(EV_EXEC);
  ASSERT_NE(record, nullptr);
  const Section& args = record->event().section(EV_SEC_ARGS);
  EXPECT_EQ(args.bytes.size(), size_t{EV_ARGS_MAX});
  EXPECT_EQ(args.bytes.substr(0, 7), std::string_view("true\0aa", 7));
  EXPECT_EQ(args.true_size, EV_ARGS_MAX + 6);
  EXPECT_TRUE(args.truncated());
  EXPECT_FALSE(record->event().section(EV_SEC_ENV)) << "an empty environment has no section";
}

TEST(LiveProcess, EachRecordDescribesItsTask) {
  SAKER_OPEN_LIVE(capture, live_options({"sched_rr_get_interval"}));
  capture->run([] {
    ::setpgid(0, 0);
    ::prctl(PR_SET_NAME, "fifteen-letters");
    ::syscall(SYS_setresgid, 1001, 1002, 1003);
    ::syscall(SYS_setresuid, 2001, 2002, 2003);
    ::syscall(SYS_sched_rr_get_interval, 0, nullptr);
  });
  const auto calls = capture->syscalls(SYS_sched_rr_get_interval);
  ASSERT_EQ(calls.size(), 1U);
  const ev_task& task = calls[0]->event().task();
  const auto pid = static_cast<uint32_t>(capture->child());
  EXPECT_EQ(task.pid, pid);
  EXPECT_EQ(task.tid, pid);
  EXPECT_EQ(task.vpid, pid);
  EXPECT_EQ(task.pgid, pid);
  EXPECT_EQ(task.vpgid, pid);
  EXPECT_EQ(task.ppid, static_cast<uint32_t>(::getpid()));
  EXPECT_EQ(task.sid, static_cast<uint32_t>(::getsid(0)));
  EXPECT_EQ(task.uid, 2001U);
  EXPECT_EQ(task.euid, 2002U);
  EXPECT_EQ(task.gid, 1001U);
  EXPECT_EQ(task.egid, 1002U);
  EXPECT_EQ(task.cap_effective, 0U) << "given up with the user id";
  EXPECT_EQ(task.mnt_ns, ns_inode("mnt"));
  EXPECT_EQ(task.pid_ns, ns_inode("pid"));
  EXPECT_STREQ(task.comm, "fifteen-letters");
  EXPECT_EQ(task.flags, 0U);
  EXPECT_NE(task.cgroup_id, 0U);
  EXPECT_GT(task.start_boot_ns, task.parent_start_boot_ns);
  EXPECT_LE(task.start_boot_ns, calls[0]->event().header().boot_ns);
  EXPECT_EQ(calls[0]->event().syscall()->ret, -EFAULT);
}

// In its new user namespace the caller may do everything; what counts is that it might not before.
TEST(LiveProcess, CapabilitiesOfACallThatMakesANamespaceAreThoseFromBefore) {
  SAKER_OPEN_LIVE(capture, live_options({"unshare", "sched_rr_get_interval"}));
  capture->run([] {
    ::syscall(SYS_setresuid, 2001, 2001, 2001);
    ::unshare(CLONE_NEWUSER);
    ::syscall(SYS_sched_rr_get_interval, 0, nullptr);
  });
  const auto unshare = capture->syscalls(SYS_unshare);
  ASSERT_EQ(unshare.size(), 1U);
  ASSERT_EQ(unshare[0]->event().syscall()->ret, 0);
  EXPECT_EQ(unshare[0]->event().syscall()->flags, EV_SYSF_ARGS_FROM_ENTER);
  EXPECT_EQ(unshare[0]->event().task().cap_permitted, 0U);
  const auto later = capture->syscalls(SYS_sched_rr_get_interval);
  ASSERT_EQ(later.size(), 1U);
  EXPECT_NE(later[0]->event().task().cap_permitted & (1ULL << CAP_SYS_ADMIN), 0U);
}

TEST(LiveProcess, IdsInsideAPidNamespaceAreItsOwn) {
  SAKER_OPEN_LIVE(capture, live_options({"sched_rr_get_interval"}));
  capture->run([] {
    ::unshare(CLONE_NEWPID);
    const pid_t init = ::fork();
    if (init == 0) {
      ::setsid();
      const pid_t second = ::fork();
      if (second == 0) {
        ::syscall(SYS_sched_rr_get_interval, 0, nullptr);
        exec_true();
      }
      ::waitpid(second, nullptr, 0);
      ::_exit(0);
    }
    ::waitpid(init, nullptr, 0);
  });
  const SeenRecord* call = nullptr;
  const SeenRecord* exec = nullptr;
  for (const SeenRecord& record : capture->others()) {
    if (record->task().vpid != 2 || record->task().vpid == record->task().pid) {
      continue;
    }
    call = record->syscall() != nullptr ? &record : call;
    exec = record->kind() == EV_EXEC ? &record : exec;
  }
  ASSERT_NE(call, nullptr);
  const ev_task& task = call->event().task();
  EXPECT_EQ(task.vtid, 2U);
  EXPECT_EQ(task.sid, 1U);
  EXPECT_EQ(task.vpgid, 1U);
  EXPECT_NE(task.pid_ns, ns_inode("pid"));
  ASSERT_NE(exec, nullptr);
  EXPECT_EQ(exec->event().exec()->pidns_start_boot_ns, exec->event().task().parent_start_boot_ns)
      << "the parent is the init of the namespace";
}

TEST(LiveProcess, AForkIsTheChild) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  capture->run([] {});
  const SeenRecord* fork = capture->first(EV_FORK);
  ASSERT_NE(fork, nullptr);
  EXPECT_EQ(fork->event().task().ppid, static_cast<uint32_t>(::getpid()));
  EXPECT_EQ(fork->text(EV_SEC_CGROUP), own_cgroup());
  EXPECT_NE(fork->event().fork()->pidns_start_boot_ns, 0U);
  EXPECT_EQ(fork->event().task().start_boot_ns,
            capture->first(EV_EXIT)->event().task().start_boot_ns);
}

TEST(LiveProcess, ThreadsAreNeitherForkedNorExited) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  capture->run([] {
    std::thread([] {}).join();
    std::thread([] { ::syscall(SYS_exit_group, 3); }).join();
  });
  size_t forks = 0;
  size_t exits = 0;
  for (const SeenRecord& record : capture->records()) {
    forks += record->kind() == EV_FORK ? 1 : 0;
    exits += record->kind() == EV_EXIT ? 1 : 0;
  }
  EXPECT_EQ(forks, 1U);
  EXPECT_EQ(exits, 1U);
}

TEST(LiveProcess, AnExitHasTheStatusOfWait) {
  const struct {
    const char* name;
    void (*end)();
  } cases[] = {{"code", [] { ::_exit(42); }},
               {"signal", [] { ::kill(::getpid(), SIGKILL); }},
               {"leader first", [] {
                  std::thread([] { ::syscall(SYS_exit, 9); }).detach();
                  ::syscall(SYS_exit, 7);
                }}};
  for (const auto& c : cases) {
    SAKER_OPEN_LIVE(capture, LiveOptions{});
    capture->run(c.end);
    const SeenRecord* exit = capture->first(EV_EXIT);
    ASSERT_NE(exit, nullptr) << c.name;
    EXPECT_EQ(exit->event().exit()->code, static_cast<uint32_t>(capture->status())) << c.name;
  }
}

TEST(LiveProcess, TheReaperIsTheNearestSubreaper) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  capture->run([] {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (::fork() == 0) {
      ::_exit(0);
    }
    ::waitpid(-1, nullptr, 0);
  });
  const SeenRecord* exit = nullptr;
  for (const SeenRecord& record : capture->others()) {
    if (record->kind() == EV_EXIT &&
        record->task().ppid == static_cast<uint32_t>(capture->child())) {
      exit = &record;
    }
  }
  ASSERT_NE(exit, nullptr);
  EXPECT_EQ(exit->event().exit()->reaper, static_cast<uint32_t>(capture->child()));
  EXPECT_EQ(capture->first(EV_EXIT)->event().exit()->reaper, 1U) << "the host's init";
}

TEST(LiveProcess, AMemfdExecIsMarked) {
  SAKER_OPEN_LIVE(capture, live_options({"memfd_create"}));
  capture->run([] {
    const int fd = static_cast<int>(::syscall(SYS_memfd_create, "hidden", 0U));
    const int from = ::open("/bin/true", O_RDONLY);
    struct stat st{};
    ::fstat(from, &st);
    off_t at = 0;
    while (at < st.st_size && ::sendfile(fd, from, &at, 65536) > 0) {
    }
    const char* args[] = {"memfd", nullptr};
    ::syscall(SYS_execveat, fd, "", args, kNoEnvironment, AT_EMPTY_PATH);
  });
  const auto calls = capture->syscalls(SYS_memfd_create);
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_EQ(calls[0]->text(EV_SEC_STRING), "hidden");
  EXPECT_EQ(calls[0]->event().file_path(), "memfd:hidden");
  EXPECT_NE(calls[0]->event().file()->inode.flags & EV_INODEF_MEMFD, 0U);
  const SeenRecord* exec = capture->first(EV_EXEC);
  ASSERT_NE(exec, nullptr);
  EXPECT_EQ(exec->text(EV_SEC_EXE), "memfd:hidden");
  EXPECT_NE(exec->event().exec()->exe.flags & EV_INODEF_MEMFD, 0U);
  EXPECT_NE(exec->event().exec()->exe.flags & EV_INODEF_UNLINKED, 0U);
}

TEST(LiveProcess, TheOverlayLayerOfAnExecutableIsKnown) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  const Shared<bool> mounted;
  const auto run_overlay = [&](const char* file) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execl(file, file, nullptr);
      ::_exit(1);
    }
    ::waitpid(pid, nullptr, 0);
  };
  capture->run([&] {
    ::unshare(CLONE_NEWNS);
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    ::mount("saker", "/mnt", "tmpfs", 0, nullptr);
    for (const char* dir : {"/mnt/lower", "/mnt/upper", "/mnt/work", "/mnt/merged"}) {
      ::mkdir(dir, 0755);
    }
    std::filesystem::copy_file("/bin/true", "/mnt/lower/lower");
    *mounted = ::mount("overlay", "/mnt/merged", "overlay", 0,
                       "lowerdir=/mnt/lower,upperdir=/mnt/upper,workdir=/mnt/work") == 0;
    std::filesystem::copy_file("/bin/true", "/mnt/merged/upper");
    run_overlay("/mnt/merged/lower");
    run_overlay("/mnt/merged/upper");
  });
  if (!*mounted) {
    GTEST_SKIP() << "overlayfs cannot be mounted here";
  }
  uint32_t lower = 0;
  uint32_t upper = 0;
  for (const SeenRecord& record : capture->others()) {
    if (record->kind() == EV_EXEC && record.text(EV_SEC_EXE) == "/mnt/merged/lower") {
      lower = record->exec()->exe.flags;
    }
    if (record->kind() == EV_EXEC && record.text(EV_SEC_EXE) == "/mnt/merged/upper") {
      upper = record->exec()->exe.flags;
    }
  }
  EXPECT_EQ(lower & (EV_INODEF_UPPER_LAYER | EV_INODEF_LOWER_LAYER), EV_INODEF_LOWER_LAYER);
  EXPECT_EQ(upper & (EV_INODEF_UPPER_LAYER | EV_INODEF_LOWER_LAYER), EV_INODEF_UPPER_LAYER);
}

TEST(LiveProcess, AnExecIsToldOnce) {
  SAKER_OPEN_LIVE(capture, live_options({"execve", "execveat"}));
  capture->run([] {
    ::execl("/no/such/program", "none", nullptr);
    exec_true();
  });
  const auto failed = capture->syscalls(SYS_execve);
  ASSERT_EQ(failed.size(), 1U) << "only the one that failed";
  EXPECT_EQ(failed[0]->event().syscall()->ret, -ENOENT);
  EXPECT_EQ(failed[0]->text(EV_SEC_STRING), "/no/such/program");
  EXPECT_NE(capture->first(EV_EXEC), nullptr);
}

}  // namespace
}  // namespace saker::test
