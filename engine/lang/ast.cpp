// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/ast.h"

#include <algorithm>

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

bool equal_constants(const Constant& a, const Constant& b) { return a.text == b.text; }
bool equal_operands(const Operand& a, const Operand& b);

bool equal_args(const std::vector<Operand>& a, const std::vector<Operand>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal_operands);
}

bool equal_operands(const Operand& a, const Operand& b) {
  if (a.node.index() != b.node.index()) {
    return false;
  }
  return std::visit(
      Overloaded{[&](const FieldRef& x) {
                   const auto& y = std::get<FieldRef>(b.node);
                   return x.name == y.name && x.has_arg == y.has_arg && x.arg == y.arg;
                 },
                 [&](const TransformerCall& x) {
                   const auto& y = std::get<TransformerCall>(b.node);
                   return x.name == y.name && x.has_arg == y.has_arg && x.arg == y.arg &&
                          equal_args(x.args, y.args);
                 },
                 [&](const Constant& x) { return equal_constants(x, std::get<Constant>(b.node)); },
                 [&](const OperandList& x) {
                   return equal_args(x.items, std::get<OperandList>(b.node).items);
                 }},
      a.node);
}

bool equal_rhs(const RightHandSide& a, const RightHandSide& b) {
  if (a.node.index() != b.node.index() || a.bare_list != b.bare_list) {
    return false;
  }
  return std::visit(
      Overloaded{[](std::monostate) { return true; },
                 [&](const Constant& x) { return equal_constants(x, std::get<Constant>(b.node)); },
                 [&](const std::vector<Constant>& x) {
                   const auto& y = std::get<std::vector<Constant>>(b.node);
                   return std::equal(x.begin(), x.end(), y.begin(), y.end(), equal_constants);
                 },
                 [&](const Operand& x) { return equal_operands(x, std::get<Operand>(b.node)); }},
      a.node);
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
