// SPDX-License-Identifier: Apache-2.0
// The stock stable rules on real activity: for each rule an action that it is about, and the alert
// it must give, from the built `saker run`.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/container.h"
#include "tests/support/sensor.h"

namespace saker::test {
namespace {

namespace fs = std::filesystem;

constexpr auto kAlertTimeout = std::chrono::seconds(5);
// 64 hexadecimal digits, as container runtimes name containers.
const std::string kContainerId = "5a4e" + std::string(60, '7');

// What all tests of this file share: one sensor, one scratch directory, one container bundle.
struct World {
  std::string dir;
  std::unique_ptr<Sensor> sensor;
  std::unique_ptr<TestContainer> container;
  std::string container_problem;
  pid_t old_server = -1;  // an `nginx` that waits for a byte, then reads /etc/shadow
  UniqueFd old_server_trigger;
  std::chrono::steady_clock::time_point old_server_started;
};
World* world = nullptr;

// Runs `file` with `argv` in a child and waits for it.
void run(const std::string& file, std::vector<std::string> argv) {
  std::vector<char*> words;
  for (std::string& word : argv) {
    words.push_back(word.data());
  }
  words.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
    ::execv(file.c_str(), words.data());
    ::_exit(127);
  }
  ASSERT_GT(pid, 0);
  ::waitpid(pid, nullptr, 0);
}

void shell(const std::string& script) { run("/bin/sh", {"sh", "-c", script}); }

// Runs `body` in a forked child of this test program and waits for it.
void in_child(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    ::_exit(0);
  }
  ASSERT_GT(pid, 0);
  ::waitpid(pid, nullptr, 0);
}

// A copy of busybox (or bash) under another name: processes are named by their file.
std::string program_named(const std::string& name, const std::string& original = "/bin/busybox") {
  const std::string path = world->dir + "/" + name;
  fs::copy_file(original, path, fs::copy_options::overwrite_existing);
  return path;
}

