// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/parser.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

struct ErrorRow {
  std::string_view text;
  uint32_t begin;
  uint32_t end;
  std::string_view message;
  std::string_view hint;
};

constexpr ErrorRow kErrors[] = {
    {"", 0, 0, "expected a condition, found the end of the text", ""},
    {"  ", 2, 2, "expected a condition, found the end of the text", ""},
    {"(a.b = 1", 8, 8, "expected a ')' token", "the parenthesis at offset 0 is never closed"},
    {"a.b = 1)", 7, 8, "unexpected ')': no parenthesis is open here", ""},
    {"a.b = 1 && c", 8, 10, "unexpected '&&'", "conjunction is written 'and'"},
    {"a.b = 1 || c", 8, 10, "unexpected '||'", "disjunction is written 'or'"},
    {"!a.b = 1", 0, 4, "expected a condition", "negation is written 'not'"},
    {"a and", 5, 5, "expected a condition, found the end of the text", ""},
    {"a and or b", 6, 8, "expected a condition, found 'or'", ""},
    {"not", 0, 3, "expected a condition, found 'not'", "'not' must be followed by a condition"},
    {"a.b", 3, 3, "expected an operator, found the end of the text", ""},
    {"a.b ~ 1", 4, 5, "expected an operator", ""},
    {"a.b !c", 4, 6, "expected an operator", "negation is written 'not' or '!='"},
    {"a.b startswithx", 4, 15, "operator 'startswith' must be followed by a blank", ""},
    {"macro > 12", 6, 7, "'macro' is not a field and cannot be compared",
     "field names have a dot, as in proc.name"},
    {"frob(a.b) = 1", 4, 5, "unknown transformer 'frob'", ""},
    {"a b", 2, 3, "unexpected text behind the condition", "expected 'and', 'or' or the end"},
    {"a.b = ", 6, 6, "expected a value, found the end of the text",
     "values with blanks or any of ( ) \" ' = , must be quoted"},
    {"a.b = (x)", 6, 7, "expected a value",
     "only 'in', 'intersects', 'pmatch' and modifiers take a list"},
    {"a.b > x", 6, 7, "expected a number", "to compare with another field write val(FIELD)"},
    {"a.b = 'x", 6, 7, "unclosed quote: expected a closing '",
     "a quote behind a backslash does not end the text"},
    {"a.b = 'x\\q'", 8, 10, "invalid escape sequence in quoted text",
     "known are \\b \\f \\n \\r \\t \\\\ \\/ \\xHH and the quote itself"},
    {"a.b in x y", 9, 10, "unexpected text behind the condition",
     "expected 'and', 'or' or the end"},
    {"a.b in (x y)", 10, 11, "expected a ')' token", "items of a list are separated by commas"},
    {"a.b in (x,)", 10, 11, "expected a value",
     "values with blanks or any of ( ) \" ' = , must be quoted"},
    {"a.b in =", 7, 8, "expected a list: '(' or the name of a list", ""},
    {"a.b[1 = 2", 5, 6, "expected a ']' token", ""},
    {"a.b[] = 2", 4, 5, "expected a field argument", ""},
    {"val(a.b) = 1", 0, 3, "'val()' is only allowed on the right-hand side of a comparison", ""},
    {"a.b = val(len(a.b))", 10, 13, "'val()' takes one field", ""},
    {"a.b = val(a.b, c.d)", 13, 14, "'val()' takes one field", ""},
    {"len(val(a.b)) = 1", 4, 7, "'val()' cannot be an argument of a transformer",
     "name the field itself"},
    {"len(a.b = 1", 8, 9, "expected a ')' token", "arguments of 'len' are separated by commas"},
    {"len(a) = 1", 4, 5, "expected a field, a transformer, a number or quoted text", ""},
};

TEST(Parser, SaysWhatIsWrongAndWhere) {
  for (const ErrorRow& row : kErrors) {
    SCOPED_TRACE(row.text);
    const ParseResult result = parse_condition(row.text);
    const auto* error = std::get_if<ParseError>(&result);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->message, row.message);
    EXPECT_EQ(error->hint, row.hint);
    EXPECT_EQ(error->span.begin, row.begin);
    EXPECT_EQ(error->span.end, row.end);
  }
}

std::string nested(size_t depth) { return std::string(depth, '(') + "a" + std::string(depth, ')'); }

TEST(Parser, LimitsTheNestingOfParentheses) {
  EXPECT_TRUE(std::holds_alternative<ExprPtr>(parse_condition(nested(100))));
  const ParseResult result = parse_condition(nested(101));
  ASSERT_TRUE(std::holds_alternative<ParseError>(result));
  EXPECT_EQ(std::get<ParseError>(result).message, "parentheses are nested deeper than 100");
  EXPECT_EQ(std::get<ParseError>(result).span.begin, 100U);
  EXPECT_TRUE(std::holds_alternative<ExprPtr>(parse_condition(nested(1000), kRuleConditionDepth)));
  EXPECT_TRUE(
      std::holds_alternative<ParseError>(parse_condition(nested(1001), kRuleConditionDepth)));
}

