// SPDX-License-Identifier: Apache-2.0
// Statistics of repeated measurements: small samples, so medians and ranges, never means.
#ifndef SAKER_TESTS_BENCH_STATS_H
#define SAKER_TESTS_BENCH_STATS_H

#include <cstddef>
#include <span>
#include <vector>

namespace saker::bench {

struct Summary {
  double median = 0;
  double min = 0;
  double max = 0;
  size_t count = 0;
  double spread = 0;  // between the quartiles

  friend bool operator==(const Summary&, const Summary&) = default;
};

// The summary of one reading.
[[nodiscard]] Summary single(double value) noexcept;

// Requires: at least one value.
[[nodiscard]] Summary summarise(std::span<const double> values);

// The smallest value that at least `percent` of the values do not exceed (nearest rank).
// Requires: at least one value; 0 < percent <= 100.
[[nodiscard]] double percentile(std::span<const double> values, double percent);

// Element by element a - b. Requires: equal sizes.
[[nodiscard]] std::vector<double> differences(std::span<const double> a, std::span<const double> b);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_STATS_H
