// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/cheaper.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>

#include "engine/lang/parser.h"

namespace saker::lang {
namespace {

std::string narrowing_of(std::string_view text) {
  const ParseResult parsed = parse_condition(text, kRuleConditionDepth);
  const auto* tree = std::get_if<ExprPtr>(&parsed);
  return tree == nullptr ? "a mistake" : narrowing_form(std::get<Comparison>((*tree)->node));
}

TEST(Cheaper, KnowsWhatMatchesBeginWith) {
  struct Row {
    std::string_view comparison;
    std::string_view narrowing;
  };
  const Row rows[] = {
      {R"(fd.name regex "/etc/.*")", "fd.name startswith /etc/"},
      {R"(fd.name regex "^/etc/[a-z]+$")", "fd.name startswith /etc/"},
      {R"(fd.name regex "/etc/ssh")", "fd.name startswith /etc/ssh"},
      {R"(fd.name regex "/a\\.b.*")", "fd.name startswith /a.b"},
      // The last letter may be missing, or the first of many.
      {R"(fd.name regex "/etc?.*")", "fd.name startswith /et"},
      {R"(fd.name regex "/et+.*")", "fd.name startswith /e"},
      {R"(fd.name regex "/et{0,2}")", "fd.name startswith /e"},
      {R"(fd.name regex "/ab(c)?")", "fd.name startswith /ab"},
      {R"(fd.name regex "/etc/a|/usr/b")", ""},
      {R"(fd.name regex "/ab\\d")", "fd.name startswith /ab"},
      {R"(fd.name regex "/.*")", ""},
      {R"(fd.name regex ".*/etc")", ""},
      {R"(fd.name regex "")", ""},
      {R"(fd.name glob /etc/*x)", ""},
      {R"(fd.name in (/a, /b))", ""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(narrowing_of(row.comparison), row.narrowing) << row.comparison;
  }
}

}  // namespace
}  // namespace saker::lang
