// SPDX-License-Identifier: Apache-2.0
// Comparison: the figures of a run beside those of an earlier one, its baseline. What changed by
// more than the readings of both runs scatter is better or worse.
#ifndef SAKER_TESTS_BENCH_COMPARISON_H
#define SAKER_TESTS_BENCH_COMPARISON_H

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/report.h"

namespace saker::bench {

enum class Verdict : uint8_t { kSame, kBetter, kWorse };

struct Change {
  std::string name;  // of a row that belongs to another one: "openat + close: sensor CPU"
  std::string unit;
  double before = 0;
  double after = 0;
  double allowed = 0;  // a larger difference is not chance

  // All figures are costs: less is better.
  [[nodiscard]] Verdict verdict() const noexcept;
};

struct Comparison {
  std::vector<Change> changes;     // of the figures that both runs have
  std::vector<std::string> notes;  // what makes the comparison doubtful, and what it leaves out

  [[nodiscard]] bool has_regression() const noexcept;
};

[[nodiscard]] Comparison compare(const Report& before, const Report& after);
// What changed, as a table, and how many figures did not.
[[nodiscard]] std::string to_text(const Comparison& comparison);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_COMPARISON_H
