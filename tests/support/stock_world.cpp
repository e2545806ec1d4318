// SPDX-License-Identifier: Apache-2.0
#include "tests/support/stock_world.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace saker::test {
namespace {

namespace fs = std::filesystem;

constexpr auto kAlertTimeout = std::chrono::seconds(5);
// 64 hexadecimal digits, as container runtimes name containers; each process has its own.
std::string container_id() {
  const std::string digits = std::to_string(::getpid());
  return "5a4e" + std::string(60 - digits.size(), '7') + digits;
}

// As Docker keeps it on disk, and as the kubelet's shim for it labelled the containers of pods.
void write_docker_state(const std::string& root, const std::string& id) {
  const fs::path state = fs::path(root) / "containers" / id;
  fs::create_directories(state);
  std::ofstream(state / "config.v2.json")
      << R"({"Name":"/app","Config":{"Image":"example/app:1.0",)"
      << R"("Labels":{"io.kubernetes.pod.namespace":"shop"}}})";
  std::ofstream(state / "hostconfig.json") << R"({"Privileged":true})";
}

std::unique_ptr<StockWorld> world;

}  // namespace

StockWorld& StockWorld::instance() { return *world; }

std::string StockWorld::set_up(const std::vector<std::string>& rule_files,
                               const std::string& more_rules) {
  const char* shared = std::getenv("SAKER_SHARED");
  if (shared == nullptr) {
    return "SAKER_SHARED is not set: no stock rules";
  }
  // Mounts made here vanish with this process.
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return "needs root: cannot make a mount namespace";
  }
  world = std::make_unique<StockWorld>();
  world->dir = "/tmp/saker-live-XXXXXX";
  if (::mkdtemp(world->dir.data()) == nullptr) {
    return "cannot make a directory in /tmp";
  }
  std::ofstream(world->dir + "/hosts") << kApiServer << " kubernetes.default.svc.cluster.local\n";
  if (::mount((world->dir + "/hosts").c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) != 0) {
    return "cannot mount on /etc/hosts";
  }
  const std::string id = container_id();
  write_docker_state(world->dir + "/docker", id);
  std::vector<std::string> args = {"-o", "rule_matching=all", "-o",
                                   "containers.docker_roots=[" + world->dir + "/docker]"};
  for (const std::string& file : rule_files) {
    args.insert(args.end(), {"-r", shared + ("/rules/" + file)});
  }
  if (!more_rules.empty()) {
    std::ofstream(world->dir + "/more.yaml") << more_rules;
    args.insert(args.end(), {"-r", world->dir + "/more.yaml"});
  }
  Result<std::unique_ptr<Sensor>> sensor = Sensor::start(args);
  if (!sensor) {
    return sensor.error().to_string();
  }
  world->sensor = std::move(*sensor);
  Result<TestContainer> container = TestContainer::create(world->dir + "/container", id);
  if (container) {
    world->container = std::make_unique<TestContainer>(std::move(*container));
  } else {
    world->container_problem = container.error().to_string();
  }
  return {};
}

void StockWorld::tear_down() {
  if (world == nullptr) {
    return;
  }
  if (world->sensor) {
    EXPECT_EQ(world->sensor->stop(), 0);
    EXPECT_EQ(world->sensor->schema_problem(), "");
  }
  ::umount2((world->dir + "/container/root").c_str(), MNT_DETACH);
  ::umount2("/etc/hosts", MNT_DETACH);  // in the mount namespace that set_up() made
  fs::remove_all(world->dir);
  world.reset();
}

void run_program(const std::string& file, std::vector<std::string> argv) {
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

void run_shell(const std::string& script) { run_program("/bin/sh", {"sh", "-c", script}); }

void run_in_child(const std::function<void()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    ::_exit(0);
  }
  ASSERT_GT(pid, 0);
  ::waitpid(pid, nullptr, 0);
}

void run_in_container(const std::vector<std::string>& argv, bool terminal) {
  StockWorld::instance().container->run(argv, terminal);
}

void run_container_script(const std::string& script) { run_in_container({"sh", "-c", script}); }

void run_container_program(const std::string& name) {
  run_container_script("cp /bin/busybox /tmp/" + name + "; /tmp/" + name);
}

void ask_name_server_in_container(const std::string& address) {
  run_container_script("busybox ip addr add " + address + "/32 dev lo; busybox ip link set lo up;" +
                       "busybox nslookup localhost " + address);
}

std::string program_named(const std::string& name, const std::string& original) {
  const std::string path = StockWorld::instance().dir + "/" + name;
  fs::copy_file(original, path, fs::copy_options::overwrite_existing);
  return path;
}

void connect_as(const std::string& name, const std::string& protocol, const std::string& port) {
  const std::string program = program_named(name, "/bin/bash");
  const std::string script = "exec 3<>/dev/" + protocol + "/203.0.113.9/" + port;
  run_in_child([&] {
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
    ::execl(program.c_str(), program.c_str(), "-c", script.c_str(), nullptr);
    ::_exit(1);
  });
}

std::string StockRulesTest::problem_;

bool StockRulesTest::set_up_suite(const std::vector<std::string>& rule_files,
                                  const std::string& more_rules) {
  problem_ = StockWorld::set_up(rule_files, more_rules);
  return problem_.empty();
}

void StockRulesTest::TearDownTestSuite() { StockWorld::tear_down(); }

void StockRulesTest::SetUp() {
  if (problem_.empty()) {
    return;
  }
  if (std::getenv("SAKER_REQUIRE_LIVE") != nullptr && std::getenv("SAKER_SHARED") != nullptr) {
    FAIL() << problem_;
  }
  GTEST_SKIP() << problem_;
}

void StockRulesTest::expect_alert(const StockCase& test) {
  StockWorld& shared = StockWorld::instance();
  if (test.needs_container && !shared.container) {
    GTEST_SKIP() << shared.container_problem;
  }
  test.act();
  std::vector<std::string> parts = test.parts;
  parts.push_back("\"rule\":\"" + std::string(test.rule) + "\"");
  EXPECT_NE(shared.sensor->wait_for_alert(parts, kAlertTimeout), "") << shared.sensor->log();
}

std::string test_name_of(const StockCase& test) {
  std::string name = test.rule;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

}  // namespace saker::test
