// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/acting_conditions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/event_catalog.h"
#include "engine/rules/loader.h"
#include "tests/support/policy_model.h"

namespace saker::filter {
namespace {

using test::Answer;
using test::Operation;
using test::PolicyModel;

struct Acting {
  std::string condition;
  std::string_view action = "deny";
};

LoadResult load(const std::vector<Acting>& rules, EnforcementPolicy policy = {Enforcement::kOn}) {
  std::string text;
  size_t number = 0;
  for (const Acting& rule : rules) {
    text += "- rule: r" + std::to_string(number++) + "\n  desc: d\n  condition: >\n    " +
            rule.condition +
            "\n  output: o\n  priority: INFO\n  action: " + std::string(rule.action) + "\n";
  }
  LoadOptions options;
  options.enforcement = std::move(policy);
  return load_rules({std::make_shared<const SourceText>("a.yaml", std::move(text))}, options);
}

const std::string kOpen = "evt.type in (open, openat, openat2) and ";

size_t clauses_of(const KernelFilter& filter, uint16_t group) {
  size_t count = 0;
  for (const uint64_t word : filter.groups[group - 1U].all.words) {
    count += static_cast<size_t>(std::popcount(word));
  }
  return count;
}

Operation open_of(std::string path) {
  Operation operation;
  operation.path = std::move(path);
  return operation;
}

TEST(ActingConditions, RulesThatDenyOnePathEachAreOneClause) {
  std::vector<Acting> rules;
  for (int i = 0; i < 1000; ++i) {
    rules.push_back({kOpen + "fd.name = /secret/" + std::to_string(i)});
  }
  const LoadResult loaded = load(rules);
  ASSERT_NE(loaded.rules, nullptr);
  const KernelFilter& filter = loaded.rules->filter();
  const uint16_t group = filter.hooks[EV_HOOK_FILE_OPEN].groups[EV_ACT_DENY];
  ASSERT_NE(group, 0);
  EXPECT_EQ(clauses_of(filter, group), 1U);
  EXPECT_EQ(filter.prefixes.size(), 1000U);
  const PolicyModel model(filter);
  EXPECT_EQ(model.ask(EV_HOOK_FILE_OPEN, EV_ACT_DENY, open_of("/secret/999")), Answer::kYes);
  EXPECT_EQ(model.ask(EV_HOOK_FILE_OPEN, EV_ACT_DENY, open_of("/secret/1000")), Answer::kNo);
  EXPECT_EQ(model.ask(EV_HOOK_FILE_OPEN, EV_ACT_DENY, {}), Answer::kUnknown);
}

TEST(ActingConditions, EachActHasAGroupOfItsOwn) {
  const std::vector<Acting> rules = {{kOpen + "fd.name = /a"}, {kOpen + "fd.name = /b", "kill"}};
  const LoadResult on = load(rules);
  const LoadResult audit = load(rules, {Enforcement::kAudit});
  const auto asked = [](const LoadResult& loaded, ev_act act, std::string path) {
    return PolicyModel(loaded.rules->filter())
        .ask(EV_HOOK_FILE_OPEN, act, open_of(std::move(path)));
  };
  EXPECT_EQ(asked(on, EV_ACT_DENY, "/a"), Answer::kYes);
  EXPECT_EQ(asked(on, EV_ACT_DENY, "/b"), Answer::kNo);
  EXPECT_EQ(asked(on, EV_ACT_KILL, "/b"), Answer::kYes);
  EXPECT_EQ(asked(on, EV_ACT_WOULD_DENY, "/a"), Answer::kNo);
  EXPECT_EQ(asked(audit, EV_ACT_WOULD_DENY, "/a"), Answer::kYes);
  EXPECT_EQ(asked(audit, EV_ACT_WOULD_KILL, "/b"), Answer::kYes);
  EXPECT_EQ(asked(audit, EV_ACT_DENY, "/a"), Answer::kNo);
}

// They come as decisions, so they need not come as events.
TEST(ActingConditions, TheirEventsAreNotCaptured) {
  const LoadResult loaded =
      load({{kOpen + "fd.name = /a"}, {"evt.type = connect and proc.name = x", "alert"}});
  ASSERT_NE(loaded.rules, nullptr);
  const EventCatalog& events = EventCatalog::builtin();
  EXPECT_FALSE((loaded.rules->wanted_events() & events.find("openat")).any());
  EXPECT_TRUE((loaded.rules->wanted_events() & events.find("connect")).any());
  const auto code = static_cast<EventCode>(events.find("openat")._Find_first());
  const auto nr = static_cast<size_t>(events.def(code).syscall_nr);
  EXPECT_EQ(loaded.rules->filter().calls[nr].group, 0);
}

TEST(ActingConditions, KillsWithoutHooksAreForCallsThatSucceeded) {
  const LoadResult loaded =
      load({{"evt.type = openat and fd.name = /a", "kill"}},
           {.mode = Enforcement::kOn, .fallback = DenyFallback::kError, .kills_at_hooks = false});
  ASSERT_NE(loaded.rules, nullptr);
  const KernelFilter& filter = loaded.rules->filter();
  const EventCatalog& events = EventCatalog::builtin();
  const auto code = static_cast<EventCode>(events.find("openat")._Find_first());
  const ev_filter_call& call = filter.calls[static_cast<size_t>(events.def(code).syscall_nr)];
  EXPECT_NE(call.kill, 0);
  EXPECT_EQ(call.would_kill, 0);
  EXPECT_EQ(call.fd_arg, EV_ARG_RET);
  EXPECT_EQ(filter.hooks[EV_HOOK_FILE_OPEN].groups[EV_ACT_KILL], 0);
  Operation operation = open_of("/a");
  operation.small[EV_DIM_RESULT] = 0;
  EXPECT_EQ(PolicyModel(filter).ask(call.kill, operation), Answer::kYes);
  operation.small[EV_DIM_RESULT] = 1;
  EXPECT_EQ(PolicyModel(filter).ask(call.kill, operation), Answer::kNo);
}

// Rules that only alert search so many texts that they share a pattern's bit: not with these.
TEST(ActingConditions, HaveTheirPatternsForThemselves) {
  std::vector<Acting> rules;
  for (int i = 0; i < 40; ++i) {
    rules.push_back({"evt.type = openat and fd.name contains part" + std::to_string(i), "alert"});
  }
  rules.push_back({kOpen + "fd.name contains secret"});
  const LoadResult loaded = load(rules);
  ASSERT_NE(loaded.rules, nullptr);
  const PolicyModel model(loaded.rules->filter());
  EXPECT_EQ(model.ask(EV_HOOK_FILE_OPEN, EV_ACT_DENY, open_of("/a/secret/b")), Answer::kYes);
  EXPECT_EQ(model.ask(EV_HOOK_FILE_OPEN, EV_ACT_DENY, open_of("/a/part39")), Answer::kNo);
}

std::string first_error(const LoadResult& loaded) {
  const auto& items = loaded.diagnostics.items();
  const auto found = std::ranges::find(items, Severity::kError, &Diagnostic::severity);
  return found != items.end() ? render(*found) : "";
}

TEST(ActingConditions, WhatDoesNotFitIsAnError) {
  std::vector<Acting> rules;
  for (int i = 0; i < 40; ++i) {
    rules.push_back({kOpen + "fd.name contains part" + std::to_string(i)});
  }
  EXPECT_EQ(first_error(load(rules)),
            "a.yaml:218:9-11: error: too many texts are searched for in paths "
            "[LOAD_ERR_ENFORCEMENT]\n"
            "  - rule: r31\n"
            "          ~~~\n"
            "hint: the rules with an action before this one leave no room for it");
  rules.clear();
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    rules.push_back({kOpen + "proc.name in (x, p" + number + ") and proc.pname in (x, q" + number +
                     ") and fd.name = /etc/" + number});
  }
  EXPECT_EQ(first_error(load(rules)),
            "a.yaml:1394:9-12: error: too many conditions that are not alike "
            "[LOAD_ERR_ENFORCEMENT]\n"
            "  - rule: r199\n"
            "          ~~~~\n"
            "hint: the rules with an action before this one leave no room for it");
}

}  // namespace
}  // namespace saker::filter
