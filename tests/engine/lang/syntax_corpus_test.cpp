// SPDX-License-Identifier: Apache-2.0
// The conformance corpus of the grammar: syntax.jsonl, and the kinds tree_equal and quoting of
// analysis.jsonl ($SAKER_SHARED/corpus/README.md describes the keys).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/source_text.h"
#include "engine/lang/ast.h"
#include "engine/lang/parser.h"
#include "engine/lang/quoting.h"
#include "tests/support/corpus.h"

namespace saker::lang {
namespace {

using test::Json;

ExprPtr parse(const std::string& text) {
  ParseResult result = parse_condition(text);
  return std::holds_alternative<ExprPtr>(result) ? std::move(std::get<ExprPtr>(result)) : nullptr;
}

std::string error_of(const std::string& text) {
  const ParseResult result = parse_condition(text);
  return std::holds_alternative<ParseError>(result) ? std::get<ParseError>(result).message : "";
}

// The tree in the notation of the corpus, as compact JSON.
std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string dump(const Operand& operand) {
  if (const auto* field = std::get_if<FieldRef>(&operand.node)) {
    return "[\"field\"," + quoted(field->name) + (field->has_arg ? "," + quoted(field->arg) : "") +
           "]";
  }
  if (const auto* constant = std::get_if<Constant>(&operand.node)) {
    return "[\"value\"," + quoted(constant->text) + "]";
  }
  const auto* call = std::get_if<TransformerCall>(&operand.node);
  const auto& args = call != nullptr ? call->args : std::get<OperandList>(operand.node).items;
  std::string out =
      call != nullptr ? "[\"transform\"," + quoted(call->name) + ",[" : "[\"tlist\",[";
  for (size_t i = 0; i < args.size(); ++i) {
    out += (i > 0 ? "," : "") + dump(args[i]);
  }
  return out + "]]";
}

std::string dump(const RightHandSide& rhs) {
  if (const auto* operand = std::get_if<Operand>(&rhs.node)) {
    return dump(*operand);
  }
  if (const auto* constant = std::get_if<Constant>(&rhs.node)) {
    return "[\"value\"," + quoted(constant->text) + "]";
  }
  const auto& list = std::get<std::vector<Constant>>(rhs.node);
  if (rhs.bare_list) {
    return "[\"value\"," + quoted(list.front().text) + "]";
  }
  std::string out = "[\"list\",[";
  for (size_t i = 0; i < list.size(); ++i) {
    out += (i > 0 ? "," : "") + quoted(list[i].text);
  }
  return out + "]]";
}

std::string dump(const Expr& expr) {
  const auto children = [](std::string out, const std::vector<ExprPtr>& list) {
    for (const ExprPtr& child : list) {
      out += "," + dump(*child);
    }
    return out + "]";
  };
  if (const auto* node = std::get_if<And>(&expr.node)) {
    return children("[\"and\"", node->children);
  }
  if (const auto* node = std::get_if<Or>(&expr.node)) {
    return children("[\"or\"", node->children);
  }
  if (const auto* node = std::get_if<Not>(&expr.node)) {
    return "[\"not\"," + dump(*node->child) + "]";
  }
  if (const auto* node = std::get_if<MacroRef>(&expr.node)) {
    return "[\"macro\"," + quoted(node->name) + "]";
  }
  const auto& node = std::get<Comparison>(expr.node);
  if (node.op == "exists") {
    return "[\"exists\"," + dump(node.lhs) + "]";
  }
  const std::string modifier(to_string(node.modifier));
  return "[\"cmp\"," + quoted(node.op + (modifier.empty() ? "" : " " + modifier)) + "," +
         dump(node.lhs) + "," + dump(node.rhs) + "]";
}

std::string dump(const Json& tree) {
  if (tree.kind == Json::Kind::kText) {
    return quoted(tree.text);
  }
  std::string out = "[";
  for (size_t i = 0; i < tree.items.size(); ++i) {
    out += (i > 0 ? "," : "") + dump(tree.items[i]);
  }
  return out + "]";
}

// Node kinds with their positions, in pre-order, as the corpus writes them.
class PositionDump {
 public:
  explicit PositionDump(const std::string& text) : source_("condition", text) {}

  std::string operator()(const Expr& expr) {
    visit(expr);
    return out_;
  }

 private:
  void add(const char* kind, Span span) {
    const Position p = source_.position(span.begin);
    out_ += kind + std::to_string(p.offset) + " " + std::to_string(p.line) + " " +
            std::to_string(p.column);
  }

  void visit(const Operand& operand, Span span) {
    if (const auto* field = std::get_if<FieldRef>(&operand.node)) {
      add("field", field->span);
    } else if (const auto* constant = std::get_if<Constant>(&operand.node)) {
      add("value", constant->span);
    } else if (const auto* call = std::get_if<TransformerCall>(&operand.node)) {
      add("transformer", call->span);
      for (const Operand& arg : call->args) {
        visit(arg, span);
      }
    } else {
      const auto& list = std::get<OperandList>(operand.node);
      add("transformer_list", list.span);
      for (const Operand& item : list.items) {
        visit(item, span);
      }
    }
  }

