// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/class_set.h"

#include <gtest/gtest.h>

#include <set>

namespace saker::filter {
namespace {

constexpr uint32_t kSize = 4;

// All subsets of four classes, in both forms.
std::vector<ClassSet> all_sets() {
  std::vector<ClassSet> sets;
  for (uint32_t bits = 0; bits < (1U << kSize); ++bits) {
    std::vector<uint32_t> classes;
    for (uint32_t number = 0; number < kSize; ++number) {
      if ((bits >> number & 1U) != 0) {
        classes.push_back(number);
      }
    }
    sets.push_back(ClassSet::of(classes));
    sets.push_back(ClassSet::of(classes).complement());
  }
  return sets;
}

std::set<uint32_t> members(const ClassSet& set) {
  std::set<uint32_t> members;
  for (uint32_t number = 0; number < kSize; ++number) {
    if (set.contains(number)) {
      members.insert(number);
    }
  }
  return members;
}

TEST(ClassSet, OperatorsWorkOnAllForms) {
  for (const ClassSet& a : all_sets()) {
    for (const ClassSet& b : all_sets()) {
      for (uint32_t number = 0; number < kSize; ++number) {
        EXPECT_EQ((a & b).contains(number), a.contains(number) && b.contains(number));
        EXPECT_EQ((a | b).contains(number), a.contains(number) || b.contains(number));
      }
    }
    EXPECT_EQ(a.is_empty(kSize), members(a).empty());
    EXPECT_EQ(a.is_all(kSize), members(a).size() == kSize);
    for (uint32_t number = 0; number < kSize; ++number) {
      EXPECT_NE(a.complement().contains(number), a.contains(number));
    }
  }
}

TEST(ClassSet, SortsAndJoinsItsMembers) {
  EXPECT_EQ(ClassSet::of({3, 1, 3}).listed(), (std::vector<uint32_t>{1, 3}));
}

}  // namespace
}  // namespace saker::filter