void read_shadow_after_startup() {
  // The rule wants the server to be older than five seconds.
  const auto old_enough = world->old_server_started + std::chrono::milliseconds(5200);
  while (std::chrono::steady_clock::now() < old_enough) {
    world->sensor->wait_for_alert({"nothing matches this"}, std::chrono::milliseconds(100));
  }
  ASSERT_EQ(::write(world->old_server_trigger.get(), "\n", 1), 1);
  ::waitpid(world->old_server, nullptr, 0);
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
  in_child([] {
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

// In a network namespace of its own: a public test address (RFC 5737) on lo, nobody listening on
// the outside, and a program named `ssh` that connects to its port 443.
void connect_like_ssh() {
  const std::string ssh = program_named("ssh", "/bin/bash");
  in_child([&] {
    if (::unshare(CLONE_NEWNET) != 0) {
      ::_exit(1);
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    ifreq request{};
    std::copy_n("lo", 3, request.ifr_name);
    auto* address = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(0xcb007109);  // 203.0.113.9
    ::ioctl(fd, SIOCSIFADDR, &request);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    ::ioctl(fd, SIOCSIFFLAGS, &request);
    sockaddr_in listen_on{};
    listen_on.sin_family = AF_INET;
    listen_on.sin_port = htons(443);
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::bind(server, reinterpret_cast<sockaddr*>(&listen_on), sizeof(listen_on)) != 0 ||
        ::listen(server, 1) != 0) {
      ::_exit(1);
    }
    ::execl(ssh.c_str(), ssh.c_str(), "-c", "exec 3<>/dev/tcp/203.0.113.9/443", nullptr);
    ::_exit(1);
  });
}

void in_container(const std::vector<std::string>& argv, bool terminal = false) {
  world->container->run(argv, terminal);
}

struct Case {
  const char* rule;
  // Parts that the alert must have besides the rule's name.
  std::vector<std::string> parts;
  bool needs_container;
  std::function<void()> act;
};

// clang-format off
const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
    {"Directory traversal monitored file read", {"/usr/../usr/../etc/passwd"}, false,
     [] { run("/bin/cat", {"cat", "/usr/../usr/../etc/passwd"}); }},
    {"Read sensitive file untrusted", {"cat /etc/shadow", "\"fd.name\":\"/etc/shadow\""}, false,
     [] { run("/bin/cat", {"cat", "/etc/shadow"}); }},
    {"Read sensitive file trusted after startup", {"\"proc.name\":\"nginx\""}, false,
     [] { read_shadow_after_startup(); }},
    {"Run shell untrusted", {"\"proc.pname\":\"lighttpd\""}, false,
     [] { run(program_named("lighttpd"), {"sh", "-c", "/bin/sh -c 'exit 0'; true"}); }},
    {"System user interactive", {"\"user.name\":\"www-data\""}, false,
     [] { run(program_named("sshd"), {"sh", "-c", "/usr/bin/setpriv --reuid=33 --regid=33 --clear-groups /bin/true; true"}); }},
    {"Search Private Keys or Passwords", {"BEGIN RSA PRIVATE"}, false,
     [] { run("/bin/grep", {"grep", "BEGIN RSA PRIVATE", "/dev/null"}); }},
    {"Clear Log Activities", {"/auth.log"}, false,
     [] { shell(": > " + world->dir + "/auth.log"); }},
    {"Remove Bulk Data from Disk", {"\"proc.name\":\"shred\""}, false,
     [] { run("/usr/bin/shred", {"shred", "--version"}); }},
    {"Create Symlink Over Sensitive Files", {"\"evt.arg.target\":\"/etc/shadow\""}, false,
     [] { shell("ln -s /etc/shadow " + world->dir + "/link"); }},
    {"Create Hardlink Over Sensitive Files", {"\"evt.arg.oldpath\":\"/etc/shadow\""}, false,
     [] { shell("ln /etc/shadow " + world->dir + "/hard"); }},
    {"PTRACE attached to process", {"live_tests"}, false, [] { attach_with_ptrace(); }},
    {"PTRACE anti-debug attempt", {"live_tests"}, false,
     [] { in_child([] { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }); }},
    {"Find AWS Credentials", {".aws/credentials"}, false,
     [] { run("/usr/bin/find", {"find", world->dir, "-path", "/x/.aws/credentials"}); }},
    {"Execution from /dev/shm", {"/dev/shm/saker-live-test"}, false,
     [] {
       fs::copy_file("/bin/true", "/dev/shm/saker-live-test", fs::copy_options::overwrite_existing);
       run("/dev/shm/saker-live-test", {"/dev/shm/saker-live-test"});
       fs::remove("/dev/shm/saker-live-test");
     }},
    {"Fileless execution via memfd_create", {"memfd:saker-test"}, false, [] { execute_memfd(); }},
    {"Disallowed SSH Connection Non Standard Port", {"203.0.113.9:443"}, false,
     [] { connect_like_ssh(); }},
    {"Terminal shell in container", {"\"proc.name\":\"sh\""}, true,
     [] { in_container({"sh", "-c", "exit"}, true); }},
    {"Netcat Remote Code Execution in Container", {"nc -e"}, true,
     [] { in_container({"nc", "-e", "/bin/true", "127.0.0.1", "1"}); }},
    {"Drop and execute new binary in container", {"/tmp/dropped"}, true,
     [] { in_container({"sh", "-c", "cp /bin/busybox /tmp/true && /tmp/true /tmp/dropped"}); }},
    {"Detect release_agent File Container Escapes", {"/tmp/release_agent"}, true,
     [] { in_container({"sh", "-c", ": > /tmp/release_agent"}); }},
    {"Linux Kernel Module Injection Detected", {"insmod"}, true,
     [] { in_container({"sh", "-c", "insmod /bin/busybox; true"}); }},
  };
  return all;
}
// clang-format on

void start_old_server() {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
  const std::string nginx = program_named("nginx");
  world->old_server = ::fork();
  if (world->old_server == 0) {
    ::dup2(pipe[0], STDIN_FILENO);
    ::execl(nginx.c_str(), "sh", "-c", "read trigger; read line </etc/shadow", nullptr);
    ::_exit(127);
  }
  ::close(pipe[0]);
  world->old_server_trigger.reset(pipe[1]);
  world->old_server_started = std::chrono::steady_clock::now();
}

class StockRules : public testing::TestWithParam<size_t> {
 protected:
  static void SetUpTestSuite() {
    const char* shared = std::getenv("SAKER_SHARED");
    if (shared == nullptr) {
      problem_ = "SAKER_SHARED is not set: no stock rules";
      return;
    }
    // Mounts made here vanish with this process.
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      problem_ = "needs root: cannot make a mount namespace";
      return;
    }
    world = new World();
    std::string dir = "/tmp/saker-live-XXXXXX";
    ASSERT_NE(::mkdtemp(dir.data()), nullptr);
    world->dir = dir;
    start_old_server();
    Result<std::unique_ptr<Sensor>> sensor = Sensor::start(
        {"-r", std::string(shared) + "/rules/falco_rules.yaml", "-o", "rule_matching=all"});
    if (!sensor) {
      problem_ = sensor.error().to_string();
      return;
    }
    world->sensor = std::move(*sensor);
    Result<TestContainer> container = TestContainer::create(dir + "/container", kContainerId);
    if (container) {
      world->container = std::make_unique<TestContainer>(std::move(*container));
    } else {
      world->container_problem = container.error().to_string();
    }
  }

  static void TearDownTestSuite() {
    if (world == nullptr) {
      return;
    }
    if (world->sensor) {
      EXPECT_EQ(world->sensor->stop(), 0);
    }
    ::umount2((world->dir + "/container/root").c_str(), MNT_DETACH);
    fs::remove_all(world->dir);
    delete world;
    world = nullptr;
  }

  void SetUp() override {
    if (!problem_.empty()) {
      if (std::getenv("SAKER_REQUIRE_LIVE") != nullptr && std::getenv("SAKER_SHARED") != nullptr) {
        FAIL() << problem_;
      }
      GTEST_SKIP() << problem_;
    }
  }

  static std::string problem_;
};
std::string StockRules::problem_;

TEST_P(StockRules, FiresOnItsAction) {
  const Case& test = cases()[GetParam()];
  if (test.needs_container && !world->container) {
    GTEST_SKIP() << world->container_problem;
  }
  test.act();
  std::vector<std::string> parts = test.parts;
  parts.push_back("\"rule\":\"" + std::string(test.rule) + "\"");
  EXPECT_NE(world->sensor->wait_for_alert(parts, kAlertTimeout), "") << world->sensor->log();
}

INSTANTIATE_TEST_SUITE_P(Stable, StockRules, testing::Range(size_t{0}, cases().size()),
                         [](const testing::TestParamInfo<size_t>& test) {
                           std::string name;
                           for (const char c : std::string(cases()[test.param].rule)) {
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace saker::test
