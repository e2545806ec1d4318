// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/usage.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "tests/bench/clock.h"

namespace saker::bench {
namespace {

double ns(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
}

}  // namespace

double cpu_ns_of(pid_t pid) {
  clockid_t clock{};
  return ::clock_getcpuclockid(pid, &clock) == 0 ? clock_ns(clock) : 0;
}

double cpu_ns_of_children() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

Memory parse_memory(std::string_view status) {
  constexpr double kKibInMib = 1024;
  Memory memory;
  while (!status.empty()) {
    const std::string line(status.substr(0, status.find('\n')));
    status.remove_prefix(std::min(line.size() + 1, status.size()));
    const size_t colon = std::min(line.find(':'), line.size());
    const std::string_view key = std::string_view(line).substr(0, colon);
    if (key == "VmRSS" || key == "RssAnon") {
      const double mib = std::strtod(line.c_str() + colon + 1, nullptr) / kKibInMib;
      (key == "VmRSS" ? memory.resident_mib : memory.anonymous_mib) = mib;
    }
  }
  return memory;
}

Memory memory_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  return parse_memory(std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace saker::bench
