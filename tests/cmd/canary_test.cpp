// SPDX-License-Identifier: Apache-2.0
#include "cmd/canary.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace saker {
namespace {

using News = Canary::News;
constexpr uint64_t kSecond = 1'000'000'000;

class CanaryTest : public testing::Test {
 protected:
  std::vector<uint64_t> sent;
  Canary canary{std::chrono::seconds(60), [this](uint64_t number) { sent.push_back(number); }};
};

TEST_F(CanaryTest, IsSentAtItsInterval) {
  ASSERT_TRUE(canary.is_due(0));
  EXPECT_EQ(canary.tend(100 * kSecond, true), News::kNone);
  canary.take(1);
  EXPECT_FALSE(canary.is_due(160 * kSecond - 1));
  ASSERT_TRUE(canary.is_due(160 * kSecond));
  EXPECT_EQ(canary.tend(160 * kSecond, true), News::kNone);
  EXPECT_EQ(sent, (std::vector<uint64_t>{1, 2}));
  EXPECT_EQ(canary.counts().sent, 2U);
  EXPECT_EQ(canary.counts().missing, 0U);
}

TEST_F(CanaryTest, OneThatDoesNotComeIsToldOfOnceAndSoIsItsReturn) {
  EXPECT_EQ(canary.tend(1, true), News::kNone);
  EXPECT_EQ(canary.tend(100 * kSecond, true), News::kMissing);
  EXPECT_EQ(canary.tend(200 * kSecond, true), News::kNone);
  canary.take(3);
  EXPECT_EQ(canary.tend(300 * kSecond, true), News::kBack);
  EXPECT_EQ(canary.counts().missing, 2U);
}

TEST_F(CanaryTest, AnOlderOneDoesNotStandForTheLast) {
  EXPECT_EQ(canary.tend(1, true), News::kNone);
  EXPECT_EQ(canary.tend(100 * kSecond, true), News::kMissing);
  canary.take(1);
  EXPECT_EQ(canary.tend(200 * kSecond, true), News::kNone);
  EXPECT_EQ(canary.counts().missing, 2U);
}

TEST_F(CanaryTest, AReaderThatIsBehindWaitsForIt) {
  EXPECT_EQ(canary.tend(1, true), News::kNone);
  EXPECT_EQ(canary.tend(100 * kSecond, false), News::kNone);
  EXPECT_TRUE(canary.is_due(100 * kSecond)) << "asked again";
  canary.take(1);
  EXPECT_EQ(canary.tend(101 * kSecond, false), News::kNone);
  EXPECT_EQ(canary.counts().missing, 0U);
  EXPECT_EQ(canary.counts().sent, 2U);
}

TEST_F(CanaryTest, WithoutAnIntervalThereIsNone) {
  const Canary none(std::chrono::seconds(0), nullptr);
  EXPECT_FALSE(none.is_due(1'000'000 * kSecond));
}

TEST_F(CanaryTest, TheAlertSaysHowMany) {
  EXPECT_EQ(canary.tend(1, true), News::kNone);
  EXPECT_EQ(canary.tend(100 * kSecond, true), News::kMissing);
  EXPECT_EQ(make_canary_alert(canary, {})->message,
            "Saker internal: canary did not come back (canary.interval_s=60 canary.missing=1 "
            "canary.sent=2)");
}

}  // namespace
}  // namespace saker
