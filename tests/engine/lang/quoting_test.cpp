// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/quoting.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace saker::lang {
namespace {

struct Row {
  std::string_view quoted;
  std::optional<std::string> plain;
};

TEST(Quoting, ReadsEscapes) {
  const Row rows[] = {
      {R"("")", ""},
      {R"('a b')", "a b"},
      {R"("\b\f\n\r\t\\\/")", "\b\f\n\r\t\\/"},
      {R"("\"")", "\""},
      {R"('\'')", "'"},
      {R"("'")", "'"},
      {R"("\x41\xfF")", "A\xff"},
      {R"("\x00")", std::string(1, '\0')},
      {R"("a\ b")", "a\\b"},
      {R"("\'")", std::nullopt},
      {R"("\x4")", std::nullopt},
      {R"("\xg0")", std::nullopt},
      {R"("\q")", std::nullopt},
      {R"("a)", std::nullopt},
      {R"("a")", "a"},
      {R"("a\")", std::nullopt},
      {R"("a\\")", std::nullopt},  // a quote behind a backslash does not end the text
      {R"("a"b")", std::nullopt},
      {R"("a')", std::nullopt},
      {"a", std::nullopt},
      {"", std::nullopt},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(unquote(row.quoted), row.plain) << row.quoted;
  }
}

TEST(Quoting, QuotesOnlyWhatCannotStandBare) {
  EXPECT_EQ(quote_if_needed("*.log"), "*.log");
  EXPECT_EQ(quote_if_needed("/a/b:c-[x]!"), "/a/b:c-[x]!");
  EXPECT_EQ(quote_if_needed("a\xff"), "a\xff");
  EXPECT_EQ(quote_if_needed(""), "\"\"");
  for (const std::string_view text :
       {"a b", "a=b", "a,b", "(a", "a'b", "a\"b", "a\\b", "a\nb", "a\\", "\\", "\\\""}) {
    EXPECT_EQ(unquote(quote_if_needed(text)), text);
    EXPECT_NE(quote_if_needed(text), text);
  }
}

}  // namespace
}  // namespace saker::lang