TEST(Parser, LimitsTheNestingOfTransformers) {
  std::string text = "a.b";
  for (int i = 0; i < 64; ++i) {
    text = "tolower(" + text + ")";
  }
  EXPECT_TRUE(std::holds_alternative<ExprPtr>(parse_condition(text + " exists")));
  EXPECT_TRUE(std::holds_alternative<ParseError>(parse_condition("tolower(" + text + ") exists")));
}

TEST(Parser, SurvivesHostileTexts) {
  for (const char* part :
       {"(", "not ", "not(", "a and (", "a.b in (", "tolower(", "'", "a.b=", "["}) {
    std::string text;
    while (text.size() < 100000) {
      text += part;
    }
    EXPECT_TRUE(std::holds_alternative<ParseError>(parse_condition(text, kRuleConditionDepth)));
  }
}

TEST(Parser, AHundredThousandNegationsAreOne) {
  std::string text;
  for (int i = 0; i < 100001; ++i) {
    text += "not ";
  }
  EXPECT_EQ(to_text(*test::must_parse(text + "a")), "not a");
}

TEST(Parser, ModifiersAreOrdinaryWordsWithoutAList) {
  EXPECT_EQ(to_text(*test::must_parse("a.b = oneof and c")), "(a.b = oneof and c)");
  EXPECT_EQ(to_text(*test::must_parse("(a.b = oneof )")), "a.b = oneof");
  EXPECT_EQ(to_text(*test::must_parse("a.b = oneof ()")), "a.b = oneof ()");
  EXPECT_EQ(to_text(*test::must_parse("a.b glob anyof names or c")), "(a.b glob anyof names or c)");
}

TEST(Parser, KeepsTheSpansOfNodes) {
  const ExprPtr expr = test::must_parse(" not (a.b = x or cd) ");
  EXPECT_EQ(expr->span, (Span{1, 20}));
  const Expr& inner = *std::get<Not>(expr->node).child;
  EXPECT_EQ(inner.span, (Span{6, 19}));
  const auto& children = std::get<Or>(inner.node).children;
  EXPECT_EQ(children[0]->span, (Span{6, 13}));
  EXPECT_EQ(children[1]->span, (Span{17, 19}));
  const auto& comparison = std::get<Comparison>(children[0]->node);
  EXPECT_EQ(comparison.op_span, (Span{10, 11}));
  EXPECT_EQ(comparison.rhs.span, (Span{12, 13}));
}

TEST(Parser, TextFormKeepsWhatQuotesProtect) {
  for (const std::string_view text :
       {R"(a.b = "x y")", R"-(a.b in (a, "b,c", "d)"))-", R"(a.b = "")", R"(a.b = "a=\"b\\c")",
        R"(getopt(a.b,"n:")[n] = x)", R"(join(",",("a",a.b)) = x)", R"(a.b["x]"] = y)",
        R"(a.b = "a\nb")"}) {
    const ExprPtr expr = test::must_parse(text);
    EXPECT_EQ(to_text(*expr), text);
    EXPECT_TRUE(equal(*expr, *test::must_parse(to_text(*expr))));
  }
}

struct ItemRow {
  std::string_view text;
  std::vector<std::string> constants;  // empty: refused
};

TEST(Parser, ListItemsMeanWhatTheirTextMeansInAList) {
  const ItemRow rows[] = {{"a", {"a"}},        {"a b", {"a b"}},   {"\"a b\"", {"a b"}},
                          {"a,b", {"a", "b"}}, {"a, b", {"a, b"}}, {"'x', 'y'", {"x", "y"}},
                          {"a\\ b", {"a\\b"}}, {"", {}},           {"a(b", {}},
                          {"'a", {}}};
  for (const ItemRow& row : rows) {
    SCOPED_TRACE(row.text);
    const auto result = parse_list_item(row.text);
    std::vector<std::string> constants;
    if (const auto* items = std::get_if<std::vector<Constant>>(&result)) {
      for (const Constant& item : *items) {
        constants.push_back(item.text);
      }
    }
    EXPECT_EQ(constants, row.constants);
  }
}

TEST(Parser, OperandsAreFieldsAndTransformersOnly) {
  for (const char* text : {"a.b", " a.b[1] ", "tolower(a.b)", "getopt(a.b, \"x\")[x]"}) {
    EXPECT_TRUE(std::holds_alternative<Operand>(parse_operand(text))) << text;
  }
  for (const char* text : {"", "a", "a.b c", "a.b = 1", "val(a.b)", "'a.b'", "1", "tolower(a.b"}) {
    EXPECT_TRUE(std::holds_alternative<ParseError>(parse_operand(text))) << text;
  }
}

}  // namespace
}  // namespace saker::lang
