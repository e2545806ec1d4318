// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workload.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "engine/base/check.h"
#include "engine/base/unique_fd.h"
#include "tests/bench/clock.h"
#include "tests/bench/stats.h"

namespace saker::bench {
namespace {

void loop_getppid(uint64_t operations, const WorkloadFiles& /*files*/) {
  for (uint64_t i = 0; i < operations; ++i) {
    ::syscall(SYS_getppid);
  }
}

void loop_open_close(uint64_t operations, const WorkloadFiles& files) {
  for (uint64_t i = 0; i < operations; ++i) {
    const int fd = ::open(files.plain.c_str(), O_RDONLY);
    SAKER_CHECK(fd >= 0);
    ::close(fd);
  }
}

void loop_fork_exec_wait(uint64_t operations, const WorkloadFiles& /*files*/) {
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
void loop_connect(uint64_t operations, const WorkloadFiles& /*files*/) {
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

// clang-format off
constexpr Workload kWorkloads[] = {
    {.part = "getppid", .name = "getppid", .unit = "ns", .operations = 500'000,
     .reference = "getppid", .reference_load = "getppid", .budget = 30, .loop = loop_getppid},
    {.part = "open", .name = "openat + close", .unit = "ns", .operations = 100'000,
     .reference = "openat + close", .reference_load = "openat + close flat out", .budget = 300,
     .cpu_budget_percent = 5, .loop = loop_open_close},
    {.part = "connect", .name = "socket + connect + close", .unit = "ns", .operations = 10'000,
     .reference = "socket + connect", .reference_load = "connect", .loop = loop_connect},
    {.part = "exec", .name = "fork + exec + wait", .unit = "us", .unit_ns = 1000,
     .operations = 200, .waits = true, .reference = "fork + exec", .reference_load = "exec",
     .bpf_budget = 10, .loop = loop_fork_exec_wait},
};
// clang-format on

}  // namespace

std::span<const Workload> workloads() { return kWorkloads; }

double sample(const Workload& workload, const WorkloadFiles& files) {
  const clockid_t clock = workload.waits ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
  std::vector<double> batches;
  for (int i = 0; i < kBatches; ++i) {
    const double start = clock_ns(clock);
    workload.loop(workload.operations, files);
    const double spent = clock_ns(clock) - start;
    batches.push_back(spent / static_cast<double>(workload.operations) / workload.unit_ns);
  }
  return summarise(batches).median;
}

}  // namespace saker::bench
