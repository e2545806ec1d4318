// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/regex.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace saker::lang {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  std::string error;
  const std::unique_ptr<Regex> regex = Regex::compile(pattern, error);
  EXPECT_NE(regex, nullptr) << pattern << ": " << error;
  return regex != nullptr && regex->matches(text);
}

TEST(Regex, MatchesTheWholeText) {
  EXPECT_TRUE(matches("ab+", "abb"));
  EXPECT_FALSE(matches("b", "abc"));
  EXPECT_TRUE(matches("^abc$", "abc"));
  EXPECT_TRUE(matches("(a|ab)(c|bcd)", "abcd"));
  EXPECT_TRUE(matches("", ""));
}

TEST(Regex, BytesThatAreNotUtf8CountAsOneCharacter) {
  EXPECT_TRUE(matches("/p./q.", "/p\xff/q\xc3"));
  EXPECT_FALSE(matches("/p/q", "/p\xff/q"));
  EXPECT_TRUE(matches("a\xEF\xBF\xBD", "a\xff"));
  EXPECT_TRUE(matches(".", "\xc3\xa9"));
}

TEST(Regex, ANewlineHidesNothing) { EXPECT_TRUE(matches("/etc/.*", "/etc/a\nb")); }

TEST(Regex, TellsTextsThatEveryMatchContains) {
  using Texts = std::vector<std::string>;
  const auto texts = [](std::string_view pattern) {
    Texts found = Regex::required_texts(pattern);
    std::sort(found.begin(), found.end());
    return found;
  };
  EXPECT_EQ(texts(".*key-17=[0-9a-f]+.*"), Texts{"key-17="});
  EXPECT_EQ(texts("/etc/(PASSWD|shadow)"), (Texts{"/etc/passwd", "/etc/shadow"}));
  EXPECT_EQ(texts(".*\\.tar\\.gz"), Texts{".tar.gz"});
  EXPECT_EQ(texts(".*(abcd|.)"), Texts{});
  EXPECT_EQ(texts("(abcd)?"), Texts{});
  EXPECT_EQ(texts("a[bc]+d"), Texts{});
  EXPECT_EQ(texts(""), Texts{});
  // The Kelvin sign in lower case is a k.
  EXPECT_EQ(texts("toke\xe2\x84\xaa.*"), Texts{});
  EXPECT_EQ(texts("toke\\x{212a}.*"), Texts{});
}

TEST(Regex, RefusesMalformedPatterns) {
  for (const std::string_view pattern : {"(", "[a", "*", "a{2,1}", "\xff"}) {
    std::string error;
    EXPECT_EQ(Regex::compile(pattern, error), nullptr) << pattern;
    EXPECT_FALSE(error.empty());
  }
}

TEST(Utf8, KnowsWellFormedCharacters) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("\xc3\xa9"), 2U);
  EXPECT_EQ(utf8_length("\xe2\x82\xac"), 3U);
  EXPECT_EQ(utf8_length("\xf0\x9f\x98\x80"), 4U);
  // Truncated, overlong, surrogate, above U+10FFFF, a continuation byte alone.
  for (const std::string_view text :
       {"\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", ""}) {
    EXPECT_EQ(utf8_length(text), 0U);
  }
}

}  // namespace
}  // namespace saker::lang
