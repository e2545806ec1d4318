// SPDX-License-Identifier: Apache-2.0
// Rules that deny, at LSM hooks: what they refuse, what they let go on, what the record says. Needs
// a kernel that allows such programs (tests/vm); SAKER_REQUIRE_ENFORCEMENT=1 makes it a failure
// when there is none.
#include "tests/support/enforcement.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/filter_tables.h"
#include "probes/hooks.h"
#include "probes/live_source.h"
#include "tests/support/addresses.h"
#include "tests/support/fake_root.h"
#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

// Not each kernel has each hook.
bool is_had_by_all(std::string_view hook) {
  const auto rows = hook_programs();
  return std::ranges::none_of(rows, [hook](const HookProgram& row) {
    return row.attach_point == "lsm/" + std::string(hook) && !row.needs.empty();
  });
}

#define SAKER_SET_POLICY(rules)                                                            \
  if (const Result<void> set = source()->set_filter(tables_of((rules)->filter())); !set) { \
    ASSERT_FALSE(is_had_by_all(GetParam().hook)) << set.error().to_string();               \
    GTEST_SKIP() << set.error().to_string();                                               \
  }

struct Place {
  std::string dir;

  [[nodiscard]] std::string operator/(const char* name) const { return dir + "/" + name; }
};

// A hook's condition, with DIR for the test's directory, and what it must refuse and let go on.
struct HookCase {
  std::string_view hook;
  std::string_view condition;
  int (*denied)(const Place& at);
  int (*allowed)(const Place& at);

  friend void PrintTo(const HookCase& one, std::ostream* out) { *out << one.hook; }
};

int open_it(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  const int error = errno_of(fd);
  ::close(fd);
  return error;
}

int run_it(const std::string& path) {
  return in_child([&] {
    ::execl(path.c_str(), path.c_str(), nullptr);
    return errno;
  });
}
// The program ran.
int executed(int outcome) { return outcome == kDidNotComeBack ? 0 : outcome; }

int map_executable(const std::string& path, int protection) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* memory = ::mmap(nullptr, 4096, protection, MAP_PRIVATE, fd, 0);
  return memory == MAP_FAILED ? errno : 0;
}

