// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_collapser.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace saker {
namespace {

using std::chrono::seconds;
constexpr AlertCollapser::Clock::time_point kStart{std::chrono::hours(1)};

AlertPtr alert(const std::string& rule, const std::string& process, int64_t time_ns) {
  auto made = std::make_shared<Alert>();
  made->rule = rule;
  made->time_ns = time_ns;
  made->fields = {{"proc.name", {process}}};
  return made;
}

// "RULE@TIME", and "xN since TIME" for one that stands for several.
std::vector<std::string> names(std::vector<AlertPtr>& alerts) {
  std::vector<std::string> texts;
  for (const AlertPtr& alert : alerts) {
    std::string text = alert->rule + "@" + std::to_string(alert->time_ns);
    if (alert->repeat_count > 1) {
      text += " x" + std::to_string(alert->repeat_count) + " since " +
              std::to_string(alert->first_time_ns);
    }
    texts.push_back(std::move(text));
  }
  alerts.clear();
  return texts;
}

using Names = std::vector<std::string>;

TEST(AlertCollapser, PassesEverythingWithoutAWindow) {
  AlertCollapser collapser({});
  std::vector<AlertPtr> passing;
  collapser.add(alert("a", "x", 1), kStart, passing);
  collapser.add(alert("a", "x", 2), kStart, passing);
  EXPECT_EQ(names(passing), (Names{"a@1", "a@2"}));
  EXPECT_FALSE(collapser.next_due());
}

TEST(AlertCollapser, TheFirstPassesAtOnceAndTheRestAsOneAtTheEnd) {
  AlertCollapser collapser({.window = seconds(10), .key_fields = {}});
  std::vector<AlertPtr> passing;
  collapser.add(alert("a", "x", 1), kStart, passing);
  EXPECT_EQ(names(passing), (Names{"a@1"}));
  for (int64_t time = 2; time <= 5; ++time) {
    collapser.add(alert("a", "x", time), kStart + seconds(time), passing);
  }
  EXPECT_EQ(names(passing), Names{});
  EXPECT_EQ(collapser.collapsed(), 3U);
  EXPECT_EQ(collapser.held(), 1U);
  EXPECT_EQ(collapser.next_due(), kStart + seconds(10));
  collapser.end_due(kStart + seconds(10) - std::chrono::nanoseconds(1), passing);
  EXPECT_EQ(names(passing), Names{});
  collapser.end_due(kStart + seconds(10), passing);
  EXPECT_EQ(names(passing), (Names{"a@5 x4 since 2"}));
  EXPECT_EQ(collapser.held(), 0U);
  collapser.add(alert("a", "x", 6), kStart + seconds(11), passing);
  EXPECT_EQ(names(passing), (Names{"a@6"}));
}

TEST(AlertCollapser, WhatWasDecidedOtherwiseIsNoRepetition) {
  AlertCollapser collapser({.window = seconds(10), .key_fields = {}});
  std::vector<AlertPtr> passing;
  const auto add = [&](std::string_view decision, int64_t time_ns) {
    auto decided = std::make_shared<Alert>(*alert("a", "x", time_ns));
    decided->decision = decision;
    collapser.add(std::move(decided), kStart, passing);
  };
  add("would_deny", 1);
  add("denied", 2);
  add("denied", 3);
  EXPECT_EQ(names(passing), (Names{"a@1", "a@2"}));
}

TEST(AlertCollapser, AWindowWithoutRepetitionsEndsSilently) {
  AlertCollapser collapser({.window = seconds(10), .key_fields = {}});
  std::vector<AlertPtr> passing;
  collapser.add(alert("a", "x", 1), kStart, passing);
  passing.clear();
  collapser.end_all(passing);
  EXPECT_EQ(names(passing), Names{});
  EXPECT_FALSE(collapser.next_due());
}

TEST(AlertCollapser, RulesAndKeysAreKeptApart) {
  AlertCollapser collapser({.window = seconds(10), .key_fields = {"proc.name", "absent"}});
  std::vector<AlertPtr> passing;
  collapser.add(alert("a", "x", 1), kStart, passing);
  collapser.add(alert("a", "y", 2), kStart, passing);
  collapser.add(alert("b", "x", 3), kStart, passing);
  collapser.add(alert("a", "x", 4), kStart, passing);
  EXPECT_EQ(names(passing), (Names{"a@1", "a@2", "b@3"}));
  collapser.end_all(passing);
  EXPECT_EQ(names(passing), (Names{"a@4"}));
}

TEST(AlertCollapser, ValuesThatLookAlikeButDifferAreKeptApart) {
  AlertCollapser collapser({.window = seconds(10), .key_fields = {"v", "w"}});
  const std::vector<std::pair<OutputValue, OutputValue>> values = {
      {{std::string("1;5")}, {std::string("2")}},
      {{std::string("1")}, {std::string("5;2")}},
      {{int64_t{1}}, {std::string("")}},
      {{uint64_t{1}}, {std::string("")}},
      {{true}, {std::string("")}},
      {{}, {std::string("")}},
  };
  std::vector<AlertPtr> passing;
  for (const auto& [v, w] : values) {
    auto made = std::make_shared<Alert>();
    made->fields = {{"v", v}, {"w", w}};
    collapser.add(std::move(made), kStart, passing);
  }
  EXPECT_EQ(passing.size(), values.size());
}

TEST(AlertCollapser, TooManyKeysEndTheOldestWindowEarly) {
  AlertCollapser collapser({.window = seconds(10), .key_fields = {"proc.name"}});
  std::vector<AlertPtr> passing;
  collapser.add(alert("a", "0", 1), kStart, passing);
  collapser.add(alert("a", "0", 2), kStart, passing);
  for (size_t i = 1; i < AlertCollapser::kMaxWindows; ++i) {
    collapser.add(alert("a", std::to_string(i), 3), kStart, passing);
  }
  passing.clear();
  collapser.add(alert("a", "one more", 4), kStart, passing);
  EXPECT_EQ(names(passing), (Names{"a@2", "a@4"}));
}

}  // namespace
}  // namespace saker
