// SPDX-License-Identifier: Apache-2.0
// The stock stable rules on real activity: for each rule an action that it is about, and the alert
// it must give, from the built `saker run`.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/unique_fd.h"
#include "tests/support/stock_world.h"

namespace saker::test {
namespace {

namespace fs = std::filesystem;

// An `nginx` that waits for a byte, then reads /etc/shadow.
struct OldServer {
  pid_t pid = -1;
  UniqueFd trigger;
  std::chrono::steady_clock::time_point started;
};
OldServer old_server;

const std::string& dir() { return StockWorld::instance().dir; }

void read_shadow_after_startup() {
  // The rule wants the server to be older than five seconds.
  const auto old_enough = old_server.started + std::chrono::milliseconds(5200);
  while (std::chrono::steady_clock::now() < old_enough) {
    StockWorld::instance().sensor->wait_for_alert({"nothing matches this"},
                                                  std::chrono::milliseconds(100));
  }
  ASSERT_EQ(::write(old_server.trigger.get(), "\n", 1), 1);
  ::waitpid(old_server.pid, nullptr, 0);
}

void attach_with_ptrace() {
  const pid_t victim = ::fork();
  if (victim == 0) {
    ::pause();
    ::_exit(0);
  }
  EXPECT_EQ(::ptrace(PTRACE_SEIZE, victim, nullptr, nullptr), 0);
  ::kill(victim, SIGKILL);
  ::waitpid(victim, nullptr, 0);
}

void execute_memfd() {
  run_in_child([] {
    const int fd = ::memfd_create("saker-test", MFD_CLOEXEC);
    const int busybox = ::open("/bin/busybox", O_RDONLY);
    std::array<char, 65536> buffer{};
    for (ssize_t n = 0; (n = ::read(busybox, buffer.data(), buffer.size())) > 0;) {
      if (::write(fd, buffer.data(), static_cast<size_t>(n)) != n) {
        ::_exit(1);
      }
    }
    std::array<char*, 3> argv = {const_cast<char*>("true"), nullptr, nullptr};
    ::fexecve(fd, argv.data(), environ);
    ::_exit(1);
  });
}

// clang-format off
const std::vector<StockCase> kCases = {
  {"Directory traversal monitored file read", {"/usr/../usr/../etc/passwd"}, false,
   [] { run_program("/bin/cat", {"cat", "/usr/../usr/../etc/passwd"}); }},
  {"Read sensitive file untrusted", {"cat /etc/shadow", "\"fd.name\":\"/etc/shadow\""}, false,
   [] { run_program("/bin/cat", {"cat", "/etc/shadow"}); }},
  {"Read sensitive file trusted after startup", {"\"proc.name\":\"nginx\""}, false,
   [] { read_shadow_after_startup(); }},
  {"Run shell untrusted", {"\"proc.pname\":\"lighttpd\""}, false,
   [] { run_program(program_named("lighttpd"), {"sh", "-c", "/bin/sh -c 'exit 0'; true"}); }},
  {"System user interactive", {"\"user.name\":\"www-data\""}, false,
   [] { run_program(program_named("sshd"), {"sh", "-c", "/usr/bin/setpriv --reuid=33 --regid=33 --clear-groups /bin/true; true"}); }},
  {"Search Private Keys or Passwords", {"BEGIN RSA PRIVATE"}, false,
   [] { run_program("/bin/grep", {"grep", "BEGIN RSA PRIVATE", "/dev/null"}); }},
  {"Clear Log Activities", {"/auth.log"}, false,
   [] { run_shell(": > " + dir() + "/auth.log"); }},
  {"Remove Bulk Data from Disk", {"\"proc.name\":\"shred\""}, false,
   [] { run_program("/usr/bin/shred", {"shred", "--version"}); }},
  {"Create Symlink Over Sensitive Files", {"\"evt.arg.target\":\"/etc/shadow\""}, false,
   [] { run_shell("ln -s /etc/shadow " + dir() + "/link"); }},
  {"Create Hardlink Over Sensitive Files", {"\"evt.arg.oldpath\":\"/etc/shadow\""}, false,
   [] { run_shell("ln /etc/shadow " + dir() + "/hard"); }},
  {"PTRACE attached to process", {"live_tests"}, false, [] { attach_with_ptrace(); }},
  {"PTRACE anti-debug attempt", {"live_tests"}, false,
   [] { run_in_child([] { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }); }},
  {"Find AWS Credentials", {".aws/credentials"}, false,
   [] { run_program("/usr/bin/find", {"find", dir(), "-path", "/x/.aws/credentials"}); }},
  {"Execution from /dev/shm", {"/dev/shm/saker-live-test"}, false,
   [] {
     fs::copy_file("/bin/true", "/dev/shm/saker-live-test", fs::copy_options::overwrite_existing);
     run_program("/dev/shm/saker-live-test", {"/dev/shm/saker-live-test"});
     fs::remove("/dev/shm/saker-live-test");
   }},
  {"Fileless execution via memfd_create", {"memfd:saker-test"}, false, [] { execute_memfd(); }},
  {"Disallowed SSH Connection Non Standard Port", {"203.0.113.9:443"}, false,
   [] { connect_as("ssh", "tcp", "443"); }},
  {"Terminal shell in container", {"\"proc.name\":\"sh\""}, true,
   [] { run_in_container({"sh", "-c", "exit"}, true); }},
  {"Netcat Remote Code Execution in Container", {"nc -e"}, true,
   [] { run_in_container({"nc", "-e", "/bin/true", "127.0.0.1", "1"}); }},
  {"Drop and execute new binary in container", {"/tmp/dropped"}, true,
   [] { run_in_container({"sh", "-c", "cp /bin/busybox /tmp/true && /tmp/true /tmp/dropped"}); }},
  {"Detect release_agent File Container Escapes", {"/tmp/release_agent"}, true,
   [] { run_in_container({"sh", "-c", ": > /tmp/release_agent"}); }},
  {"Contact K8S API Server From Container", {"203.0.113.8:53"}, true,
   [] { ask_name_server_in_container(StockWorld::kApiServer); }},
  {"Packet socket created in container", {"arping"}, true,
   [] { run_container_script("busybox arping -c 1 -w 1 -I lo 127.0.0.1"); }},
  {"Redirect STDOUT/STDIN to Network Connection in Container", {"127.0.0.1:7777"}, true,
   [] { run_container_script("busybox ip link set lo up; nc -l -p 7777 -e /bin/true & for i in $(busybox seq 100); do nc 127.0.0.1 7777 </dev/null; done"); }},
  {"Debugfs Launched in Privileged Container", {"\"proc.name\":\"debugfs\""}, true,
   [] { run_container_program("debugfs"); }},
  {"Linux Kernel Module Injection Detected", {"insmod"}, true,
   [] { run_in_container({"sh", "-c", "insmod /bin/busybox; true"}); }},
};
// clang-format on

void start_old_server() {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const std::string nginx = program_named("nginx");
  old_server.pid = ::fork();
  if (old_server.pid == 0) {
    ::dup2(pipe[0], STDIN_FILENO);
    ::execl(nginx.c_str(), "sh", "-c", "read trigger; read line </etc/shadow", nullptr);
    ::_exit(127);
  }
  ::close(pipe[0]);
  old_server.trigger.reset(pipe[1]);
  old_server.started = std::chrono::steady_clock::now();
}

class StockRules : public StockRulesTest {
 protected:
  static void SetUpTestSuite() {
    if (set_up_suite({"falco_rules.yaml"})) {
      start_old_server();
    }
  }
};

TEST_P(StockRules, FiresOnItsAction) { expect_alert(kCases[GetParam()]); }

INSTANTIATE_TEST_SUITE_P(Stable, StockRules, testing::Range(size_t{0}, kCases.size()),
                         [](const auto& test) { return test_name_of(kCases[test.param]); });

}  // namespace
}  // namespace saker::test
