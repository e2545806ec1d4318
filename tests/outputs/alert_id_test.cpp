// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_id.h"

#include <gtest/gtest.h>

#include <string>

namespace saker {
namespace {

TEST(AlertIds, AreUuidsOfVersion7WithTheTime) {
  const std::string id = AlertIds().next(0x0197'a3c2'5d1e * int64_t{1'000'000});
  ASSERT_EQ(id.size(), 36U);
  EXPECT_EQ(id.substr(0, 15), "0197a3c2-5d1e-7");
  EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
  for (const size_t dash : {8U, 13U, 18U, 23U}) {
    EXPECT_EQ(id[dash], '-');
  }
}

TEST(AlertIds, RiseWithinARun) {
  AlertIds ids;
  std::string before = ids.next(5'000'000);
  for (int i = 0; i < 100'000; ++i) {
    std::string id = ids.next(5'000'000);
    ASSERT_LT(before, id);
    before = std::move(id);
  }
}

TEST(AlertIds, DifferBetweenRuns) { EXPECT_NE(AlertIds().next(0), AlertIds().next(0)); }

}  // namespace
}  // namespace saker
