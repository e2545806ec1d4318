// SPDX-License-Identifier: Apache-2.0
// RateLimit: so many times a second, in whole seconds from the first use.
#ifndef SAKER_ENGINE_STATE_RATE_LIMIT_H
#define SAKER_ENGINE_STATE_RATE_LIMIT_H

#include <cstdint>

namespace saker {

class RateLimit {
 public:
  explicit RateLimit(uint32_t per_second) : per_second_(per_second) {}

  // `now_ns`: of any clock that does not go backwards, always the same one.
  [[nodiscard]] bool allow(uint64_t now_ns) noexcept {
    if (now_ns >= second_began_ns_ + kSecondNs) {
      second_began_ns_ = now_ns;
      used_ = 0;
    }
    if (used_ >= per_second_) {
      return false;
    }
    ++used_;
    return true;
  }

 private:
  static constexpr uint64_t kSecondNs = 1'000'000'000;

  uint32_t per_second_;
  uint32_t used_ = 0;
  uint64_t second_began_ns_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_RATE_LIMIT_H
