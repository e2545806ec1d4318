// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/machine.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <string_view>

#include "engine/base/check.h"
#include "engine/base/strings.h"
#include "tests/bench/bpf_programs.h"
#include "tests/bench/report.h"

namespace saker::bench {
namespace {

std::vector<int> allowed_cpus() {
  cpu_set_t set;
  SAKER_CHECK(::sched_getaffinity(0, sizeof(set), &set) == 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) {
      cpus.push_back(cpu);
    }
  }
  return cpus;
}

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name") && line.find(':') != std::string::npos) {
      return std::string(trim(std::string_view(line).substr(line.find(':') + 1)));
    }
  }
  return "unknown";
}

// Processes ready to run, averaged over the last minute.
double load_average() {
  double average = 0;
  return ::getloadavg(&average, 1) == 1 ? average : 0;
}

}  // namespace

Cpus choose_cpus() {
  const std::vector<int> cpus = allowed_cpus();
  return {cpus.front(), cpus.size() > 1 ? cpus[1] : cpus.front()};
}

void pin_to(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  SAKER_CHECK(::sched_setaffinity(0, sizeof(set), &set) == 0);
}

OnBothCpus::OnBothCpus(const Cpus& cpus) : cpus_(cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpus.load, &set);
  CPU_SET(cpus.sensor, &set);
  SAKER_CHECK(::sched_setaffinity(0, sizeof(set), &set) == 0);
}

std::vector<std::pair<std::string, std::string>> machine_facts(const Cpus& cpus) {
  utsname host{};
  ::uname(&host);
  return {{"kernel", std::string(host.release) + " " + host.machine},
          {"processor", processor()},
          {"cpus",
           "load on " + std::to_string(cpus.load) + ", sensor on " + std::to_string(cpus.sensor)},
          {"load average", format_number(load_average())},
          {"build", SAKER_BUILD_TYPE}};
}

std::vector<std::string> machine_warnings(const Cpus& cpus) {
  std::vector<std::string> warnings;
  if (std::string_view(SAKER_BUILD_TYPE) != "Release") {
    warnings.emplace_back("not a Release build: figures of the sensor's own code mean nothing");
  }
  if (load_average() > kBusyLoad) {
    warnings.push_back("the machine was busy at the start (load " + format_number(load_average()) +
                       "): trust ratios and minima, not absolute figures");
  }
  if (const size_t others = count_tracing_programs(); others > 0) {
    warnings.push_back(
        std::to_string(others) +
        " BPF tracing programs of others are loaded: \"no sensor\" is not without one");
  }
  if (cpus.load == cpus.sensor) {
    warnings.emplace_back("one CPU: the sensor competes with the load");
  }
  return warnings;
}

std::optional<std::string> missing_privilege() {
  if (::geteuid() != 0) {
    return "must be root: the sensor loads BPF programs";
  }
  if (::access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
    return "this kernel has no BTF (/sys/kernel/btf/vmlinux): the sensor cannot load its programs";
  }
  return {};
}

}  // namespace saker::bench
