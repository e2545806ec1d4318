// SPDX-License-Identifier: Apache-2.0
#include "engine/base/source_text.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

TEST(SourceText, CountsLinesAndColumnsFromOne) {
  const SourceText source("f", "ab\nc\n\nd");
  EXPECT_EQ(source.position(0).line, 1u);
  EXPECT_EQ(source.position(0).column, 1u);
  EXPECT_EQ(source.position(2).column, 3u);  // the line end belongs to its line
  EXPECT_EQ(source.position(3).line, 2u);
  EXPECT_EQ(source.position(6).line, 4u);
  EXPECT_EQ(source.position(6).column, 1u);
}

TEST(SourceText, AnOffsetBehindTheEndIsTheEnd) {
  const SourceText source("f", "ab\nc");
  EXPECT_EQ(source.position(4000).line, 2u);
  EXPECT_EQ(source.position(4000).column, 2u);
  EXPECT_EQ(source.position(4000).offset, 4u);
}

TEST(SourceText, LinesComeWithoutTheirEnd) {
  const SourceText source("f", "ab\r\nc\n");
  EXPECT_EQ(source.line(1), "ab");
  EXPECT_EQ(source.line(2), "c");
  EXPECT_EQ(source.line(3), "");
  EXPECT_EQ(source.line(0), "");
  EXPECT_EQ(source.line(99), "");
}

}  // namespace
}  // namespace saker
