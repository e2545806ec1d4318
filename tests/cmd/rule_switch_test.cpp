// SPDX-License-Identifier: Apache-2.0
#include "cmd/rule_switch.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/source_text.h"
#include "engine/rules/loader.h"
#include "tests/support/idle_source.h"

namespace saker {
namespace {

using std::chrono::milliseconds;

std::unique_ptr<RunningRules> rules(const std::vector<std::string>& names, uint8_t generation) {
  std::string text;
  for (const std::string& name : names) {
    text += "- rule: " + name +
            "\n  desc: d\n  condition: evt.type = read\n  output: o\n  priority: ERROR\n";
  }
  return std::make_unique<RunningRules>(
      load_rules({std::make_shared<const SourceText>("r.yaml", text)}, {}).rules, generation,
      nullptr);
}

// A ring with so many bytes in it.
class Ring final : public test::IdleSource<EventSource> {
 public:
  RingUsage ring_usage() const noexcept override { return {used_bytes, 4096}; }

  uint64_t used_bytes = 0;
};

class RuleSwitchTest : public testing::Test {
 protected:
  // The generation of the rules that judge a record of this generation and time.
  int judge(uint8_t generation, uint64_t boot_ns) {
    ev_header header{};
    header.generation = generation;
    header.boot_ns = boot_ns;
    return switch_.rules_for(header).generation;
  }
  bool is_settled() { return offer_.wait_until_settled(milliseconds(0)); }

  RuleOffer offer_;
  Ring ring_;
  RuleSwitch switch_{rules({"Both", "Old"}, 7), &offer_};
};

TEST_F(RuleSwitchTest, ARecordIsJudgedByTheRulesOfItsGeneration) {
  EXPECT_EQ(judge(7, 1), 7);
  offer_.offer(rules({"Both"}, 8));
  EXPECT_EQ(judge(7, 2), 7);
  EXPECT_EQ(switch_.current().generation, 7);
  EXPECT_EQ(judge(8, 3), 8);
  EXPECT_EQ(judge(7, 4), 7);  // of a probe that was running at that moment
  EXPECT_EQ(judge(8, 5), 8);
  EXPECT_FALSE(is_settled());
}

TEST_F(RuleSwitchTest, OlderRulesStayUntilARecordThatWasMadeBehindTheSwitch) {
  offer_.offer(rules({"Both"}, 8));
  EXPECT_EQ(judge(8, 10), 8);
  offer_.settle(20);
  EXPECT_EQ(judge(8, 19), 8);
  EXPECT_FALSE(is_settled());
  EXPECT_EQ(judge(7, 18), 7);
  EXPECT_EQ(judge(8, 20), 8);
  EXPECT_TRUE(is_settled());
}

TEST_F(RuleSwitchTest, WithoutRecordsAnEmptyRingEndsTheSwitch) {
  offer_.offer(rules({"Both"}, 8));
  switch_.look_ahead(ring_);
  EXPECT_EQ(switch_.current().generation, 7);
  offer_.settle(20);
  ring_.used_bytes = 8;
  switch_.look_ahead(ring_);
  EXPECT_EQ(switch_.current().generation, 8);
  EXPECT_EQ(judge(7, 19), 7);
  EXPECT_FALSE(is_settled());
  ring_.used_bytes = 0;
  switch_.look_ahead(ring_);
  EXPECT_TRUE(is_settled());
}

TEST_F(RuleSwitchTest, ASwitchBeforeSettlesNothingOfTheNextOne) {
  offer_.offer(rules({"Both"}, 8));
  offer_.settle(20);
  switch_.look_ahead(ring_);
  ASSERT_TRUE(is_settled());
  offer_.offer(rules({"Both"}, 9));
  switch_.look_ahead(ring_);
  EXPECT_EQ(switch_.current().generation, 8);
  EXPECT_EQ(judge(9, 100), 9);
  EXPECT_EQ(judge(9, 101), 9);
  EXPECT_FALSE(is_settled());
}

TEST_F(RuleSwitchTest, WhatIsWithdrawnIsNeverUsed) {
  offer_.offer(rules({"Both"}, 8));
  offer_.withdraw();
  EXPECT_TRUE(is_settled());
  EXPECT_EQ(judge(8, 1), 7);
}

TEST_F(RuleSwitchTest, NobodyWaitsForAReaderThatHasEnded) {
  offer_.offer(rules({"Both"}, 8));
  offer_.close();
  EXPECT_FALSE(offer_.wait_until_settled(std::chrono::hours(1)));
}

TEST_F(RuleSwitchTest, AlertsAreCountedOnByName) {
  switch_.current().alerts = {3, 5};
  offer_.offer(rules({"New", "Both"}, 8));
  EXPECT_EQ(judge(8, 1), 8);
  EXPECT_EQ(switch_.current().alerts, (std::vector<uint64_t>{0, 3}));
  ev_header late{};
  late.generation = 7;
  switch_.rules_for(late).alerts[0] = 2;
  switch_.rules_for(late).alerts[1] = 1;
  offer_.settle(20);
  EXPECT_EQ(judge(8, 21), 8);
  EXPECT_EQ(switch_.current().alerts, (std::vector<uint64_t>{0, 5}));
  ASSERT_EQ(switch_.gone().size(), 1U);
  EXPECT_EQ(switch_.gone()[0].rule, "Old");
  EXPECT_EQ(switch_.gone()[0].alerts, 6U);
}

TEST(RuleSwitch, OfAReplayNeverChanges) {
  RuleSwitch rules_of_replay(rules({"Both"}, 0), nullptr);
  ev_header header{};
  header.generation = 5;
  EXPECT_EQ(rules_of_replay.rules_for(header).generation, 0);
}

}  // namespace
}  // namespace saker
