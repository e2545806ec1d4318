// SPDX-License-Identifier: Apache-2.0
// BpfStats: how long the BPF programs of a process ran, as the kernel counts it.
//
// The kernel counts only while kernel.bpf_stats_enabled is 1. Reading the clock twice per run is
// part of what it counts: about 20 ns of each run are the measurement.
#ifndef SAKER_TESTS_BENCH_BPF_STATS_H
#define SAKER_TESTS_BENCH_BPF_STATS_H

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string_view>

namespace saker::bench {

struct BpfRuns {
  uint64_t run_ns = 0;
  uint64_t runs = 0;
};

// By program id. Several descriptors of one program count once.
using BpfPrograms = std::map<uint32_t, BpfRuns>;

// Adds the program that the text of a /proc/PID/fdinfo file is about, if it is about one.
void add_fdinfo(std::string_view text, BpfPrograms& programs);

// All programs that the process holds a descriptor of.
[[nodiscard]] BpfPrograms bpf_programs_of(pid_t pid);

// Sum over all programs of what was added between two readings.
[[nodiscard]] BpfRuns runs_between(const BpfPrograms& before, const BpfPrograms& after);

// Makes the kernel count for as long as it lives, then puts the setting back.
class BpfStatsEnabled {
 public:
  BpfStatsEnabled();
  ~BpfStatsEnabled();
  BpfStatsEnabled(const BpfStatsEnabled&) = delete;
  BpfStatsEnabled& operator=(const BpfStatsEnabled&) = delete;

  // False: the kernel does not count, or we may not tell it to.
  explicit operator bool() const noexcept { return enabled_; }

 private:
  char previous_ = '0';
  bool enabled_ = false;
};

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_BPF_STATS_H
