// SPDX-License-Identifier: Apache-2.0
#include "cmd/rule_cost.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/rules/loader.h"

namespace saker {
namespace {

using NamedConditions = std::vector<std::pair<std::string, std::string>>;

std::vector<RuleCost> costs_of(const NamedConditions& conditions) {
  std::string text;
  for (const auto& [name, condition] : conditions) {
    text += "- {rule: " + name + ", desc: d, condition: '" + condition +
            "', output: o, priority: INFO, warn_evttypes: false}\n";
  }
  LoadOptions options;
  options.describe = true;
  const LoadResult loaded =
      load_rules({std::make_shared<const SourceText>("a.yaml", std::move(text))}, options);
  EXPECT_NE(loaded.description, nullptr);
  return loaded.description == nullptr ? std::vector<RuleCost>()
                                       : rule_costs(*loaded.description, *loaded.rules);
}

RuleCost cost_of(const std::string& condition) { return costs_of({{"r", condition}}).front(); }

TEST(RuleCost, TheMostExpensiveComesFirst) {
  const std::vector<RuleCost> costs = costs_of({{"rare", "evt.type = bpf and proc.cmdline = x"},
                                                {"narrow", "evt.type = read and fd.name = /x"},
                                                {"broad", "evt.type = read and proc.cmdline = x"},
                                                {"exec", "evt.type = execve"},
                                                {"all", "proc.cmdline = x"}});
  std::vector<std::string> names;
  for (const RuleCost& cost : costs) {
    names.push_back(cost.rule);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"all", "broad", "narrow", "rare", "exec"}));
  EXPECT_GT(costs.front().share, 0.9);
  EXPECT_LE(costs.front().share, 1.0);
  EXPECT_EQ(costs.back().share, 0);  // it comes whatever the rules are
}

TEST(RuleCost, RulesThatCannotBeLookedUpAreTriedForTheirEvents) {
  const RuleCost anchored = cost_of("evt.type = read and proc.cmdline = x");
  EXPECT_GT(anchored.share, 0.1);
  EXPECT_EQ(anchored.tried_share, 0);
  const RuleCost tried = cost_of("evt.type = read and not proc.cmdline = x");
  EXPECT_EQ(tried.share, anchored.share);
  EXPECT_EQ(tried.tried_share, tried.share);
}

TEST(RuleCost, AFieldThatNeedsEveryEventCostsThemAll) {
  const std::vector<RuleCost> costs =
      costs_of({{"narrow", "evt.type = sendto and proc.name = x"},
                {"all", "evt.type = sendto and fd.name_changed = true and proc.name = x"}});
  EXPECT_EQ(costs.front().rule, "all");
  EXPECT_GT(costs.front().share, 10 * costs.back().share);
}

TEST(RuleCost, HintsAtCheaperWordings) {
  struct Row {
    std::string condition;
    std::vector<std::string> hints;
  };
  const Row rows[] = {
      {"evt.type = open and fd.name = /x", {}},
      {"evt.type = open and fd.name glob /etc/*",
       {"fd.name startswith /etc/ says the same as fd.name glob /etc/*"}},
      {"evt.type = open and fd.name regex \"/etc/.*\"",
       {"fd.name startswith /etc/ and fd.name regex /etc/.* says the same, and is refused early"}},
      {"evt.type = open and not fd.name regex \"/etc/.*\"", {}},
      {"proc.name = x", {"name the kinds of events it is about: evt.type in (...)"}},
      {"evt.type = read and user.name = root",
       {"also compare user.uid: the kernel does not know user.name"}},
      {"evt.type = read and user.name = root and user.uid = 0", {}},
      {"evt.type = read and user.name = root and fd.name = /x", {}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(cost_of(row.condition).hints, row.hints) << row.condition;
  }
}

TEST(RuleCost, IsALineForEachRule) {
  const std::vector<RuleCost> costs = {
      {.rule = "A", .share = 0.25, .tried_share = 0.25, .reason = "read: every event"},
      {.rule = "B\x1b",
       .share = 0.00001,
       .tried_share = 0,
       .reason = "bpf: only when success",
       .hints = {"one", "two"}}};
  EXPECT_EQ(to_text(costs),
            "    share    tried  rule\n"
            "  25.00 %  25.00 %  A: read: every event\n"
            "  <0.01 %   0.00 %  B?: bpf: only when success\n"
            "                    hint: one\n"
            "                    hint: two\n");
  std::string text;
  JsonWriter json(text);
  write_json(json, costs);
  EXPECT_EQ(text, R"([{"rule":"A","share":0.25,"tried_share":0.25,"reason":"read: every event",)"
                  R"("hints":[]},{"rule":"B\u001B","share":0.00001,"tried_share":0.0,)"
                  R"("reason":"bpf: only when success","hints":["one","two"]}])");
}

TEST(RuleCost, TellsOfTheEventsThatCostMost) {
  EXPECT_EQ(
      cost_of("evt.type in (bpf, read, write, open, openat, close) and proc.name = sh").reason,
      "read, write, close, openat and 2 more: only when process name is sh");
}

}  // namespace
}  // namespace saker
