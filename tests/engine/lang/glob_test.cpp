// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

namespace saker::lang {
namespace {

struct Row {
  std::string_view pattern;
  std::string_view text;
  bool matches;
};

constexpr Row kRows[] = {
    {"", "", true},
    {"", "a", false},
    {"*", "", true},
    {"*", "/a/b", true},
    {"?", "", false},
    {"?", "\xff", true},
    {"a*c", "abc", true},
    {"a*c", "ab", false},
    {"*.so", "/lib/.so", true},
    {"a**b", "ab", true},
    {"*a*b*", "xaxbx", true},
    {"/etc/*", "/etc/a/b", true},
    {"/etc/?", "/etc/", false},
    {"[abc]", "b", true},
    {"[abc]", "d", false},
    {"[a-c]x", "bx", true},
    {"[!a-c]", "b", false},
    {"[!a-c]", "d", true},
    {"[^a]", "b", true},
    {"[]]", "]", true},
    {"[!]]", "]", false},
    {"[a-]", "-", true},
    {"[\\]]", "]", true},
    {"[a", "[a", true},
    {"a[", "a[", true},
    {"\\*", "*", true},
    {"\\*", "x", false},
    {"a\\", "a\\", true},
    {"[[:digit:]]", "7", true},
    {"[[:digit:]]", "x", false},
    {"[![:space:]]", "x", true},
    {"[[:alpha:]_]*", "_1", true},
    {"ABC", "abc", false},
};

TEST(Glob, MatchesWholeTexts) {
  for (const Row& row : kRows) {
    EXPECT_EQ(glob_match(row.pattern, row.text), row.matches) << row.pattern << " " << row.text;
  }
}

TEST(Glob, FoldsCaseWhenAsked) {
  EXPECT_TRUE(glob_match("/ETC/*", "/etc/Passwd", true));
  EXPECT_TRUE(glob_match("[A-C]x", "bX", true));
  EXPECT_TRUE(glob_match("[[:upper:]]", "a", true));
  EXPECT_FALSE(glob_match("[A-C]x", "dX", true));
}

// An implementation that tries all ways to split the text would not come back.
TEST(Glob, TakesNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 64; ++i) {
    pattern += "a*";
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(glob_match(pattern + "b", std::string(4096, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace saker::lang
