// SPDX-License-Identifier: Apache-2.0
// How this works: conditions are parsed with an explicit stack of open parentheses (Level), so that
// their nesting costs no native stack; only transformers recurse (operand_parser.h). The first
// error ends the work.
#include "engine/lang/parser.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/lang/lexer.h"
#include "engine/lang/operand_parser.h"
#include "engine/lang/operators.h"
#include "engine/lang/quoting.h"

namespace saker::lang {
namespace {

// An open parenthesis, or the whole condition.
struct Level {
  uint32_t open = 0;     // offset of the parenthesis
  bool negated = false;  // by an odd number of `not` in front of it
  uint32_t not_begin = 0;
  uint32_t or_begin = 0;
  uint32_t and_begin = 0;
  std::vector<ExprPtr> or_children;
  std::vector<ExprPtr> and_children;
};

class ConditionParser {
 public:
  ConditionParser(std::string_view text, uint32_t max_depth)
      : lex_(text), operands_(lex_), max_depth_(max_depth) {}

  // Null: error() tells why.
  ExprPtr condition();
  [[nodiscard]] const ParseError& error() const { return *lex_.error(); }

 private:
  std::nullptr_t fail(std::string message, std::string hint = {});
  [[nodiscard]] bool at_blank(size_t distance) const {
    return lex_.rest().size() > distance && is_blank(lex_.rest()[distance]);
  }
  [[nodiscard]] ExprPtr make(decltype(Expr::node) node, uint32_t begin) const;
  void open_level(bool negated, uint32_t not_begin);
  ExprPtr close_level();
  // Parses up to and including the next check; null: a parenthesis was opened, or an error.
  ExprPtr next_check();
  void add_check(ExprPtr check);
  bool connective();
  ExprPtr leaf();
  ExprPtr comparison(Operand lhs, uint32_t begin);
  std::nullptr_t fail_operator();
  bool right_hand_side(const OperatorDef& op, Comparison& comparison);
  bool number_rhs(RightHandSide& rhs);
  bool text_rhs(RightHandSide& rhs);
  bool list_rhs(RightHandSide& rhs);
  bool modifier(Comparison& comparison);
  bool operand_rhs(RightHandSide& rhs);