int protect_executable(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
  return errno_of(::mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

template <typename Call>
int with_socket(int type, uint16_t port, Call call) {
  const int fd = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  return errno_of(call(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
}

constexpr uid_t kOtherUser = 65534;
constexpr uint16_t kDeniedPort = 4141;
constexpr uint16_t kAllowedPort = 4242;

int bind_it(uint16_t port) { return with_socket(SOCK_STREAM, port, ::bind); }
// Nobody listens there.
int connect_it(uint16_t port) {
  const int error = with_socket(SOCK_STREAM, port, ::connect);
  return error == ECONNREFUSED || error == ENETUNREACH ? 0 : error;
}
int send_it(uint16_t port, int type, int flags) {
  const int error = with_socket(type, port, [flags](int fd, const sockaddr* to, socklen_t size) {
    return ::sendto(fd, "x", 1, flags, to, size);
  });
  return error == ECONNREFUSED || error == ENETUNREACH || error == EOPNOTSUPP || error == EPIPE
             ? 0
             : error;
}
int listen_on(uint16_t port) {
  return with_socket(SOCK_STREAM, port, [](int fd, const sockaddr* address, socklen_t size) {
    const int one = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    return ::bind(fd, address, size) == 0 ? ::listen(fd, 1) : 0;
  });
}

int send_signal(int number) {
  ::signal(number, SIG_IGN);
  return errno_of(::kill(::getpid(), number));
}

int bpf_command(int command) {
  bpf_attr attr{};
  const long result = ::syscall(SYS_bpf, command, &attr, sizeof(attr));
  return result < 0 && errno == EPERM ? EPERM : 0;
}

// The same with another effective user id; all that root may do is allowed to it, too.
template <typename Call>
int as_another_user(Call call) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::seteuid(kOtherUser) != 0 || ::syscall(SYS_capget, &header, sets.data()) != 0) {
    return errno;
  }
  for (__user_cap_data_struct& set : sets) {
    set.effective = set.permitted;
  }
  return ::syscall(SYS_capset, &header, sets.data()) != 0 ? errno : call();
}

// A mount namespace that ends with the process, so that nothing is left where umount is refused.
int with_mount(const std::string& dir, int (*call)(const std::string& dir)) {
  const long ready = ::unshare(CLONE_NEWNS) |
                     ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) |
                     ::mount("none", dir.c_str(), "tmpfs", 0, nullptr);
  return ready != 0 ? errno : call(dir);
}
int unmount(const std::string& dir) { return errno_of(::umount2(dir.c_str(), MNT_DETACH)); }

// The copy of a program that has no name.
int run_from_memory() {
  const int fd = static_cast<int>(::syscall(SYS_memfd_create, "program", 0U));
  const int from = ::open("/bin/true", O_RDONLY | O_CLOEXEC);
  while (::sendfile(fd, from, nullptr, 1 << 16) > 0) {
  }
  return in_child([fd] {
    const std::array<const char*, 2> arguments{"program", nullptr};
    ::syscall(SYS_execveat, fd, "", arguments.data(), nullptr, AT_EMPTY_PATH);
    return errno;
  });
}

// A program of the image that a container was started from, or one that was put there later.
int run_in_overlay(const Place& at, bool is_added) {
  const int mounted = with_mount(at / "dir", [](const std::string& dir) {
    for (const char* name : {"/lower", "/upper", "/work", "/merged"}) {
      ::mkdir((dir + name).c_str(), 0755);
    }
    std::filesystem::copy_file("/bin/true", dir + "/lower/old");
    const std::string layers =
        "lowerdir=" + dir + "/lower,upperdir=" + dir + "/upper,workdir=" + dir + "/work";
    const long merged = ::mount("overlay", (dir + "/merged").c_str(), "overlay", 0, layers.c_str());
    std::filesystem::copy_file("/bin/true", dir + "/merged/new");
    return errno_of(merged);
  });
  return mounted != 0 ? mounted : run_it(at / (is_added ? "dir/merged/new" : "dir/merged/old"));
}

int move_a_mount(const Place& at) {
  return with_mount(at / "dir", [](const std::string& dir) {
    const long tree = ::syscall(SYS_open_tree, AT_FDCWD, dir.c_str(), OPEN_TREE_CLONE);
    return errno_of(tree < 0 ? tree
                             : ::syscall(SYS_move_mount, tree, "", AT_FDCWD, dir.c_str(),
                                         MOVE_MOUNT_F_EMPTY_PATH));
  });
}

int seize_a_process() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::pause();
    ::_exit(0);
  }
  const int error = errno_of(::ptrace(PTRACE_SEIZE, child, nullptr, nullptr));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return error;
}

int make_a_process() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  const int error = errno_of(child);
  ::waitpid(child, nullptr, 0);
  return error;
}

// What is no module is refused for that, when it comes to be read.
int unless_no_module(long result) {
  const int error = errno_of(result);
  return error == ENOEXEC ? 0 : error;
}
int load_module_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return unless_no_module(::syscall(SYS_finit_module, fd, "", 0));
}
int load_module_bytes() {
  std::array<char, 4096> bytes{};
  return unless_no_module(::syscall(SYS_init_module, bytes.data(), bytes.size(), ""));
}

int make_polled_ring() {
  io_uring_params params{};
  params.flags = IORING_SETUP_SQPOLL;
  return errno_of(::syscall(SYS_io_uring_setup, 4, &params));
}

int make_user_namespace() { return errno_of(::unshare(CLONE_NEWUSER)); }

