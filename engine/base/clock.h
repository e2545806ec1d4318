// SPDX-License-Identifier: Apache-2.0
// The clock of records: CLOCK_BOOTTIME, as bpf_ktime_get_boot_ns() reads it.
#ifndef SAKER_ENGINE_BASE_CLOCK_H
#define SAKER_ENGINE_BASE_CLOCK_H

#include <cstdint>
#include <ctime>

namespace saker {

[[nodiscard]] inline uint64_t boot_clock_ns() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);  // cannot fail: the clock exists since Linux 2.6.39
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_CLOCK_H
