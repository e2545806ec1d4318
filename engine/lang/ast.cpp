// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/ast.h"

#include <algorithm>
#include <type_traits>

#include "engine/lang/quoting.h"

namespace saker::lang {
namespace {

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

constexpr std::string_view kModifierNames[] = {"", "oneof", "anyof", "allof"};

std::vector<ExprPtr> clone_all(const std::vector<ExprPtr>& children) {
  std::vector<ExprPtr> copies;
  copies.reserve(children.size());
  for (const ExprPtr& child : children) {
    copies.push_back(clone(*child));
  }
  return copies;
}

void append(std::string& out, const Operand& operand);
void append(std::string& out, const Expr& expr);

void append_bracket(std::string& out, const std::string& arg) {
  out += '[';
  // An argument may hold what a bare constant may not: = , ( ).
  const bool plain = !arg.empty() && std::none_of(arg.begin(), arg.end(), [](char c) {
    return is_blank(c) || std::string_view("[]\"'\\").find(c) != std::string_view::npos;
  });
  out += plain ? arg : quote(arg);
  out += ']';
}

void append_args(std::string& out, const std::vector<Operand>& args) {
  out += '(';
  for (size_t i = 0; i < args.size(); ++i) {
    if (i > 0) {
      out += ',';
    }
    append(out, args[i]);
  }
  out += ')';
}

void append(std::string& out, const Operand& operand) {
  std::visit(Overloaded{[&](const FieldRef& field) {
                          out += field.name;
                          if (field.has_arg) {
                            append_bracket(out, field.arg);
                          }
                        },
                        [&](const TransformerCall& call) {
                          out += call.name;
                          append_args(out, call.args);
                          if (call.has_arg) {
                            append_bracket(out, call.arg);
                          }
                        },
                        // Unlike the reference, which drops these quotes and so writes a text that
                        // it cannot read.
                        [&](const Constant& constant) {
                          out += constant.quoted ? quote(constant.text) : constant.text;
                        },
                        [&](const OperandList& list) { append_args(out, list.items); }},
             operand.node);
}

void append(std::string& out, const RightHandSide& rhs) {
  std::visit(Overloaded{[](std::monostate) {},
                        [&](const Constant& constant) { out += quote_if_needed(constant.text); },
                        [&](const std::vector<Constant>& list) {
                          if (rhs.bare_list) {
                            out += list.front().text;
                            return;
                          }
                          out += '(';
                          for (size_t i = 0; i < list.size(); ++i) {
                            out += i > 0 ? ", " : "";
                            out += quote_if_needed(list[i].text);
                          }
                          out += ')';
                        },
                        [&](const Operand& operand) { append(out, operand); }},
             rhs.node);
}

void append_children(std::string& out, const std::vector<ExprPtr>& children,
                     std::string_view word) {
  out += '(';
  for (size_t i = 0; i < children.size(); ++i) {
    if (i > 0) {
      out += word;
    }
    append(out, *children[i]);
  }
  out += ')';
}

void append(std::string& out, const Comparison& comparison) {
  append(out, comparison.lhs);
  out += ' ';
  out += comparison.op;
  if (comparison.modifier != Modifier::kNone) {
    out += ' ';
    out += to_string(comparison.modifier);
  }
  if (!std::holds_alternative<std::monostate>(comparison.rhs.node)) {
    out += ' ';
    append(out, comparison.rhs);
  }
}

void append(std::string& out, const Expr& expr) {
  std::visit(Overloaded{[&](const And& node) { append_children(out, node.children, " and "); },
                        [&](const Or& node) { append_children(out, node.children, " or "); },
                        [&](const Not& node) {
                          out += "not ";
                          append(out, *node.child);
                        },
                        [&](const Comparison& node) { append(out, node); },
                        [&](const MacroRef& node) { out += node.name; }},
             expr.node);
}

bool equal_operands(const Operand& a, const Operand& b);

bool equal_args(const std::vector<Operand>& a, const std::vector<Operand>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal_operands);
}

// One overload for each kind of operand and right-hand side.
bool same(std::monostate, std::monostate) { return true; }
bool same(const Constant& a, const Constant& b) { return a.text == b.text; }
bool same(const FieldRef& a, const FieldRef& b) {
  return a.name == b.name && a.has_arg == b.has_arg && a.arg == b.arg;
}
bool same(const TransformerCall& a, const TransformerCall& b) {
  return a.name == b.name && a.has_arg == b.has_arg && a.arg == b.arg && equal_args(a.args, b.args);
}
bool same(const OperandList& a, const OperandList& b) { return equal_args(a.items, b.items); }
bool same(const Operand& a, const Operand& b) { return equal_operands(a, b); }
bool same(const std::vector<Constant>& a, const std::vector<Constant>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Constant& x, const Constant& y) { return same(x, y); });
}

template <typename Variant>
bool same_variant(const Variant& a, const Variant& b) {
  const auto same_as_b = [&b](const auto& x) {
    const auto* y = std::get_if<std::decay_t<decltype(x)>>(&b);
    return y != nullptr && same(x, *y);
  };
  return std::visit(same_as_b, a);
}

bool equal_operands(const Operand& a, const Operand& b) { return same_variant(a.node, b.node); }

bool equal_rhs(const RightHandSide& a, const RightHandSide& b) {
  return a.bare_list == b.bare_list && same_variant(a.node, b.node);
}

bool equal_children(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ExprPtr& x, const ExprPtr& y) { return equal(*x, *y); });
}

}  // namespace

std::string_view to_string(Modifier modifier) noexcept {
  return kModifierNames[static_cast<size_t>(modifier)];
}

ExprPtr clone(const Expr& expr) {
  auto copy = std::make_unique<Expr>();
  copy->span = expr.span;
  copy->origin = expr.origin;
  std::visit(Overloaded{[&](const And& node) { copy->node = And{clone_all(node.children)}; },
                        [&](const Or& node) { copy->node = Or{clone_all(node.children)}; },
                        [&](const Not& node) { copy->node = Not{clone(*node.child)}; },
                        [&](const auto& leaf) { copy->node = leaf; }},
             expr.node);
  return copy;
}

std::string to_text(const Expr& expr) {
  std::string out;
  append(out, expr);
  return out;
}

std::string to_text(const Operand& operand) {
  std::string out;
  append(out, operand);
  return out;
}

bool equal(const Expr& a, const Expr& b) {
  if (a.node.index() != b.node.index()) {
    return false;
  }
  return std::visit(
      Overloaded{
          [&](const And& x) { return equal_children(x.children, std::get<And>(b.node).children); },
          [&](const Or& x) { return equal_children(x.children, std::get<Or>(b.node).children); },
          [&](const Not& x) { return equal(*x.child, *std::get<Not>(b.node).child); },
          [&](const Comparison& x) {
            const auto& y = std::get<Comparison>(b.node);
            return x.op == y.op && x.modifier == y.modifier && equal_operands(x.lhs, y.lhs) &&
                   equal_rhs(x.rhs, y.rhs);
          },
          [&](const MacroRef& x) { return x.name == std::get<MacroRef>(b.node).name; }},
      a.node);
}

}  // namespace saker::lang
