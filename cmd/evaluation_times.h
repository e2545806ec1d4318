// SPDX-License-Identifier: Apache-2.0
// EvaluationTimes: how long events take from decoding to the answer of the matcher. Samples one
// event in kInterval, since reading the clock twice costs as much as a cheap event.
//
// Not thread-safe: belongs to the reader; copies are snapshots.
#ifndef SAKER_CMD_EVALUATION_TIMES_H
#define SAKER_CMD_EVALUATION_TIMES_H

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/base/clock.h"

namespace saker {

class EvaluationTimes {
 public:
  static constexpr uint64_t kInterval = 1024;
  // Upper bounds; what took longer is in sampled() only.
  static constexpr std::array<uint64_t, 12> kBoundsNs = {
      100, 250, 500, 1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 1'000'000, 10'000'000};

  // An event begins. One that is not ended does not count.
  void begin() noexcept { started_ns_ = ++events_ % kInterval == 0 ? boot_clock_ns() : 0; }
  void end() noexcept {
    if (started_ns_ != 0) {
      add(boot_clock_ns() - started_ns_);
    }
  }
  void add(uint64_t ns) noexcept {
    ++sampled_;
    sum_ns_ += ns;
    for (size_t i = 0; i < kBoundsNs.size(); ++i) {
      at_most_[i] += ns <= kBoundsNs[i] ? 1U : 0U;
    }
  }

  [[nodiscard]] uint64_t sampled() const noexcept { return sampled_; }
  [[nodiscard]] uint64_t sum_ns() const noexcept { return sum_ns_; }
  // Samples of at most kBoundsNs[i].
  [[nodiscard]] uint64_t at_most(size_t i) const noexcept { return at_most_[i]; }

 private:
  uint64_t events_ = 0;
  uint64_t started_ns_ = 0;  // 0: this one is not measured
  uint64_t sampled_ = 0;
  uint64_t sum_ns_ = 0;
  std::array<uint64_t, kBoundsNs.size()> at_most_{};
};

}  // namespace saker

#endif  // SAKER_CMD_EVALUATION_TIMES_H
