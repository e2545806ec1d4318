// SPDX-License-Identifier: Apache-2.0
// Ast: a condition as a tree, the second of its three representations (text -> tree -> program).
// Made by the parser (parser.h), macros replaced by the resolver, checked and typed by the checker,
// turned into a Program by the compiler.
//
// Spans are byte offsets into the text that was parsed. Nodes own their children.
#ifndef SAKER_ENGINE_LANG_AST_H
#define SAKER_ENGINE_LANG_AST_H

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/source_text.h"

namespace saker::lang {

// A constant as written: quoted text is unescaped, `quoted` tells the two apart.
struct Constant {
  std::string text;
  bool quoted = false;
  Span span;
};

// field or field[arg].
struct FieldRef {
  std::string name;
  std::string arg;
  bool has_arg = false;
  Span span;
};

struct Operand;

// tolower(x), getopt((..), "n:")[n], val(field) (right-hand side only).
struct TransformerCall {
  std::string name;
  std::vector<Operand> args;
  std::string arg;  // in brackets
  bool has_arg = false;
  Span span;
};

// ("a", proc.name) as an argument of a transformer.
struct OperandList {
  std::vector<Operand> items;
  Span span;
};

struct Operand {
  std::variant<FieldRef, TransformerCall, Constant, OperandList> node;
};

// Right-hand side: nothing (exists), one constant, a list of constants, or an operand.
// `f in NAME` gives a list with one item and `bare_list` set.
struct RightHandSide {
  std::variant<std::monostate, Constant, std::vector<Constant>, Operand> node;
  bool bare_list = false;
  Span span;
};

enum class Modifier : uint8_t { kNone, kOneOf, kAnyOf, kAllOf };

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

struct Comparison {
  Operand lhs;
  std::string op;  // as written: "=", "==", "startswith", "exists", ...
  Span op_span;
  Modifier modifier = Modifier::kNone;
  RightHandSide rhs;
};

struct MacroRef {
  std::string name;
};

struct Not {
  ExprPtr child;
};

struct And {
  std::vector<ExprPtr> children;
};

struct Or {
  std::vector<ExprPtr> children;
};

// Where a node came from. Nodes spliced in from a macro keep the place inside the macro's text and
// point to the reference that brought them in.
struct Origin {
  std::shared_ptr<const SourceText> source;
  std::string macro;                     // empty: the condition itself
  std::shared_ptr<const Origin> parent;  // where the macro was named; null: the condition itself
  Span reference;                        // in parent's source
  std::string exception = {};            // of the rule, whose comparison it is; empty: none
};

struct Expr {
  std::variant<And, Or, Not, Comparison, MacroRef> node;
  Span span;
  std::shared_ptr<const Origin> origin;
};

// "oneof"; empty for kNone.
[[nodiscard]] std::string_view to_string(Modifier modifier) noexcept;

[[nodiscard]] ExprPtr clone(const Expr& expr);
// The canonical text form (condition_compiled): spec 2.1, last line.
[[nodiscard]] std::string to_text(const Expr& expr);
[[nodiscard]] std::string to_text(const Operand& operand);
// Equal trees; spans and origins do not count.
[[nodiscard]] bool equal(const Expr& a, const Expr& b);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_AST_H
