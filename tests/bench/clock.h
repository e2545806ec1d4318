// SPDX-License-Identifier: Apache-2.0
#ifndef SAKER_TESTS_BENCH_CLOCK_H
#define SAKER_TESTS_BENCH_CLOCK_H

#include <time.h>

namespace saker::bench {

// Now, in nanoseconds: 53 bits hold the time since boot or of a thread to the nanosecond.
[[nodiscard]] inline double clock_ns(clockid_t clock) {
  timespec t{};
  return ::clock_gettime(clock, &t) == 0
             ? static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec)
             : 0;
}

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_CLOCK_H
