// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/child.h"

#include <gtest/gtest.h>
#include <sched.h>

#include "tests/bench/clock.h"
#include "tests/bench/machine.h"

namespace saker::bench {
namespace {

TEST(Child, RunsOnItsCpuAndSharesNumbers) {
  const SharedNumbers numbers(2);
  EXPECT_EQ(numbers[1], 0);
  const int cpu = choose_cpus().sensor;
  Child child(cpu, [&] {
    numbers[0] = ::sched_getcpu();
    numbers[1] = 7;
  });
  child.wait();
  EXPECT_EQ(numbers[0], cpu);
  EXPECT_EQ(numbers[1], 7);
}

TEST(Child, IsKilledWithItsObject) {
  const Child child(choose_cpus().load, [] {
    while (true) {
      pace(1'000'000'000);
    }
  });
}

TEST(Child, PacesForMoreThanASecond) {
  const double began = clock_ns(CLOCK_MONOTONIC);
  pace(1'000'000'001);
  EXPECT_GE(clock_ns(CLOCK_MONOTONIC) - began, 1'000'000'001);
}

}  // namespace
}  // namespace saker::bench
