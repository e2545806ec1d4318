// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/reference.h"

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

TEST(Reference, FindsACellByRowAndColumn) {
  const Reference page(kPage);
  EXPECT_EQ(page.cell("spin", "Other"), "190");
  EXPECT_EQ(page.cell("open flat out", "none"), "1,061 [767-1,307]");
  EXPECT_EQ(page.cell("open flat out", "lost"), "44.5 %");
  EXPECT_EQ(page.cell("start", ""), "1,852 ms");
}

TEST(Reference, WhatIsNotThereIsEmpty) {
  const Reference page(kPage);
  EXPECT_EQ(page.cell("spin", "lost"), "");
  EXPECT_EQ(page.cell("fork", "none"), "");
  EXPECT_EQ(page.cell("", "none"), "");
  EXPECT_EQ(Reference("no table\n||\n|").cell("", ""), "");
  EXPECT_EQ(Reference().cell("spin", "none"), "");
}

TEST(Reference, ReadsTheNumberInFrontOfACell) {
  EXPECT_EQ(leading_number("1,061 [767-1,307]"), 1061);
  EXPECT_EQ(leading_number("44.5 % [24-59]"), 44.5);
  EXPECT_EQ(leading_number("not resolved"), std::nullopt);
  EXPECT_EQ(leading_number(""), std::nullopt);
}

}  // namespace
}  // namespace saker::bench
