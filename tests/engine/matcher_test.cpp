// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/record_writer.h"
#include "engine/rules/loader.h"
#include "engine/state/process.h"
#include "tests/support/alloc_counter.h"

namespace saker {
namespace {

std::string rule(std::string_view name, std::string_view condition) {
  return "- rule: " + std::string(name) + "\n  desc: d\n  condition: " + std::string(condition) +
         "\n  output: o\n  priority: Error\n";
}

std::shared_ptr<const RuleSet> load(const std::string& yaml, RuleMatching matching) {
  LoadOptions options;
  options.matching = matching;
  const LoadResult result =
      load_rules({std::make_shared<const SourceText>("m.yaml", yaml)}, options);
  return result.rules;
}

// A read event of a process named `name`.
class ReadEvent {
 public:
  explicit ReadEvent(const std::string& name) {
    process_.comm = name;
    writer_.begin(EV_SYSCALL, 1, ev_task{});
    writer_.body(ev_syscall{});  // number 0: read
    EXPECT_EQ(event_.decode(writer_.finish()), DecodeError::kNone);
    event_.attach(world_, process_, 1);
  }
  const Event& event() const { return event_; }

 private:
  RecordWriter writer_;
  Process process_;
  EventWorld world_;
  Event event_;
};

std::vector<uint32_t> matched(const std::string& yaml, RuleMatching matching,
                              const ReadEvent& event) {
  Matcher matcher(load(yaml, matching));
  const auto result = matcher.match(event.event());
  return {result.begin(), result.end()};
}

const std::string kRules = rule("of another event", "evt.type = write") +
                           rule("of another process", "evt.type = read and proc.name = other") +
                           rule("one", "evt.type = read and proc.name = cat") +
                           rule("two", "evt.type in (read, write) and not proc.name = sh");

TEST(Matcher, FirstStopsAtTheFirstRuleThatHolds) {
  EXPECT_EQ(matched(kRules, RuleMatching::kFirst, ReadEvent("cat")), (std::vector<uint32_t>{2}));
  EXPECT_EQ(matched(kRules, RuleMatching::kFirst, ReadEvent("dog")), (std::vector<uint32_t>{3}));
}

TEST(Matcher, AllGivesEveryRuleThatHoldsInLoadOrder) {
  EXPECT_EQ(matched(kRules, RuleMatching::kAll, ReadEvent("cat")), (std::vector<uint32_t>{2, 3}));
}

TEST(Matcher, GivesNothingWhenNoRuleHolds) {
  EXPECT_TRUE(matched(kRules, RuleMatching::kAll, ReadEvent("sh")).empty());
}

TEST(Matcher, ForgetsTheEventBefore) {
  Matcher matcher(load(kRules, RuleMatching::kAll));
  const ReadEvent cat("cat");
  const ReadEvent shell("sh");
  EXPECT_EQ(matcher.match(cat.event()).size(), 2u);
  EXPECT_EQ(matcher.match(shell.event()).size(), 0u);
  EXPECT_EQ(matcher.match(cat.event()).size(), 2u);
}

TEST(Matcher, AllocatesNothing) {
  Matcher matcher(load(kRules, RuleMatching::kAll));
  const ReadEvent shell("sh");
  const uint64_t before = test::allocation_count();
  ASSERT_GT(before, 0U);
  for (int round = 0; round < 100; ++round) {
    ASSERT_TRUE(matcher.match(shell.event()).empty());
  }
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace saker