  Lexer lex_;
  OperandParser operands_;
  uint32_t max_depth_;
  std::vector<Level> levels_;
};

std::nullptr_t ConditionParser::fail(std::string message, std::string hint) {
  lex_.fail(std::move(message), std::move(hint));
  return nullptr;
}

ExprPtr ConditionParser::make(decltype(Expr::node) node, uint32_t begin) const {
  auto expr = std::make_unique<Expr>();
  expr->node = std::move(node);
  expr->span = {begin, lex_.position()};
  return expr;
}

void ConditionParser::open_level(bool negated, uint32_t not_begin) {
  Level level;
  level.open = levels_.empty() ? 0 : lex_.position() - 1;
  level.negated = negated;
  level.not_begin = not_begin;
  if (!levels_.empty()) {
    lex_.skip_blanks();
  }
  level.or_begin = lex_.position();
  lex_.skip_blanks();
  level.and_begin = lex_.position();
  levels_.push_back(std::move(level));
}

// The tree of the innermost level, which ends here.
ExprPtr ConditionParser::close_level() {
  Level level = std::move(levels_.back());
  levels_.pop_back();
  const auto fold = [this](std::vector<ExprPtr>& children, bool is_and, uint32_t begin) {
    if (children.size() == 1) {
      return std::move(children.front());
    }
    const uint32_t end = children.back()->span.end;
    ExprPtr expr =
        is_and ? make(And{std::move(children)}, begin) : make(Or{std::move(children)}, begin);
    expr->span.end = end;
    return expr;
  };
  level.or_children.push_back(fold(level.and_children, true, level.and_begin));
  ExprPtr expr = fold(level.or_children, false, level.or_begin);
  lex_.skip(")");
  return level.negated ? make(Not{std::move(expr)}, level.not_begin) : std::move(expr);
}

ExprPtr ConditionParser::condition() {
  open_level(false, 0);
  while (!lex_.error()) {
    ExprPtr check = next_check();
    if (check == nullptr) {
      continue;
    }
    add_check(std::move(check));
    while (!lex_.error() && !connective()) {
      if (levels_.size() == 1) {
        if (lex_.at_end()) {
          ExprPtr expr = close_level();
          return expr;
        }
        if (lex_.at(")")) {
          return fail("unexpected ')': no parenthesis is open here");
        }
        fail_operator();
      } else if (lex_.at(")")) {
        ExprPtr inner = close_level();
        add_check(std::move(inner));
      } else if (lex_.at_end()) {
        fail("expected a ')' token", "the parenthesis at offset " +
                                         std::to_string(levels_.back().open) + " is never closed");
      } else {
        fail_operator();
      }
    }
  }
  return nullptr;
}

ExprPtr ConditionParser::next_check() {
  lex_.skip_blanks();
  const uint32_t begin = lex_.position();
  bool negated = false;
  while (lex_.at("not(") || (lex_.at("not") && at_blank(3))) {
    lex_.skip("not");
    lex_.skip_blanks();
    negated = !negated;
  }
  if (lex_.at("(")) {
    if (levels_.size() > max_depth_) {
      return fail("parentheses are nested deeper than " + std::to_string(max_depth_));
    }
    lex_.skip("(");
    open_level(negated, begin);
    return nullptr;
  }
  ExprPtr check = leaf();
  if (check != nullptr && negated) {
    return make(Not{std::move(check)}, begin);
  }
  return check;
}

void ConditionParser::add_check(ExprPtr check) {
  levels_.back().and_children.push_back(std::move(check));
  lex_.skip_blanks();
}

// Consumes `and` or `or`; false: none here.
bool ConditionParser::connective() {
  const bool is_and = lex_.at("and(") || (lex_.at("and") && at_blank(3));
  if (!is_and && !lex_.at("or(") && !(lex_.at("or") && at_blank(2))) {
    return false;
  }
  lex_.advance(is_and ? 3 : 2);
  lex_.skip_blanks();
  if (!is_and) {
    Level& level = levels_.back();
    std::vector<ExprPtr> children = std::exchange(level.and_children, {});
    if (children.size() == 1) {
      level.or_children.push_back(std::move(children.front()));
    } else {
      const uint32_t last = children.back()->span.end;
      level.or_children.push_back(make(And{std::move(children)}, level.and_begin));
      level.or_children.back()->span.end = last;
    }
    level.and_begin = lex_.position();
  }
  return true;
}

ExprPtr ConditionParser::leaf() {
  const uint32_t begin = lex_.position();
  if (lex_.at_end()) {
    return fail("expected a condition, found the end of the text");
  }
  if (lex_.at_val()) {
    return fail("'val()' is only allowed on the right-hand side of a comparison");
  }
  if (lex_.at_transformer()) {
    std::optional<TransformerCall> call = operands_.transformer();
    return call ? comparison({std::move(*call)}, begin) : nullptr;
  }
  if (field_name_length(lex_.rest()) > 0) {
    std::optional<FieldRef> ref = operands_.field();
    return ref ? comparison({std::move(*ref)}, begin) : nullptr;
  }
  const size_t length = identifier_length(lex_.rest());
  if (length == 0) {
    return fail("expected a condition", lex_.at("!") ? "negation is written 'not'"
                                                     : "a condition is a field with an operator, a "
                                                       "macro, 'not' or a parenthesis");
  }
  const std::string_view name = lex_.rest().substr(0, length);
  if (name == "and" || name == "or" || name == "not") {
    return fail("expected a condition, found '" + std::string(name) + "'",
                name == "not" ? "'not' must be followed by a condition" : "");
  }
  lex_.advance(length);
  return make(MacroRef{std::string(name)}, begin);
}

// Reports what stands where a connective or the end was expected.
std::nullptr_t ConditionParser::fail_operator() {
  const Level& level = levels_.back();
  const auto* macro = std::get_if<MacroRef>(&level.and_children.back()->node);
  if (lex_.at("&&") || lex_.at("||")) {
    return fail("unexpected '" + std::string(lex_.rest().substr(0, 2)) + "'",
                lex_.at("&&") ? "conjunction is written 'and'" : "disjunction is written 'or'");
  }
  if (lex_.rest() == "and" || lex_.rest() == "or") {
    lex_.advance(lex_.rest().size());
    return fail("expected a condition, found the end of the text");
  }
  if (macro != nullptr && lex_.at("(")) {
    return fail("unknown transformer '" + macro->name + "'");
  }
  if (macro != nullptr && match_operator(lex_.rest()) != nullptr) {
    return fail("'" + macro->name + "' is not a field and cannot be compared",
                "field names have a dot, as in proc.name");
  }
  return fail("unexpected text behind the condition", "expected 'and', 'or' or the end");
}

ExprPtr ConditionParser::comparison(Operand lhs, uint32_t begin) {
  lex_.skip_blanks();
  const OperatorDef* op = match_operator(lex_.rest());
  if (op == nullptr) {
    if (lex_.at_end()) {
      return fail("expected an operator, found the end of the text");
    }
    for (const OperatorDef& def : operators()) {
      if (def.needs_blank && lex_.at(def.name)) {
        return fail("operator '" + std::string(def.name) + "' must be followed by a blank");
      }
    }
    return fail("expected an operator", lex_.at("!") ? "negation is written 'not' or '!='" : "");
  }
  Comparison result;
  result.lhs = std::move(lhs);
  result.op = std::string(op->name);
  result.op_span = {lex_.position(), lex_.position() + static_cast<uint32_t>(op->name.size())};
  lex_.advance(op->name.size());
  if (op->rhs != RhsKind::kNone && !right_hand_side(*op, result)) {
    return nullptr;
  }
  return make(std::move(result), begin);
}

bool ConditionParser::right_hand_side(const OperatorDef& op, Comparison& comparison) {
  const bool had_blank = lex_.skip_blanks();
  RightHandSide& rhs = comparison.rhs;
  if (op.rhs == RhsKind::kText && had_blank && modifier(comparison)) {
    comparison.op_span.end = lex_.position();
    lex_.skip_blanks();
    rhs.span.begin = lex_.position();
    if (!list_rhs(rhs)) {
      return false;
    }
  } else {
    rhs.span.begin = lex_.position();
    const bool is_operand = lex_.at_val() || lex_.at_transformer();
    const bool ok = is_operand                   ? operand_rhs(rhs)
                    : op.rhs == RhsKind::kNumber ? number_rhs(rhs)
                    : op.rhs == RhsKind::kText   ? text_rhs(rhs)
                                                 : list_rhs(rhs);
    if (!ok) {
      return false;
    }
  }
  rhs.span.end = lex_.position();
  return true;
}

// Consumes a modifier. The same word is an ordinary constant when no list follows.
bool ConditionParser::modifier(Comparison& comparison) {
  for (const Modifier m : {Modifier::kOneOf, Modifier::kAnyOf, Modifier::kAllOf}) {
    const std::string_view name = to_string(m);
    if (!lex_.at(name) || !at_blank(name.size())) {
      continue;
    }
    std::string_view behind = lex_.rest().substr(name.size());
    while (!behind.empty() && is_blank(behind.front())) {
      behind.remove_prefix(1);
    }
    const std::string_view word = behind.substr(0, identifier_length(behind));
    if (!behind.starts_with('(') && (word.empty() || word == "and" || word == "or")) {
      return false;
    }
    lex_.advance(name.size());
    comparison.modifier = m;
    return true;
  }
  return false;
}

bool ConditionParser::operand_rhs(RightHandSide& rhs) {
  std::optional<TransformerCall> call = lex_.at_val() ? operands_.val() : operands_.transformer();
  if (!call) {
    return false;
  }
  rhs.node = Operand{std::move(*call)};
  return true;
}

bool ConditionParser::number_rhs(RightHandSide& rhs) {
  const size_t length = number_length(lex_.rest());
  if (length == 0) {
    fail("expected a number", "to compare with another field write val(FIELD)");
    return false;
  }
  const uint32_t begin = lex_.position();
  std::string text = lex_.take(length);
  rhs.node = Constant{std::move(text), false, {begin, lex_.position()}};
  return true;
}

bool ConditionParser::text_rhs(RightHandSide& rhs) {
  std::optional<Constant> constant = lex_.value();
  if (!constant) {
    return false;
  }
  rhs.node = std::move(*constant);
  return true;
}

bool ConditionParser::list_rhs(RightHandSide& rhs) {
  if (lex_.at_val() || lex_.at_transformer()) {
    return operand_rhs(rhs);
  }
  if (!lex_.at("(")) {
    const size_t length = identifier_length(lex_.rest());
    if (length == 0) {
      fail("expected a list: '(' or the name of a list");
      return false;
    }
    const uint32_t begin = lex_.position();
    std::string name = lex_.take(length);
    rhs.node = std::vector<Constant>{{std::move(name), false, {begin, lex_.position()}}};
    rhs.bare_list = true;
    return true;
  }
  lex_.skip("(");
  std::vector<Constant> items;
  lex_.skip_blanks();
  while (!(items.empty() && lex_.at(")"))) {
    std::optional<Constant> item = lex_.value();
    if (!item) {
      return false;
    }
    items.push_back(std::move(*item));
    lex_.skip_blanks();
    if (lex_.at(")")) {
      break;
    }
    if (!lex_.skip(",")) {
      fail("expected a ')' token", "items of a list are separated by commas");
      return false;
    }
    lex_.skip_blanks();
  }
  lex_.skip(")");
  rhs.node = std::move(items);
  return true;
}

}  // namespace

ParseResult parse_condition(std::string_view text, uint32_t max_depth) {
  ConditionParser parser(text, max_depth);
  if (ExprPtr expr = parser.condition()) {
    return expr;
  }
  return parser.error();
}

std::variant<std::vector<Constant>, ParseError> parse_list_item(std::string_view text) {
  const bool needs_quotes = !text.empty() && text[0] != '"' && text[0] != '\'' &&
                            std::any_of(text.begin(), text.end(), is_blank);
  const std::string quoted = needs_quotes ? '"' + std::string(text) + '"' : std::string(text);
  Lexer lex(quoted);
  std::vector<Constant> items;
  do {
    lex.skip_blanks();
    std::optional<Constant> item = lex.value();
    if (!item) {
      return *lex.error();
    }
    items.push_back(std::move(*item));
    lex.skip_blanks();
  } while (lex.skip(","));
  if (!lex.at_end()) {
    lex.fail("unexpected text behind the list item");
    return *lex.error();
  }
  return items;
}

std::variant<Operand, ParseError> parse_operand(std::string_view text) {
  Lexer lex(text);
  OperandParser operands(lex);
  lex.skip_blanks();
  std::optional<Operand> operand;
  if (lex.at_transformer() || field_name_length(lex.rest()) > 0) {
    operand = operands.argument();
  } else {
    lex.fail("expected a field or a transformer");
  }
  lex.skip_blanks();
  if (!lex.at_end()) {
    lex.fail("unexpected text behind the field");
  }
  if (lex.error()) {
    return *lex.error();
  }
  return std::move(*operand);
}

}  // namespace saker::lang
