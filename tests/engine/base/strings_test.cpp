// SPDX-License-Identifier: Apache-2.0
#include "engine/base/strings.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace saker {
namespace {

TEST(Strings, DecodesEveryLengthOfUtf8) {
  for (const char32_t c : {U'a', U'\u00e9', U'\u20ac', U'\U0001f600'}) {
    std::string bytes;
    append_utf8(bytes, c);
    const CodePoint decoded = decode_utf8(bytes + "x");
    EXPECT_EQ(decoded.value, c);
    EXPECT_EQ(decoded.length, bytes.size());
  }
}

TEST(Strings, FindsTheFirstByteThatIsNotUtf8) {
  struct Row {
    std::string_view text;
    size_t at;
  };
  for (const Row& row : {
           Row{"plain", std::string_view::npos}, Row{"a\xc3\xa9z", std::string_view::npos},
           Row{"ab\xff", 2},            // never valid
           Row{"a\xc3", 1},             // cut off
           Row{"\xc0\xaf", 0},          // overlong '/'
           Row{"\xe0\x80\xaf", 0},      // overlong '/'
           Row{"x\xed\xa0\x80", 1},     // surrogate
           Row{"\xf4\x90\x80\x80", 0},  // above 10FFFF
           Row{"\xe2\x82"
               "a",
               0},  // continuation missing
       }) {
    EXPECT_EQ(find_invalid_utf8(row.text), row.at) << testing::PrintToString(row.text);
  }
}

TEST(Strings, PrintableTextCannotDriveATerminal) {
  std::string out;
  append_printable(out, "a\tb\x1b[31m\n\xff \xc2\x9b \xe2\x80\xae \xc3\xa9");
  EXPECT_EQ(out, "a b?[31m?? ? ? \xc3\xa9");
}

TEST(Strings, EscapedTextIsOneLineOfUtf8) {
  std::string out;
  append_escaped(out, std::string_view("a\n\t\x1b\0\"\\\xff\xc3\xa9", 10));
  EXPECT_EQ(out, "a\\n\\t\\u001b\\u0000\"\\\xef\xbf\xbd\xc3\xa9");
}

// The test vectors of RFC 4648, and bytes that need the last two digits.
TEST(Strings, Base64IsPadded) {
  struct Row {
    std::string_view bytes;
    std::string_view expected;
  };
  for (const Row& row : {Row{"", ""}, Row{"f", "Zg=="}, Row{"fo", "Zm8="}, Row{"foo", "Zm9v"},
                         Row{"foob", "Zm9vYg=="}, Row{"fooba", "Zm9vYmE="},
                         Row{"foobar", "Zm9vYmFy"}, Row{{"\xfb\xff\0", 3}, "+/8A"}}) {
    std::string out;
    append_base64(out, row.bytes);
    EXPECT_EQ(out, row.expected);
  }
}

TEST(Strings, TrimRemovesBlanksAtBothEndsOnly) {
  EXPECT_EQ(trim(" \t\r\na b\n "), "a b");
  EXPECT_EQ(trim(" \n"), "");
}

TEST(Strings, WildcardsStandForAnyText) {
  struct Row {
    std::string_view text;
    std::string_view pattern;
    bool matches;
  };
  for (const Row& row :
       {Row{"anything", "*", true}, Row{"", "**", true}, Row{"", "", true}, Row{"abc", "abc", true},
        Row{"abc", "ab", false}, Row{"ab", "abc", false},
        Row{"hello big world", "*hello*world*", true}, Row{"world hello", "*hello*world*", false},
        Row{"aab", "*ab", true}, Row{"a", "?", false}, Row{"ABC", "abc", false}}) {
    EXPECT_EQ(matches_wildcard(row.text, row.pattern), row.matches)
        << row.text << " " << row.pattern;
  }
}

}  // namespace
}  // namespace saker
