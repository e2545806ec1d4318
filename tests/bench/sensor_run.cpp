// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/sensor_run.h"

#include <sys/resource.h>

#include <cstdlib>
#include <fstream>
#include <string_view>
#include <vector>

#include "tests/bench/clock.h"

namespace saker::bench {

double cpu_ns_of(pid_t pid) {
  clockid_t clock{};
  return ::clock_getcpuclockid(pid, &clock) == 0 ? clock_ns(clock) : 0;
}

double cpu_ns_of_children() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto ns = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_usec) * 1e3;
  };
  return ns(usage.ru_utime) + ns(usage.ru_stime);
}

double resident_mib(pid_t pid) {
  constexpr std::string_view kKey = "VmRSS:";
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(kKey)) {
      return std::strtod(line.c_str() + kKey.size(), nullptr) / 1024;
    }
  }
  return 0;
}

Result<std::unique_ptr<test::Sensor>> start_sensor(const BenchOptions& options,
                                                   const std::string& first_rules) {
  std::vector<std::string> args;
  if (!first_rules.empty()) {
    args.insert(args.end(), {"-r", first_rules});
  }
  for (const std::string& file : options.rules) {
    args.insert(args.end(), {"-r", file});
  }
  return test::Sensor::start(args, options.cpus.sensor);
}

Result<void> stop_sensor(test::Sensor& sensor) {
  const int status = sensor.stop();
  if (status != 0) {
    return Error{"saker ended with status " + std::to_string(status) + ": " + sensor.log(), 0, ""};
  }
  return {};
}

}  // namespace saker::bench
