// SPDX-License-Identifier: Apache-2.0
// Machine: which CPUs a run uses, and the facts about the host that its figures depend on.
#ifndef SAKER_TESTS_BENCH_MACHINE_H
#define SAKER_TESTS_BENCH_MACHINE_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace saker::bench {

struct Cpus {
  int load = 0;    // where the loops run
  int sensor = 0;  // where the sensor runs; the same when there is only one
};

// The first two CPUs that this process may use.
[[nodiscard]] Cpus choose_cpus();
// Requires: a CPU that this process may use.
void pin_to(int cpu);
// While it lives, this process and what it starts may use both; then only that of the load.
class OnBothCpus {
 public:
  explicit OnBothCpus(const Cpus& cpus);
  ~OnBothCpus() { pin_to(cpus_.load); }
  OnBothCpus(const OnBothCpus&) = delete;
  OnBothCpus& operator=(const OnBothCpus&) = delete;

 private:
  const Cpus cpus_;
};

// Of the load average: above it, other processes take part in what is measured.
inline constexpr double kBusyLoad = 0.5;

// Kernel, processor, CPUs, load average, build type; in the order they are shown in.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> machine_facts(const Cpus& cpus);
// What makes the figures of this run doubtful: a debug build, a busy machine, a single CPU.
[[nodiscard]] std::vector<std::string> machine_warnings(const Cpus& cpus);
// Why the sensor cannot be run at all; absent when nothing speaks against it.
[[nodiscard]] std::optional<std::string> missing_privilege();

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_MACHINE_H
