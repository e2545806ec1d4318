// SPDX-License-Identifier: Apache-2.0
// Random: choices for tests of properties, the same in every run.
#ifndef SAKER_TESTS_SUPPORT_RANDOM_H
#define SAKER_TESTS_SUPPORT_RANDOM_H

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <random>

namespace saker::test {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  size_t below(size_t limit) { return engine_() % limit; }
  bool one_in(size_t count) { return below(count) == 0; }
  template <typename Items>
  const auto& of(const Items& items) {
    return items[below(std::size(items))];
  }

 private:
  std::minstd_rand engine_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_RANDOM_H
