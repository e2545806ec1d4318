// SPDX-License-Identifier: Apache-2.0
// Needles: files whose opening a rule reports, and how long that took.
#ifndef SAKER_TESTS_BENCH_NEEDLES_H
#define SAKER_TESTS_BENCH_NEEDLES_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/child.h"
#include "tests/bench/scratch_dir.h"
#include "tests/support/sensor.h"

namespace saker::bench {

class Needles {
 public:
  Needles(const ScratchDir& dir, size_t count);

  // A file of rules.
  [[nodiscard]] const std::string& rule() const noexcept { return rule_; }
  [[nodiscard]] const std::vector<std::string>& paths() const noexcept { return paths_; }

  // May be called in a child.
  void open(size_t i) const;
  // From just before each open() until the sensor's alert was read; of the alerts that came.
  [[nodiscard]] std::vector<double> latencies_ms(const test::Sensor& sensor) const;

 private:
  std::string rule_;
  std::vector<std::string> paths_;
  SharedNumbers opened_ns_;
};

[[nodiscard]] int64_t realtime_ns();

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_NEEDLES_H
