// SPDX-License-Identifier: Apache-2.0
// Counts heap allocations. A program that uses it has its global operator new replaced.
#ifndef SAKER_TESTS_SUPPORT_ALLOC_COUNTER_H
#define SAKER_TESTS_SUPPORT_ALLOC_COUNTER_H

#include <cstdint>

namespace saker::test {

// Calls of operator new by this thread since it started.
[[nodiscard]] uint64_t allocation_count() noexcept;

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_ALLOC_COUNTER_H
