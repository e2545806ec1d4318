// SPDX-License-Identifier: Apache-2.0
// RunSummary: what the sensor says at its end about the events of the run (cmd/summary.h).
#ifndef SAKER_TESTS_BENCH_RUN_SUMMARY_H
#define SAKER_TESTS_BENCH_RUN_SUMMARY_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace saker::bench {

struct RunSummary {
  uint64_t filtered = 0;   // events that the kernel found no rule for
  uint64_t delivered = 0;  // events that reached the rules
  uint64_t lost = 0;       // records that a probe could not deliver

  [[nodiscard]] uint64_t produced() const noexcept { return filtered + delivered + lost; }
};

// Absent when the log holds no summary.
[[nodiscard]] std::optional<RunSummary> parse_run_summary(std::string_view log);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_RUN_SUMMARY_H
