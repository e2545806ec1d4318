// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.h"

#include <gtest/gtest.h>

namespace saker::bench {
namespace {

Report example() {
  Report report;
  report.facts = {{"kernel", "6.1"}};
  report.rows = {
      {"getppid", "ns", Summary{143, 122, 172, 7, 12}, Summary{190, 145, 210, 7, 20.5}, 30,
       "x1.10, +5 µs"},
      {"resident memory", "MiB", {}, Summary{20.5, 20.5, 20.5, 1}, 40, ""},
      {"open", "ns", Summary{2000, 1900, 2100, 2}, Summary{1500, 1400, 1600, 2}, {}, "n"},
  };
  report.reference_name = "other-1.0";
  return report;
}

TEST(Report, TextIsAnAlignedTable) {
  EXPECT_EQ(to_text(example()), R"(kernel: 6.1

what             unit            no sensor          with sensor  added  ratio     budget  other-1.0
getppid          ns          143 [122-172]        190 [145-210]  +47.0  x1.33  30.0 over  x1.10, +5 µs
resident memory  MiB                                       20.5                     40.0
open             ns    2,000 [1,900-2,100]  1,500 [1,400-1,600]   -500  x0.75             n
)");
}

TEST(Report, BudgetIsForWhatTheSensorAdds) {
  const Report report = example();
  EXPECT_FALSE(report.rows[0].within_budget());
  EXPECT_TRUE(report.rows[1].within_budget());
  Row row = report.rows[0];
  row.budget = 47;
  EXPECT_TRUE(row.within_budget());
  row.off.reset();
  EXPECT_FALSE(row.within_budget());
}

TEST(Report, JsonHoldsTheSameFigures) {
  const std::string json = to_json(example());
  for (const char* part : {R"("kernel": "6.1")", R"("added": 47.0)", R"("within_budget": false)",
                           R"("median": 20.5)", R"("reference": "other-1.0")"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

TEST(Report, FiguresAreReadAsTheyWereWritten) {
  const Report written = example();
  const auto read = read_report(to_json(written));
  ASSERT_TRUE(read.has_value()) << read.error().to_string();
  EXPECT_EQ(read->facts, written.facts);
  ASSERT_EQ(read->rows.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read->rows[i].name, written.rows[i].name);
    EXPECT_EQ(read->rows[i].unit, written.rows[i].unit);
    EXPECT_EQ(read->rows[i].off, written.rows[i].off);
    EXPECT_EQ(read->rows[i].on, written.rows[i].on);
  }
}

TEST(Report, OtherFilesAreNotRead) {
  for (const char* text : {"", "[]", "{}", R"({"facts": {}, "rows": 1})", R"({"facts": {}})"}) {
    EXPECT_FALSE(read_report(text).has_value()) << text;
  }
}

TEST(Report, NumbersKeepThreeDigits) {
  constexpr std::pair<double, const char*> kCases[] = {
      {0, "0"},        {0.073, "0.07"}, {2.314, "2.31"},   {47.25, "47.2"},       {143.4, "143"},
      {1805, "1,805"}, {-744, "-744"},  {-1805, "-1,805"}, {1234567, "1,234,567"}};
  for (const auto& [value, text] : kCases) {
    EXPECT_EQ(format_number(value), text);
  }
}

}  // namespace
}  // namespace saker::bench
