// SPDX-License-Identifier: Apache-2.0
// Matching allocates nothing for an event that no rule holds for, whatever the rules.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/event.h"
#include "engine/lang/evaluator.h"
#include "engine/matcher.h"
#include "engine/rules/loader.h"
#include "engine/state/tracker.h"
#include "probes/replay_source.h"
#include "tests/bench/generated_rules.h"
#include "tests/bench/mix.h"
#include "tests/bench/scratch_dir.h"
#include "tests/support/alloc_counter.h"

namespace saker::bench {
namespace {

std::shared_ptr<const RuleSet> load(const std::vector<std::string>& paths) {
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const std::string& path : paths) {
    const auto read = read_rule_files(path);
    EXPECT_TRUE(read) << path;
    files.insert(files.end(), read->begin(), read->end());
  }
  LoadOptions options;
  options.matching = RuleMatching::kAll;
  return load_rules(files, options).rules;
}

// Replays the mix twice, so that what is made on first use (the automata of regular expressions) is
// there, and expects of each event of the second time that nothing is allocated: neither by the
// matcher, nor when every condition is evaluated, index or not, nor by the tracker for a system
// call, whose process is known.
void expect_no_allocation(const std::shared_ptr<const RuleSet>& rules) {
  ASSERT_NE(rules, nullptr);
  const ScratchDir dir;
  ASSERT_TRUE(write_mix(dir.file("mix.cap"), 20));
  Matcher matcher(rules);
  lang::Evaluator evaluator(rules->program());
  Event event;
  size_t unmatched = 0;
  for (const bool counts : {false, true}) {
    Tracker tracker({});
    auto source = open_replay_source(dir.file("mix.cap"));
    ASSERT_TRUE(source) << source.error().to_string();
    std::span<const std::byte> record;
    while ((*source)->next(record, 0) == EventSource::Next::kRecord) {
      const uint64_t first = test::allocation_count();
      ASSERT_EQ(event.decode(record), DecodeError::kNone);
      tracker.apply(event);
      const uint64_t tracked = test::allocation_count();
      if (!event.is_matchable()) {
        continue;
      }
      unmatched += matcher.match(event).empty() && counts ? 1 : 0;
      evaluator.start();
      for (size_t i = 0; i < rules->rules().size(); ++i) {
        static_cast<void>(evaluator.holds(i, event));
      }
      if (counts) {
        EXPECT_EQ(test::allocation_count(), tracked) << event.def().name;
        EXPECT_TRUE(event.kind() != EV_SYSCALL || tracked == first) << event.def().name;
      }
      tracker.finish(event);
    }
  }
  EXPECT_GT(unmatched, 500U);
  EXPECT_GT(test::allocation_count(), 0U);
}

TEST(Allocation, NoneWithTheShippedRules) {
  expect_no_allocation(load({std::string(SAKER_SOURCE_DIR) + "/rules"}));
}

TEST(Allocation, NoneWithTheStockRules) {
  const char* shared = std::getenv("SAKER_SHARED");
  if (shared == nullptr) {
    GTEST_SKIP() << "SAKER_SHARED (folder of the stock rules) is not set";
  }
  const std::string rules = std::string(shared) + "/rules/";
  expect_no_allocation(load({rules + "falco_rules.yaml", rules + "falco-incubating_rules.yaml"}));
}

TEST(Allocation, NoneWithAThousandGeneratedRules) {
  const LoadResult loaded =
      load_rules({std::make_shared<const SourceText>("generated.yaml", generate_rules(1000))}, {});
  ASSERT_NE(loaded.rules, nullptr);
  EXPECT_EQ(loaded.rules->rules().size(), 1000U);
  expect_no_allocation(loaded.rules);
}

TEST(GeneratedRules, AreTheSameAtEachCall) {
  EXPECT_EQ(generate_rules(50), generate_rules(50));
  EXPECT_TRUE(generate_rules(51).starts_with(generate_rules(50)));
}

}  // namespace
}  // namespace saker::bench
