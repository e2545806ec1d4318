// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/comparison.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace saker::bench {
namespace {

Report report_of(std::vector<Row> rows) {
  Report report;
  report.facts = {{"kernel", "6.1"}, {"processor", "A"}, {"build", "Release"}, {"rules", "rules"}};
  report.rows = std::move(rows);
  return report;
}

Row figure(Summary on) { return {"figure", "ns", {}, on, {}, ""}; }
Row pair(Summary off, Summary on) { return {"loop", "ns", off, on, {}, ""}; }

Verdict verdict_of(const Row& before, const Row& after) {
  const Comparison comparison = compare(report_of({before}), report_of({after}));
  EXPECT_EQ(comparison.changes.size(), 1U);
  EXPECT_EQ(comparison.notes, std::vector<std::string>());
  return comparison.changes.front().verdict();
}

TEST(Comparison, AFigureMayMoveAsMuchAsItScattersOrTheMachineDrifts) {
  struct Case {
    Summary before;
    Summary after;
    Verdict verdict;
  };
  constexpr Case kCases[] = {
      {{100, 90, 110, 7, 4}, {132, 130, 140, 7, 4}, Verdict::kSame},
      {{100, 90, 110, 7, 4}, {134, 130, 140, 7, 4}, Verdict::kWorse},
      {{100, 90, 110, 7, 4}, {66, 60, 70, 7, 4}, Verdict::kBetter},
      {{100, 50, 200, 7, 50}, {174, 130, 180, 7, 4}, Verdict::kSame},
      {{100, 90, 110, 7, 4}, {174, 50, 250, 7, 50}, Verdict::kSame},
      {{100, 90, 110, 7, 4}, {176, 50, 250, 7, 50}, Verdict::kWorse},
      {{100, 100, 100, 1}, {149, 149, 149, 1}, Verdict::kSame},
      {{100, 100, 100, 1}, {151, 151, 151, 1}, Verdict::kWorse},
      {{0, 0, 0, 7, 0}, {0, 0, 0, 7, 0}, Verdict::kSame},
      {{0, 0, 0, 7, 0}, {1, 0, 2, 7, 0}, Verdict::kWorse},  // losses
  };
  for (const Case& test : kCases) {
    EXPECT_EQ(verdict_of(figure(test.before), figure(test.after)), test.verdict)
        << test.before.median << " to " << test.after.median;
  }
}

TEST(Comparison, OfALoopWithoutAndWithTheSensorTheRatioCounts) {
  const Row before = pair({100, 0, 0, 7, 1}, {150, 0, 0, 7, 1});
  // A machine that is twice as slow.
  EXPECT_EQ(verdict_of(before, pair({200, 0, 0, 7, 1}, {300, 0, 0, 7, 1})), Verdict::kSame);
  EXPECT_EQ(verdict_of(before, pair({100, 0, 0, 7, 1}, {157, 0, 0, 7, 1})), Verdict::kSame);
  EXPECT_EQ(verdict_of(before, pair({100, 0, 0, 7, 1}, {158, 0, 0, 7, 1})), Verdict::kWorse);
  EXPECT_EQ(verdict_of(before, pair({100, 0, 0, 7, 1}, {142, 0, 0, 7, 1})), Verdict::kBetter);
  EXPECT_EQ(verdict_of(before, pair({100, 0, 0, 7, 10}, {165, 0, 0, 7, 1})), Verdict::kSame);
  EXPECT_EQ(verdict_of(before, pair(single(100), single(220))), Verdict::kSame);
}

TEST(Comparison, OfASmallFigureASmallDifferenceIsNothing) {
  const Row before = {"cpu", "% of one", {}, {0.01, 0, 0.02, 7, 0.01}, {}, ""};
  Row after = before;
  after.on.median = 0.5;
  EXPECT_EQ(verdict_of(before, after), Verdict::kSame);
  after.on.median = 0.52;
  EXPECT_EQ(verdict_of(before, after), Verdict::kWorse);
}

TEST(Comparison, RowsAreTakenWithTheRowThatTheyBelongTo) {
  const auto rows = [](double first, double second) {
    return std::vector<Row>{{"a", "ns", {}, single(1), {}, ""},
                            {"  lost", "", {}, single(first), {}, ""},
                            {"b", "ns", {}, single(1), {}, ""},
                            {"  lost", "", {}, single(second), {}, ""}};
  };
  const Comparison comparison = compare(report_of(rows(10, 1000)), report_of(rows(10, 10)));
  ASSERT_EQ(comparison.changes.size(), 4U);
  EXPECT_EQ(comparison.changes[1].name, "a: lost");
  EXPECT_EQ(comparison.changes[1].verdict(), Verdict::kSame);
  EXPECT_EQ(comparison.changes[3].name, "b: lost");
  EXPECT_EQ(comparison.changes[3].verdict(), Verdict::kBetter);
  EXPECT_FALSE(comparison.has_regression());
}

TEST(Comparison, WhatOnlyOneRunHasIsNotCompared) {
  Row context = figure(single(9));
  context.name = "context";
  context.is_context = true;
  Row added = figure(single(1));
  added.name = "added";
  Row gone = added;
  gone.name = "gone";
  const Comparison comparison = compare(report_of({figure(single(1)), context, gone}),
                                        report_of({figure(single(2)), context, added}));
  ASSERT_EQ(comparison.changes.size(), 1U);
  EXPECT_TRUE(comparison.has_regression());
  EXPECT_EQ(comparison.notes, (std::vector<std::string>{"not in the baseline: 1 figures"}));
}

TEST(Comparison, OnAnotherMachineOnlyRatiosAreCompared) {
  const std::vector<Row> rows = {figure(single(1)), pair(single(1), single(1))};
  Report before = report_of(rows);
  before.facts[0].second = "5.10";
  EXPECT_EQ(compare(before, report_of(rows)).changes.size(), 2U);
  before.facts[1].second = "B";
  const Comparison comparison = compare(before, report_of(rows));
  ASSERT_EQ(comparison.changes.size(), 1U);
  EXPECT_EQ(comparison.changes[0].name, "loop");
  EXPECT_EQ(comparison.notes, (std::vector<std::string>{"the baseline has another processor: B",
                                                        "the baseline has another kernel: 5.10",
                                                        "only ratios are compared"}));
}

TEST(Comparison, OnABusyMachineOnlyRatiosAreCompared) {
  const std::vector<Row> rows = {figure(single(1)), pair(single(1), single(1))};
  Report busy = report_of(rows);
  busy.facts.emplace_back("load average", "1.20");
  Report quiet = report_of(rows);
  quiet.facts.emplace_back("load average", "0.49");
  EXPECT_EQ(compare(quiet, quiet).changes.size(), 2U);
  EXPECT_EQ(compare(quiet, busy).changes.size(), 1U);
  EXPECT_EQ(compare(quiet, busy).notes,
            (std::vector<std::string>{"the machine was busy in the minute before this run",
                                      "only ratios are compared"}));
  EXPECT_EQ(compare(busy, quiet).changes.size(), 1U);
  EXPECT_EQ(compare(busy, quiet).notes.front(),
            "the machine was busy in the minute before the baseline");
}

TEST(Comparison, TextShowsWhatChanged) {
  Comparison comparison;
  comparison.changes = {{"open", "ratio", 1.5, 1.75, 0.08},
                        {"open: memory", "MiB", 20, 21, 6.6},
                        {"start", "ms", 1200, 300, 400}};
  comparison.notes = {"a note"};
  EXPECT_EQ(to_text(comparison), R"(compared with the baseline  unit    then   now  allowed  verdict
open                        ratio   1.50  1.75   +-0.08  worse
start                       ms     1,200   300    +-400  better
1 of 3 figures are the same
note: a note
)");
}

}  // namespace
}  // namespace saker::bench
