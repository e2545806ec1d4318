// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/stats.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "engine/base/check.h"

namespace saker::bench {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  SAKER_CHECK(!values.empty());
  std::vector<double> copy(values.begin(), values.end());
  std::ranges::sort(copy);
  return copy;
}

}  // namespace

Summary summarise(std::span<const double> values) {
  const std::vector<double> v = sorted(values);
  const size_t half = v.size() / 2;
  const double median = v.size() % 2 == 1 ? v[half] : (v[half - 1] + v[half]) / 2;
  return {median, v.front(), v.back(), v.size(), percentile(v, 75) - percentile(v, 25)};
}

Summary single(double value) noexcept { return {value, value, value, 1}; }

double percentile(std::span<const double> values, double percent) {
  SAKER_CHECK(percent > 0 && percent <= 100);
  const std::vector<double> v = sorted(values);
  const double rank = std::ceil(percent / 100 * static_cast<double>(v.size()));
  return v[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<double> differences(std::span<const double> a, std::span<const double> b) {
  SAKER_CHECK(a.size() == b.size());
  std::vector<double> result(a.size());
  std::ranges::transform(a, b, result.begin(), std::minus<>());
  return result;
}

}  // namespace saker::bench