constexpr HookCase kHookCases[] = {
    {"file_open",
     "evt.type in (open, openat, openat2) and evt.is_open_read=true and fd.name=DIR/bad",
     [](const Place& at) { return open_it(at / "bad", O_RDONLY); },
     [](const Place& at) {
       return open_it(at / "bad", O_WRONLY) + open_it(at / "good", O_RDONLY);
     }},
    {"bprm_check_security", "evt.type in (execve, execveat) and proc.exepath startswith DIR/bad",
     [](const Place& at) { return run_it(at / "bad_program"); },
     [](const Place& at) { return executed(run_it(at / "program")); }},
    {"bprm_check_security", "evt.type in (execve, execveat) and proc.is_exe_from_memfd=true",
     [](const Place&) { return run_from_memory(); },
     [](const Place& at) { return executed(run_it(at / "program")); }},
    {"bprm_check_security", "evt.type in (execve, execveat) and proc.is_exe_upper_layer=true",
     [](const Place& at) { return run_in_overlay(at, true); },
     [](const Place& at) { return executed(run_in_overlay(at, false)); }},
    {"mmap_file", "evt.type=mmap and evt.arg.prot contains PROT_EXEC and fd.name=DIR/bad",
     [](const Place& at) { return map_executable(at / "bad", PROT_READ | PROT_EXEC); },
     [](const Place& at) {
       return map_executable(at / "bad", PROT_READ) +
              map_executable(at / "good", PROT_READ | PROT_EXEC);
     }},
    {"file_mprotect", "evt.type=mprotect and evt.arg.prot contains PROT_EXEC and fd.name=DIR/bad",
     [](const Place& at) { return protect_executable(at / "bad"); },
     [](const Place& at) { return protect_executable(at / "good"); }},
    {"path_mkdir", "evt.type in (mkdir, mkdirat) and fs.path.name=DIR/bad_new",
     [](const Place& at) { return errno_of(::mkdir((at / "bad_new").c_str(), 0700)); },
     [](const Place& at) { return errno_of(::mkdir((at / "new").c_str(), 0700)); }},
    {"path_unlink", "evt.type in (unlink, unlinkat, rmdir) and fs.path.name=DIR/bad",
     [](const Place& at) { return errno_of(::unlink((at / "bad").c_str())); },
     [](const Place& at) { return errno_of(::unlink((at / "good").c_str())); }},
    {"path_rmdir", "evt.type in (rmdir, unlinkat, unlink) and fs.path.name=DIR/bad_dir",
     [](const Place& at) { return errno_of(::rmdir((at / "bad_dir").c_str())); },
     [](const Place& at) { return errno_of(::rmdir((at / "dir").c_str())); }},
    {"path_rename",
     "evt.type in (rename, renameat, renameat2) and fs.path.source=DIR/bad and "
     "fs.path.target startswith DIR/dir",
     [](const Place& at) {
       return errno_of(::rename((at / "bad").c_str(), (at / "dir/x").c_str()));
     },
     [](const Place& at) {
       return errno_of(::rename((at / "good").c_str(), (at / "dir/x").c_str()));
     }},
    {"path_link", "evt.type in (link, linkat) and fs.path.target=DIR/bad",
     [](const Place& at) { return errno_of(::link((at / "bad").c_str(), (at / "y").c_str())); },
     [](const Place& at) { return errno_of(::link((at / "good").c_str(), (at / "x").c_str())); }},
    {"path_symlink", "evt.type in (symlink, symlinkat) and fs.path.source=DIR/bad_new",
     [](const Place& at) { return errno_of(::symlink("to", (at / "bad_new").c_str())); },
     [](const Place& at) { return errno_of(::symlink("to", (at / "new").c_str())); }},
    {"path_chmod", "evt.type in (chmod, fchmod, fchmodat) and fs.path.name=DIR/bad",
     [](const Place& at) { return errno_of(::chmod((at / "bad").c_str(), 0644)); },
     [](const Place& at) { return errno_of(::chmod((at / "good").c_str(), 0644)); }},
    {"path_chown", "evt.type in (chown, fchown, lchown, fchownat) and fs.path.name=DIR/bad",
     [](const Place& at) { return errno_of(::chown((at / "bad").c_str(), 1, 1)); },
     [](const Place& at) { return errno_of(::chown((at / "good").c_str(), 1, 1)); }},
    {"sb_mount", "evt.type=mount and fs.path.target=DIR/bad_dir",
     [](const Place& at) {
       const int error = errno_of(::mount("none", (at / "bad_dir").c_str(), "tmpfs", 0, nullptr));
       ::umount2((at / "bad_dir").c_str(), MNT_DETACH);
       return error;
     },
     [](const Place& at) {
       const int error = errno_of(::mount("none", (at / "dir").c_str(), "tmpfs", 0, nullptr));
       ::umount2((at / "dir").c_str(), MNT_DETACH);
       return error;
     }},
    {"socket_create", "evt.type=socket and evt.arg.domain=AF_INET6",
     [](const Place&) { return errno_of(::socket(AF_INET6, SOCK_STREAM, 0)); },
     [](const Place&) { return errno_of(::socket(AF_INET, SOCK_STREAM, 0)); }},
    {"socket_bind", "evt.type=bind and fd.typechar in (4, 6) and fd.lport=4141",
     [](const Place&) { return bind_it(kDeniedPort); },
     [](const Place&) { return bind_it(kAllowedPort); }},
    {"socket_connect",
     "evt.type=connect and fd.typechar in (4, 6) and fd.rip=127.0.0.1 and fd.rport=4141",
     [](const Place&) { return connect_it(kDeniedPort); },
     [](const Place&) { return connect_it(kAllowedPort); }},
    {"socket_connect",
     "evt.type=connect and fd.typechar in (4, 6) and fd.rnet=127.0.0.0/8 and fd.rport=4141",
     [](const Place&) { return send_it(kDeniedPort, SOCK_DGRAM, 0); },
     [](const Place&) { return send_it(kAllowedPort, SOCK_DGRAM, 0); }},
    {"socket_connect", "evt.type=connect and fd.typechar in (4, 6) and fd.rport=4141",
     [](const Place&) { return send_it(kDeniedPort, SOCK_STREAM, MSG_FASTOPEN); },
     [](const Place&) { return send_it(kAllowedPort, SOCK_STREAM, MSG_FASTOPEN); }},
    {"socket_listen", "evt.type=listen and fd.typechar in (4, 6) and fd.lport=4141",
     [](const Place&) { return listen_on(kDeniedPort); },
     [](const Place&) { return listen_on(kAllowedPort); }},
    {"task_kill", "evt.type in (kill, tkill, tgkill) and evt.arg.sig=SIGUSR1",
     [](const Place&) { return send_signal(SIGUSR1); },
     [](const Place&) { return send_signal(SIGUSR2); }},
    {"task_fix_setuid",
     "evt.type in (setuid, setreuid, setresuid) and proc.name=live_tests and user.uid=0",
     [](const Place&) { return errno_of(::setuid(65534)); },
     [](const Place&) { return errno_of(::setgid(65534)); }},
    {"bpf", "evt.type=bpf and evt.arg.cmd=BPF_PROG_GET_NEXT_ID",
     [](const Place&) { return bpf_command(BPF_PROG_GET_NEXT_ID); },
     [](const Place&) { return bpf_command(BPF_MAP_GET_NEXT_ID); }},
    {"path_mknod",
     "evt.type in (mknod, mknodat) and not evt.arg.mode contains S_IFREG and "
     "fs.path.name=DIR/bad_new",
     [](const Place& at) { return errno_of(::mkfifo((at / "bad_new").c_str(), 0600)); },
     [](const Place& at) {
       return errno_of(::mkfifo((at / "new").c_str(), 0600)) + open_it(at / "bad_new", O_CREAT) +
              errno_of(::unlink((at / "bad_new").c_str()));
     }},
    {"path_truncate", "evt.type=truncate and user.uid=0",
     [](const Place& at) { return errno_of(::truncate((at / "bad").c_str(), 1)); },
     [](const Place& at) {
       return as_another_user([&] { return errno_of(::truncate((at / "good").c_str(), 1)); });
     }},
    {"move_mount", "evt.type=move_mount and user.uid=0", move_a_mount,
     [](const Place& at) { return as_another_user([&] { return move_a_mount(at); }); }},
    {"sb_umount", "evt.type=umount2 and fs.path.name=DIR/bad_dir",
     [](const Place& at) { return with_mount(at / "bad_dir", unmount); },
     [](const Place& at) { return with_mount(at / "dir", unmount); }},
    {"ptrace_access_check",
     "evt.type=ptrace and evt.arg.request in (PTRACE_ATTACH, PTRACE_SEIZE) and user.uid=0",
     [](const Place&) { return seize_a_process(); },
     [](const Place&) { return as_another_user(seize_a_process); }},
    {"task_alloc", "evt.type in (clone, clone3, fork, vfork) and user.uid=65534",
     [](const Place&) { return as_another_user(make_a_process); },
     [](const Place&) { return make_a_process(); }},
    {"kernel_read_file", "evt.type=finit_module and fd.name=DIR/bad",
     [](const Place& at) { return load_module_file(at / "bad"); },
     [](const Place& at) { return load_module_file(at / "good"); }},
    {"kernel_load_data", "evt.type=init_module and user.uid=0",
     [](const Place&) { return load_module_bytes(); },
     [](const Place&) { return as_another_user(load_module_bytes); }},
    {"uring_sqpoll",
     "evt.type=io_uring_setup and evt.arg.flags contains IORING_SETUP_SQPOLL and user.uid=0",
     [](const Place&) { return make_polled_ring(); },
     [](const Place&) { return as_another_user(make_polled_ring); }},
    {"userns_create", "evt.type=unshare and evt.arg.flags contains CLONE_NEWUSER and user.uid=0",
     [](const Place&) { return make_user_namespace(); },
     [](const Place&) { return as_another_user(make_user_namespace); }},
    {"capable", "evt.type=capable and evt.arg.cap=CAP_SYS_CHROOT",
     [](const Place&) { return errno_of(::chroot("/")); },
     [](const Place&) { return errno_of(::sethostname("host", 4)); }},
};

