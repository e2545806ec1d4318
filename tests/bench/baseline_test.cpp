// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/baseline.h"

#include <gtest/gtest.h>

namespace saker::bench {
namespace {

constexpr std::string_view kPage = R"(# A page

| workload | none | Other | Other +x |
|---|---:|---|---|
| spin, ns | 143 [122-172] | 190 | 177 |
| open flat out, ns | 1,061 [767-1,307] | 1,805 | 2,082 |

| load | lost |
|---|---|
| open flat out | 44.5 % |

| other | |
|---|---|
| memory | 56.7 MiB
| start | 1,852 ms |
)";

TEST(Baseline, FindsACellByRowAndColumn) {
  const Baseline page(kPage);
  EXPECT_EQ(page.cell("spin", "Other"), "190");
  EXPECT_EQ(page.cell("open flat out", "none"), "1,061 [767-1,307]");
  EXPECT_EQ(page.cell("open flat out", "lost"), "44.5 %");
  EXPECT_EQ(page.cell("start", ""), "1,852 ms");
}

TEST(Baseline, WhatIsNotThereIsEmpty) {
  const Baseline page(kPage);
  EXPECT_EQ(page.cell("spin", "lost"), "");
  EXPECT_EQ(page.cell("fork", "none"), "");
  EXPECT_EQ(Baseline("no table\n||\n|").cell("", ""), "");
  EXPECT_EQ(Baseline().cell("spin", "none"), "");
}

TEST(Baseline, ReadsTheNumberInFrontOfACell) {
  EXPECT_EQ(leading_number("1,061 [767-1,307]"), 1061);
  EXPECT_EQ(leading_number("44.5 % [24-59]"), 44.5);
  EXPECT_EQ(leading_number("not resolved"), std::nullopt);
  EXPECT_EQ(leading_number(""), std::nullopt);
}

}  // namespace
}  // namespace saker::bench
