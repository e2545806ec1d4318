// SPDX-License-Identifier: Apache-2.0
#include "cmd/rule_tree.h"

#include <algorithm>
#include <span>
#include <utility>
#include <variant>

#include "engine/base/strings.h"

namespace saker {
namespace {

constexpr size_t kMaxItems = 8;  // of the list of a comparison

// `and` and `or` with their word, or null for another node.
const std::vector<lang::ExprPtr>* children_of(const lang::Expr& expr, std::string_view& word) {
  if (const auto* conjunction = std::get_if<lang::And>(&expr.node)) {
    word = "and";
    return &conjunction->children;
  }
  if (const auto* disjunction = std::get_if<lang::Or>(&expr.node)) {
    word = "or";
    return &disjunction->children;
  }
  return nullptr;
}

// A comparison with a list of any length.
std::string leaf_text(const lang::Expr& expr) {
  const auto& comparison = std::get<lang::Comparison>(expr.node);
  const auto* items = std::get_if<std::vector<lang::Constant>>(&comparison.rhs.node);
  if (items == nullptr || items->size() <= kMaxItems) {
    return shown(lang::to_text(expr), kMaxLeafText);
  }
  lang::Comparison brief{
      comparison.lhs, comparison.op, comparison.op_span, comparison.modifier, {}};
  brief.rhs.node =
      std::vector<lang::Constant>(items->begin(), items->begin() + std::ptrdiff_t{kMaxItems});
  lang::Expr brief_expr;
  brief_expr.node = std::move(brief);
  std::string text = lang::to_text(brief_expr);
  text.pop_back();
  return shown(text, kMaxLeafText) + ", and " + std::to_string(items->size() - kMaxItems) +
         " more)";
}

// Each comparison of an exception has an origin of its own.
bool is_same(const lang::Origin* a, const lang::Origin* b) {
  return a == b ||
         (a != nullptr && b != nullptr && !a->exception.empty() && a->exception == b->exception);
}

// "  # macro a, macro b" for a node that macros brought in: those below `outer`, outermost first.
std::string origin_text(const lang::Expr& expr, const lang::Origin* outer) {
  std::string text;
  for (const lang::Origin* at = expr.origin.get(); at != nullptr && !is_same(at, outer);
       at = at->parent.get()) {
    const std::string part = !at->macro.empty()       ? "macro " + at->macro
                             : !at->exception.empty() ? "exception " + at->exception
                                                      : "";
    if (!part.empty()) {
      text.insert(0, text.empty() ? "" : ", ").insert(0, part);
    }
  }
  return text.empty() ? text : "  # " + shown(text, kMaxLeafText);
}

class TreeWriter {
 public:
  // `outer`: the origin of the node around this one.
  void add(const lang::Expr& expr, const lang::Origin* outer, size_t depth,
           const std::string& prefix) {
    std::string_view word;
    if (const auto* children = children_of(expr, word)) {
      add_line(expr, outer, depth, prefix, std::string(word));
      for (const lang::ExprPtr& child : *children) {
        add(*child, expr.origin.get(), depth + 1, "");
      }
    } else if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
      add(*negation->child, outer, depth, prefix + "not ");
    } else {
      add_line(expr, outer, depth, prefix, rows.is_full() ? "" : leaf_text(expr));
    }
  }

  Rows rows;

 private:
  void add_line(const lang::Expr& expr, const lang::Origin* outer, size_t depth,
                const std::string& prefix, const std::string& text) {
    constexpr size_t kMaxIndent = 40;
    if (rows.is_full()) {
      rows.skip();
      return;
    }
    rows.add(std::string(std::min(2 * depth, kMaxIndent), ' ') + prefix + text +
             origin_text(expr, outer));
  }
};

void add_leaves(const lang::Expr& expr, Rows& rows) {
  std::string_view word;
  if (const auto* children = children_of(expr, word)) {
    for (const lang::ExprPtr& child : *children) {
      add_leaves(*child, rows);
    }
  } else if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
    add_leaves(*negation->child, rows);
  } else {
    rows.add(rows.is_full() ? "" : leaf_text(expr));
  }
}

}  // namespace

std::string shown(std::string_view text, size_t limit) {
  size_t end = std::min(text.size(), limit);
  while (end < text.size() && end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0U) == 0x80U) {
    --end;
  }
  std::string out;
  append_printable(out, text.substr(0, end));
  return end < text.size() ? out + "..." : out;
}

std::string padded(const std::string& text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

void Rows::add(std::string line) {
  if (!is_full()) {
    lines_.push_back(std::move(line));
  }
  ++count_;
}

Rows tree_rows(const lang::Expr& condition) {
  TreeWriter writer;
  writer.add(condition, nullptr, 0, "");
  return std::move(writer.rows);
}

Rows leaf_rows(const lang::Expr& condition) {
  Rows rows;
  add_leaves(condition, rows);
  return rows;
}

}  // namespace saker