class EnforcementHooks : public testing::TestWithParam<HookCase> {
 protected:
  static void SetUpTestSuite() {
    if (can_decide()) {
      source() = open_deciding_source();
    }
  }
  static void TearDownTestSuite() { source().reset(); }
  static std::unique_ptr<LiveSource>& source() {
    static std::unique_ptr<LiveSource> opened;
    return opened;
  }

  // What the tests act on.
  void SetUp() override {
    SAKER_NEEDS_HOOKS();
    ASSERT_NE(source(), nullptr);
    for (const char* name : {"bad", "good"}) {
      root_.file(name, std::string(4096, 'x'));
    }
    root_.directory("bad_dir");
    root_.directory("dir");
    for (const char* name : {"bad_program", "program"}) {
      std::filesystem::copy_file("/bin/true", root_.path(name));
    }
  }

  [[nodiscard]] std::string condition() const {
    std::string text(GetParam().condition);
    for (size_t at = text.find("DIR"); at != std::string::npos; at = text.find("DIR")) {
      text.replace(at, 3, place().dir);
    }
    return text;
  }
  [[nodiscard]] Place place() const {
    return {std::filesystem::path(root_.path()).parent_path().string()};
  }

  FakeRoot root_;
};

TEST_P(EnforcementHooks, RefusesWhatTheRuleSaysAndNothingElse) {
  const auto rules = load_acting({condition()});
  ASSERT_NE(rules, nullptr);
  SAKER_SET_POLICY(rules);
  decisions_of(*source());
  EXPECT_EQ(in_child([&] { return GetParam().allowed(place()); }), 0);
  EXPECT_EQ(decisions_of(*source()), Decisions{});
  EXPECT_EQ(in_child([&] { return GetParam().denied(place()); }), EPERM);
  EXPECT_EQ(decisions_of(*source()), (Decisions{{EV_DECISION_DENIED, GetParam().hook}}));
}

