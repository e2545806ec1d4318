// SPDX-License-Identifier: Apache-2.0
#include "outputs/utf8.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

#define FFFD "\xef\xbf\xbd"

struct Case {
  std::string_view text;
  std::string_view valid;
  std::string_view printable;
};

using std::string_view_literals::operator""sv;

// The ill-formed ones follow the tables of the Unicode standard, section 3.9.
constexpr Case kCases[] = {
    {"", "", ""},
    {"plain / text \\ \"q\"", "plain / text \\ \"q\"", "plain / text \\ \"q\""},
    {"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
     "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
     "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"a\nb\tc\rd\be\ff", "a\nb\tc\rd\be\ff", "a\\nb\\tc\\rd\\be\\ff"},
    {"\x1b[2J\x7f\0z"sv, "\x1b[2J\x7f\0z"sv, "\\u001b[2J\\u007f\\u0000z"},
    {"\xc2\x9b"
     "31m",
     "\xc2\x9b"
     "31m",
     "\\u009b31m"},  // CSI as one character
    {"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"},
    {"\x80", FFFD, FFFD},
    {"\xc0\xaf", FFFD FFFD, FFFD FFFD},
    {"\xe0\x80\xaf", FFFD FFFD FFFD, FFFD FFFD FFFD},
    {"\xed\xa0\x80", FFFD FFFD FFFD, FFFD FFFD FFFD},  // a surrogate
    {"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", FFFD FFFD FFFD FFFD FFFD "A" FFFD FFFD "B",
     FFFD FFFD FFFD FFFD FFFD "A" FFFD FFFD "B"},
    {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", FFFD FFFD FFFD FFFD "A", FFFD FFFD FFFD FFFD "A"},
    {"end \xe2\x82", "end " FFFD, "end " FFFD},
    {"\xf0\x9f\x98", FFFD, FFFD},
};

TEST(Utf8, MakesTextsValidAndPrintable) {
  for (const Case& c : kCases) {
    std::string valid;
    append_valid_utf8(valid, c.text);
    EXPECT_EQ(valid, c.valid) << testing::PrintToString(c.text);
    std::string printable;
    append_printable_utf8(printable, c.text);
    EXPECT_EQ(printable, c.printable) << testing::PrintToString(c.text);
  }
}

}  // namespace
}  // namespace saker
