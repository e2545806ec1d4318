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
#include "tests/bench/scratch_dir.h"

namespace saker::bench {

// What a workload acts on.
struct WorkloadSetting {
  std::string plain;                     // an existing file that no rule cares about
  std::string folder;                    // where its program runs and may write
  std::unique_ptr<Companion> companion;  // null when it needs none
};

struct Workload {
  std::string_view part = {};  // for --only
  std::string_view name = {};
  std::string_view unit = {};
  double unit_ns = 1;
  uint64_t operations = 1;  // per batch: a batch of a loop takes about 0.1 s
  int batches = 1;          // per sample
  // Rows of the other sensor's tables: its overhead, its load.
  std::string_view reference = {};
  std::string_view reference_load = {};
  // Upper bounds: of what the sensor adds, of the time in its BPF programs, both in `unit`; of its
  // own CPU use.
  std::optional<double> budget = {};
  std::optional<double> bpf_budget = {};
  std::optional<double> cpu_budget_percent = {};
  // Either a loop or a program.
  void (*loop)(uint64_t operations, const WorkloadSetting& setting) = nullptr;
  Words program = {};
  // A program that runs meanwhile, and what it writes when it is ready.
  Words companion = {};
  std::string_view companion_ready = {};
};

[[nodiscard]] std::span<const Workload> workloads();

// The first program that it needs and that is not installed; empty: it can run.
[[nodiscard]] std::string_view missing_program(const Workload& workload);

// Makes its setting in this directory, which must outlive it. Requires: no program is missing.
Result<WorkloadSetting> prepare(const Workload& workload, const ScratchDir& dir);

// CPU time per operation in units of the workload, the median over the batches: of this thread, its
// children and the companion, so that other processes on the CPU do not count. Requires: no other
// threads (the loops may fork).
Result<double> sample(const Workload& workload, const WorkloadSetting& setting);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_WORKLOAD_H
