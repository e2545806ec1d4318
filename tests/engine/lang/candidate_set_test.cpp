// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/candidate_set.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace saker::lang {
namespace {

// The first `count` numbers.
std::vector<uint32_t> drain(CandidateSet& set, size_t count = SIZE_MAX) {
  std::vector<uint32_t> numbers;
  set.drain([&](uint32_t number) {
    numbers.push_back(number);
    return numbers.size() < count;
  });
  return numbers;
}

TEST(CandidateSet, GivesEachNumberOnceInOrder) {
  CandidateSet set(10'000);
  for (const uint32_t number : {9999U, 64U, 0U, 4096U, 63U, 64U, 4095U}) {
    set.insert(number);
  }
  EXPECT_EQ(drain(set), (std::vector<uint32_t>{0, 63, 64, 4095, 4096, 9999}));
  EXPECT_TRUE(drain(set).empty());
}

TEST(CandidateSet, IsEmptyAfterAnEarlyEnd) {
  CandidateSet set(200);
  for (const uint32_t number : {1U, 2U, 70U, 199U}) {
    set.insert(number);
  }
  EXPECT_EQ(drain(set, 1), (std::vector<uint32_t>{1}));
  EXPECT_TRUE(drain(set).empty());
}

}  // namespace
}  // namespace saker::lang