  void visit(const Expr& expr) {
    if (const auto* node = std::get_if<Comparison>(&expr.node)) {
      add(node->op == "exists" ? "unary" : "binary", expr.span);
      visit(node->lhs, expr.span);
      if (const auto* operand = std::get_if<Operand>(&node->rhs.node)) {
        visit(*operand, node->rhs.span);
      } else if (node->op != "exists") {
        const bool list = std::holds_alternative<std::vector<Constant>>(node->rhs.node);
        add(list && !node->rhs.bare_list ? "list" : "value", node->rhs.span);
      }
    } else if (std::holds_alternative<MacroRef>(expr.node)) {
      add("identifier", expr.span);
    } else if (const auto* negation = std::get_if<Not>(&expr.node)) {
      add("not", expr.span);
      visit(*negation->child);
    } else {
      const auto* conjunction = std::get_if<And>(&expr.node);
      add(conjunction != nullptr ? "and" : "or", expr.span);
      const auto& children =
          conjunction != nullptr ? conjunction->children : std::get<Or>(expr.node).children;
      for (const ExprPtr& child : children) {
        visit(*child);
      }
    }
  }

  SourceText source_;
  std::string out_;
};

std::string text_of(const Json& test_case) {
  if (!test_case.has("gen")) {
    return test_case.bytes("text");
  }
  std::string text;
  for (int64_t i = 0; i < test_case["gen"]["count"].integer; ++i) {
    text += test_case["gen"]["repeat"].text;
  }
  return text;
}

std::string with_blanks_as(std::string text, char blank) {
  std::replace(text.begin(), text.end(), ' ', blank);
  return text;
}

void check_tree(const Json& test_case, const Expr& expr, const std::string& text) {
  if (test_case.has("tree")) {
    EXPECT_EQ(dump(expr), dump(test_case["tree"]));
    EXPECT_EQ(to_text(expr), test_case["canonical_of_tree"].text);
  }
  if (test_case.has("canonical") && test_case["quirk_scope"].text != "canonical") {
    EXPECT_EQ(to_text(expr), test_case["canonical"].text);
  }
  if (test_case.has("node_positions")) {
    EXPECT_EQ(PositionDump(text)(expr), test_case["node_positions"].text);
  }
  for (const Json& part : test_case["node_positions_include"].items) {
    EXPECT_NE(PositionDump(text)(expr).find(part.text), std::string::npos) << part.text;
  }
  // Asserted for every text, whatever the case asks for. Only `not (not a)` changes: its text form
  // has no parentheses.
  const ExprPtr again = parse(to_text(expr));
  ASSERT_NE(again, nullptr) << to_text(expr) << ": " << error_of(to_text(expr));
  EXPECT_EQ(equal(expr, *again), to_text(expr).find("not not ") == std::string::npos);
  EXPECT_TRUE(equal(expr, *clone(expr)));
}

TEST(SyntaxCorpus, ConditionsAreAcceptedAndRefusedAsInTheReference) {
  const auto path = test::shared_path("corpus/syntax.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  size_t count = 0;
  for (const Json& test_case : test::read_json_lines(*path)) {
    SCOPED_TRACE(test_case["id"].text);
    const std::string text = text_of(test_case);
    const ExprPtr expr = parse(text);
    ++count;
    ASSERT_EQ(expr != nullptr, test_case["accept"].boolean) << text << "\n" << error_of(text);
    if (expr == nullptr) {
      const std::string wanted = test_case["error"].text;
      EXPECT_NE(error_of(text).find(wanted), std::string::npos) << error_of(text);
      continue;
    }
    check_tree(test_case, *expr, text);
    if (test_case["ws_variants"].boolean) {
      const std::string padded = " " + text + " ";
      for (const std::string& variant :
           {padded, with_blanks_as(padded, '\n'), with_blanks_as(padded, '\t')}) {
        EXPECT_NE(parse(variant), nullptr) << error_of(variant);
      }
    }
  }
  RecordProperty("cases", static_cast<int>(count));
  EXPECT_GE(count, 300U);
}

TEST(SyntaxCorpus, TreesAndQuotedTextsAgreeWithTheReference) {
  const auto path = test::shared_path("corpus/analysis.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  std::map<std::string, int> counts;
  for (const Json& test_case : test::read_json_lines(*path)) {
    SCOPED_TRACE(test_case["id"].text);
    const std::string& kind = test_case["kind"].text;
    const std::string input = test_case.bytes("input");
    if (kind == "tree_equal") {
      const ExprPtr a = parse(test_case["a"].text);
      const ExprPtr b = parse(test_case["b"].text);
      ASSERT_TRUE(a != nullptr && b != nullptr);
      EXPECT_EQ(equal(*a, *b), test_case["equal"].boolean);
    } else if (kind == "quoting" && test_case["op"].text == "escape") {
      EXPECT_EQ(quote_if_needed(input), test_case.bytes("output"));
    } else if (kind == "quoting" && test_case["op"].text == "unescape") {
      const std::optional<std::string> text = unquote(input);
      ASSERT_EQ(!text, test_case["error"].boolean);
      if (text) {
        EXPECT_EQ(*text, test_case.bytes("output"));
      }
    } else if (kind == "quoting") {
      EXPECT_EQ(unquote(quote(input)), input);
    } else {
      continue;
    }
    ++counts[kind];
  }
  EXPECT_GE(counts["tree_equal"], 8);
  EXPECT_GE(counts["quoting"], 14);
}

}  // namespace
}  // namespace saker::lang
