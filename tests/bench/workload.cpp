// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workload.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/unique_fd.h"
#include "tests/bench/clock.h"
#include "tests/bench/stats.h"
#include "tests/bench/usage.h"

namespace saker::bench {
namespace {

void loop_getppid(uint64_t operations, const WorkloadSetting& /*setting*/) {
  for (uint64_t i = 0; i < operations; ++i) {
    ::syscall(SYS_getppid);
  }
}

void loop_open_close(uint64_t operations, const WorkloadSetting& setting) {
  for (uint64_t i = 0; i < operations; ++i) {
    const int fd = ::open(setting.plain.c_str(), O_RDONLY);
    SAKER_CHECK(fd >= 0);
    ::close(fd);
  }
}

void loop_fork_exec_wait(uint64_t operations, const WorkloadSetting& /*setting*/) {
  for (uint64_t i = 0; i < operations; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execl("/bin/true", "true", nullptr);
      ::_exit(127);
    }
    int status = -1;
    SAKER_CHECK(pid > 0 && ::waitpid(pid, &status, 0) == pid && status == 0);
  }
}

// TCP to a local port that is taken but not listened on: the connection is refused at once.
void loop_connect(uint64_t operations, const WorkloadSetting& /*setting*/) {
  const UniqueFd holder(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  SAKER_CHECK(::bind(holder.get(), generic, size) == 0);
  SAKER_CHECK(::getsockname(holder.get(), generic, &size) == 0);
  for (uint64_t i = 0; i < operations; ++i) {
    const UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
    SAKER_CHECK(::connect(fd.get(), generic, size) != 0);
  }
}

constexpr int kBatches = 7;

// An engine file, without the cache that the build of the project itself uses.
constexpr std::string_view kCompile[] = {"env",
                                         "CCACHE_DISABLE=1",
                                         SAKER_CXX_COMPILER,
                                         "-std=c++20",
                                         "-O2",
                                         "-I" SAKER_SOURCE_DIR,
                                         "-c",
                                         SAKER_SOURCE_DIR "/engine/alert.cpp",
                                         "-o",
                                         "alert.o"};
// The same random numbers each time.
constexpr std::string_view kStressOpen[] = {"stress-ng", "--quiet",    "--no-rand-seed",
                                            "--open",    "1",          "--open-ops",
                                            "10000",     "--open-max", "1000"};
constexpr std::string_view kStressVm[] = {"stress-ng", "--quiet", "--no-rand-seed", "--vm", "1",
                                          "--vm-ops",  "40000",   "--vm-bytes",     "32m"};
constexpr std::string_view kStressFork[] = {
    "stress-ng", "--quiet", "--no-rand-seed", "--fork", "1", "--fork-ops", "2000"};
constexpr std::string_view kRedisServer[] = {
    "redis-server", "--port", "0", "--unixsocket", "redis.sock", "--save", "",
    "--appendonly", "no"};
constexpr std::string_view kRedisBenchmark[] = {
    "redis-benchmark", "-s", "redis.sock", "-n", "100000", "-c", "20", "-t", "get", "-q"};

// clang-format off
constexpr Workload kWorkloads[] = {
    {.part = "getppid", .name = "getppid", .unit = "ns", .operations = 500'000,
     .batches = kBatches, .reference = "getppid", .reference_load = "getppid", .budget = 30,
     .loop = loop_getppid},
    {.part = "open", .name = "openat + close", .unit = "ns", .operations = 100'000,
     .batches = kBatches, .reference = "openat + close",
     .reference_load = "openat + close flat out", .budget = 300, .cpu_budget_percent = 5,
     .loop = loop_open_close},
    {.part = "connect", .name = "socket + connect + close", .unit = "ns", .operations = 10'000,
     .batches = kBatches, .reference = "socket + connect", .reference_load = "connect",
     .loop = loop_connect},
    {.part = "exec", .name = "fork + exec + wait", .unit = "us", .unit_ns = 1000,
     .operations = 200, .batches = kBatches, .reference = "fork + exec",
     .reference_load = "exec", .bpf_budget = 10, .loop = loop_fork_exec_wait},
    {.part = "build", .name = "compiling engine/alert.cpp", .unit = "ms", .unit_ns = 1e6,
     .program = kCompile},
    {.part = "stress-open", .name = "stress-ng open", .unit = "ms", .unit_ns = 1e6,
     .program = kStressOpen},
    {.part = "stress-vm", .name = "stress-ng vm", .unit = "ms", .unit_ns = 1e6,
     .program = kStressVm},
    {.part = "stress-fork", .name = "stress-ng fork", .unit = "ms", .unit_ns = 1e6,
     .program = kStressFork},
    {.part = "redis", .name = "redis, one GET", .unit = "us", .unit_ns = 1000,
     .operations = 100'000, .program = kRedisBenchmark,
     .companion = kRedisServer, .companion_ready = "ready to accept connections"},
};
// clang-format on

double used_ns(const WorkloadSetting& setting) {
  return clock_ns(CLOCK_THREAD_CPUTIME_ID) + cpu_ns_of_children() +
         (setting.companion == nullptr ? 0 : setting.companion->cpu_ns());
}

}  // namespace

std::span<const Workload> workloads() { return kWorkloads; }

std::string_view missing_program(const Workload& workload) {
  for (const Words words : {workload.program, workload.companion}) {
    if (!words.empty() && !is_installed(words.front())) {
      return words.front();
    }
  }
  return {};
}

Result<WorkloadSetting> prepare(const Workload& workload, const ScratchDir& dir) {
  WorkloadSetting setting;
  setting.plain = dir.write("plain", "nothing of interest\n");
  setting.folder = dir.file("");
  if (!workload.companion.empty()) {
    auto companion = Companion::start(workload.companion, setting.folder, workload.companion_ready);
    if (!companion) {
      return companion.error();
    }
    setting.companion = std::move(*companion);
  }
  return setting;
}

Result<double> sample(const Workload& workload, const WorkloadSetting& setting) {
  std::vector<double> batches;
  for (int i = 0; i < workload.batches; ++i) {
    const double start = used_ns(setting);
    if (workload.loop != nullptr) {
      workload.loop(workload.operations, setting);
    } else if (Result<void> done = run_command(workload.program, setting.folder); !done) {
      return std::move(done).error();
    }
    const double spent = used_ns(setting) - start;
    batches.push_back(spent / static_cast<double>(workload.operations) / workload.unit_ns);
  }
  return summarise(batches).median;
}

}  // namespace saker::bench