TEST_P(EnforcementHooks, AuditLetsItGoOnAndSaysSo) {
  const auto rules = load_acting({condition()}, Enforcement::kAudit);
  ASSERT_NE(rules, nullptr);
  SAKER_SET_POLICY(rules);
  decisions_of(*source());
  EXPECT_EQ(executed(in_child([&] { return GetParam().denied(place()); })), 0);
  EXPECT_EQ(decisions_of(*source()), (Decisions{{EV_DECISION_WOULD_DENY, GetParam().hook}}));
}

INSTANTIATE_TEST_SUITE_P(Live, EnforcementHooks, testing::ValuesIn(kHookCases),
                         [](const auto& test) {
                           return std::string(test.param.hook) + "_" + std::to_string(test.index);
                         });

// A directory inside another, and so on: a path that no program can read as a whole.
int open_below_many_directories(const std::string& dir) {
  int at = ::open(dir.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (int depth = 0; depth <= EV_PATH_COMPONENTS; ++depth) {
    ::mkdirat(at, "d", 0700);
    at = ::openat(at, "d", O_PATH | O_DIRECTORY | O_CLOEXEC);
  }
  return errno_of(::openat(at, "bad", O_CREAT | O_RDONLY | O_CLOEXEC, 0600));
}

TEST(LiveEnforcement, WhatIsTooDeepToBeReadGoesOnAndIsSaid) {
  SAKER_NEEDS_HOOKS();
  const FakeRoot root;
  const std::string dir = std::filesystem::path(root.path()).parent_path().string();
  const std::string opens = "evt.type in (open, openat, openat2) and ";
  const auto rules = load_acting({opens + "fd.name endswith /bad and fd.name startswith " + dir});
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(in_child([&] { return open_below_many_directories(dir); }), 0);
  EXPECT_EQ(decisions_of(*source), (Decisions{{EV_DECISION_UNDECIDED, "file_open"}}));
}

// Has the kernel call a program of the test's when it wants a module.
class ModuleLoader {
 public:
  explicit ModuleLoader(const FakeRoot& root) : marker_(root.path("called")) {
    std::getline(std::ifstream(kSetting), before_);
    std::ofstream(root.path("loader")) << "#!/bin/sh\n: > " << marker_ << "\n";
    std::filesystem::permissions(root.path("loader"), std::filesystem::perms::owner_all);
    std::ofstream(kSetting) << root.path("loader");
  }
  ~ModuleLoader() { std::ofstream(kSetting) << before_; }
  ModuleLoader(const ModuleLoader&) = delete;
  ModuleLoader& operator=(const ModuleLoader&) = delete;

  // Whether it has been called since it was asked last.
  [[nodiscard]] bool is_called() const { return std::filesystem::remove(marker_); }

 private:
  static constexpr const char* kSetting = "/proc/sys/kernel/modprobe";

  std::string marker_;
  std::string before_;
};

// The kernel waits for the loader. Who may not have modules loaded is told the same as where there
// is none: that there is no such protocol.
TEST(LiveEnforcement, NoModuleIsLoadedForThoseWhoMayNotAskForIt) {
  SAKER_NEEDS_HOOKS();
  const FakeRoot root;
  const ModuleLoader loader(root);
  const auto rules =
      load_acting({"evt.type=kernel_module_request and user.uid=" + std::to_string(kOtherUser)});
  ASSERT_NE(rules, nullptr);
  const auto source = open_deciding_source(rules->filter());
  ASSERT_NE(source, nullptr);
  const auto ask = [] { return errno_of(::socket(AF_X25, SOCK_SEQPACKET, 0)); };
  EXPECT_EQ(in_child(ask), EAFNOSUPPORT);
  EXPECT_TRUE(loader.is_called());
  EXPECT_EQ(in_child([&] { return ::setuid(kOtherUser) != 0 ? errno : ask(); }), EAFNOSUPPORT);
  EXPECT_FALSE(loader.is_called());
  EXPECT_EQ(decisions_of(*source), (Decisions{{EV_DECISION_DENIED, "kernel_module_request"}}));
}

}  // namespace
}  // namespace saker::test
