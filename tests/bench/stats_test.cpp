// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/stats.h"

#include <gtest/gtest.h>

#include <numeric>

namespace saker::bench {
namespace {

TEST(Stats, MedianOfAnOddCountIsTheMiddleValue) {
  const std::vector<double> values = {9, 1, 5};
  const Summary s = summarise(values);
  EXPECT_EQ(s.median, 5);
  EXPECT_EQ(s.min, 1);
  EXPECT_EQ(s.max, 9);
  EXPECT_EQ(s.count, 3U);
}

TEST(Stats, MedianOfAnEvenCountIsTheMeanOfTheMiddleTwo) {
  const std::vector<double> values = {8, 1, 2, 100};
  EXPECT_EQ(summarise(values).median, 5);
}

TEST(Stats, SpreadIsBetweenTheQuartiles) {
  const std::vector<double> values = {100, 1, 2, 3, 4, 5, 6};
  EXPECT_EQ(summarise(values).spread, 4);
  EXPECT_EQ(summarise(std::vector<double>{7}).spread, 0);
  EXPECT_EQ(summarise(std::vector<double>{7}), single(7));
}

TEST(Stats, PercentileIsTheNearestRank) {
  std::vector<double> values(300);
  std::iota(values.begin(), values.end(), 1);
  EXPECT_EQ(percentile(values, 50), 150);
  EXPECT_EQ(percentile(values, 99), 297);
  EXPECT_EQ(percentile(values, 100), 300);
  EXPECT_EQ(percentile(values, 0.1), 1);
}

TEST(Stats, PercentileOfOneValueIsThatValue) {
  const std::vector<double> values = {7};
  EXPECT_EQ(percentile(values, 1), 7);
  EXPECT_EQ(percentile(values, 99), 7);
}

TEST(Stats, DifferencesArePairwise) {
  const std::vector<double> a = {3, 10};
  const std::vector<double> b = {1, 20};
  EXPECT_EQ(differences(a, b), (std::vector<double>{2, -10}));
}

TEST(StatsDeathTest, NoValuesIsABug) {
  EXPECT_DEATH(static_cast<void>(summarise({})), "check failed");
  EXPECT_DEATH(static_cast<void>(percentile({}, 50)), "check failed");
}

}  // namespace
}  // namespace saker::bench
