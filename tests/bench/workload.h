// SPDX-License-Identifier: Apache-2.0
// Workload: an operation repeated in a loop, or a program, so that its cost with and without a
// sensor can be compared.
#ifndef SAKER_TESTS_BENCH_WORKLOAD_H
#define SAKER_TESTS_BENCH_WORKLOAD_H

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "tests/bench/command.h"

namespace saker::bench {

// What the workloads act on; made once per run.
struct WorkloadFiles {
  std::string plain = {};   // an existing file that no rule cares about
  std::string folder = {};  // where programs run and may write
};

// The clock of a workload. CPU time leaves out what other processes on the CPU take.
enum class Timed : uint8_t { kThread, kChildren, kWall };

struct Workload {
  std::string_view part = {};  // for --only
  std::string_view name = {};
  std::string_view unit = {};
  double unit_ns = 1;
  uint64_t operations = 1;  // per batch: a batch of a loop takes about 0.1 s
  int batches = 1;          // per sample
  Timed timed = Timed::kThread;
  // Rows of the other sensor's tables: its overhead, its load.
  std::string_view reference = {};
  std::string_view reference_load = {};
  // Upper bounds: of what the sensor adds, of the time in its BPF programs, both in `unit`; of its
  // own CPU use.
  std::optional<double> budget = {};
  std::optional<double> bpf_budget = {};
  std::optional<double> cpu_budget_percent = {};
  // Either a loop or a program.
  void (*loop)(uint64_t operations, const WorkloadFiles& files) = nullptr;
  Words program = {};
  // A program that runs meanwhile, and what it writes when it is ready.
  Words companion = {};
  std::string_view companion_ready = {};
};

[[nodiscard]] std::span<const Workload> workloads();

// The first program that it needs and that is not installed; empty: it can run.
[[nodiscard]] std::string_view missing_program(const Workload& workload);

// Runs while the workload is measured; null when it needs none.
Result<std::unique_ptr<Companion>> start_companion(const Workload& workload,
                                                   const WorkloadFiles& files);

// Median over the batches, in units of the workload per operation. Requires: no other threads (the
// loops may fork); nothing is missing, and its companion runs.
Result<double> sample(const Workload& workload, const WorkloadFiles& files);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_WORKLOAD_H
