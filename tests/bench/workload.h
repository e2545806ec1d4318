// SPDX-License-Identifier: Apache-2.0
// Workload: an operation repeated in a loop, so that its cost with and without a sensor can be
// compared.
#ifndef SAKER_TESTS_BENCH_WORKLOAD_H
#define SAKER_TESTS_BENCH_WORKLOAD_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace saker::bench {

// What the loops act on; made once per run.
struct WorkloadFiles {
  std::string plain;  // an existing file that no rule cares about
};

struct Workload {
  std::string_view part;  // for --only
  std::string_view name;
  std::string_view unit;
  double unit_ns = 1;
  uint64_t operations = 0;  // per batch: a batch takes about 0.1 s
  // Wall-clock time for what waits; CPU time of the thread otherwise, so that other processes on
  // the CPU do not count.
  bool waits = false;
  // Rows of the other sensor's tables: its overhead, its load.
  std::string_view reference = {};
  std::string_view reference_load = {};
  // Upper bounds: of what the sensor adds, of the time in its BPF programs, both in `unit`; of its
  // own CPU use.
  std::optional<double> budget = {};
  std::optional<double> bpf_budget = {};
  std::optional<double> cpu_budget_percent = {};
  void (*loop)(uint64_t operations, const WorkloadFiles& files) = nullptr;
};

[[nodiscard]] std::span<const Workload> workloads();

// Median over some batches, in units of the workload per operation. Requires: no other threads (the
// loops may fork).
[[nodiscard]] double sample(const Workload& workload, const WorkloadFiles& files);
inline constexpr int kBatches = 7;

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_WORKLOAD_H
