// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/resolver.h"

#include <map>
#include <utility>

namespace saker::lang {
namespace {

using OriginPtr = std::shared_ptr<const Origin>;

// Copies a resolved macro to where it is used: its nodes get the place of the use.
class Splicer {
 public:
  Splicer(OriginPtr use, size_t& nodes_left) : use_(std::move(use)), nodes_left_(nodes_left) {}

  // Null: too deep or too many nodes.
  ExprPtr copy(const Expr& expr, size_t depth);

 private:
  OriginPtr rebase(const OriginPtr& origin);
  bool copy_children(const std::vector<ExprPtr>& from, std::vector<ExprPtr>& to, size_t depth);

  OriginPtr use_;
  size_t& nodes_left_;
  std::map<const Origin*, OriginPtr> rebased_;
};

OriginPtr Splicer::rebase(const OriginPtr& origin) {
  if (origin == nullptr) {
    return use_;
  }
  const auto known = rebased_.find(origin.get());
  if (known != rebased_.end()) {
    return known->second;
  }
  auto copy = std::make_shared<Origin>(*origin);
  copy->parent = rebase(origin->parent);
  rebased_.emplace(origin.get(), copy);
  return copy;
}

bool Splicer::copy_children(const std::vector<ExprPtr>& from, std::vector<ExprPtr>& to,
                            size_t depth) {
  to.reserve(from.size());
  for (const ExprPtr& child : from) {
    to.push_back(copy(*child, depth + 1));
    if (to.back() == nullptr) {
      return false;
    }
  }
  return true;
}

ExprPtr Splicer::copy(const Expr& expr, size_t depth) {
  if (depth > kMaxResolvedDepth || nodes_left_ == 0) {
    return nullptr;
  }
  --nodes_left_;
  auto result = std::make_unique<Expr>();
  result->span = expr.span;
  result->origin = rebase(expr.origin);
  bool complete = true;
  if (const And* and_node = std::get_if<And>(&expr.node)) {
    complete = copy_children(and_node->children, result->node.emplace<And>().children, depth);
  } else if (const Or* or_node = std::get_if<Or>(&expr.node)) {
    complete = copy_children(or_node->children, result->node.emplace<Or>().children, depth);
  } else if (const Not* not_node = std::get_if<Not>(&expr.node)) {
    ExprPtr child = copy(*not_node->child, depth + 1);
    complete = child != nullptr;
    result->node.emplace<Not>().child = std::move(child);
  } else {
    result->node.emplace<Comparison>(std::get<Comparison>(expr.node));
  }
  return complete ? std::move(result) : nullptr;
}

class Resolver {
 public:
  Resolver(const Definitions& definitions, std::vector<Finding>& findings)
      : definitions_(definitions), findings_(findings) {}

  Resolution resolve(const Expr& condition) {
    ExprPtr tree = resolve(condition, 0);
    return {std::move(tree), complete_};
  }

 private:
  // Null: nothing is left of it.
  ExprPtr resolve(const Expr& expr, size_t depth);
  bool resolve_children(const std::vector<ExprPtr>& from, std::vector<ExprPtr>& to, size_t depth);
  ExprPtr resolve_macro(const MacroRef& macro, const Expr& expr, size_t depth);
  bool resolve_comparison(Comparison& comparison, const Expr& expr);
  bool replace_list(std::vector<Constant>& items, const Expr& expr);
  // The only item of the list that a bare right-hand side names.
  const Constant* only_item(const ListDef& list, Span span, const Expr& expr);
  const ListDef* find_list(const Constant& constant) {
    return constant.quoted ? nullptr : definitions_.list(constant.text);
  }
  void error(const FindingCode& code, std::string message, std::string hint, Span span,
             const Expr& expr) {
    complete_ = false;
    findings_.push_back(
        {true, code, std::move(message), std::move(hint), span, expr.origin, false});
  }

  const Definitions& definitions_;
  std::vector<Finding>& findings_;
  bool complete_ = true;
};

// False: no child is left.
bool Resolver::resolve_children(const std::vector<ExprPtr>& from, std::vector<ExprPtr>& to,
                                size_t depth) {
  to.reserve(from.size());
  for (const ExprPtr& child : from) {
    if (ExprPtr resolved = resolve(*child, depth + 1)) {
      to.push_back(std::move(resolved));
    }
  }
  return !to.empty();
}

ExprPtr Resolver::resolve_macro(const MacroRef& macro, const Expr& expr, size_t depth) {
  const MacroDef* def = definitions_.macro(macro.name);
  if (def == nullptr) {
    const ListDef* list = definitions_.list(macro.name);
    error(code::kValidate, "unknown macro '" + macro.name + "'",
          list != nullptr ? "'" + macro.name + "' is a list; write FIELD in (" + macro.name + ")"
                          : definitions_.macro_hint(macro.name),
          expr.span, expr);
    return nullptr;
  }
  if (!def->problem.empty()) {
    error(code::kValidate, def->problem, def->hint, expr.span, expr);
    return nullptr;
  }
  complete_ = complete_ && def->complete;
  if (def->condition == nullptr) {
    return nullptr;
  }
  auto use = std::make_shared<Origin>(Origin{def->source, def->name, expr.origin, expr.span});
  Splicer splicer(std::move(use), definitions_.budget->macro_nodes);
  ExprPtr copy = splicer.copy(*def->condition, depth);
  if (copy == nullptr) {
    error(code::kCompileCondition,
          "the condition grows too large when macro '" + macro.name + "' is replaced", "",
          expr.span, expr);
  }
  return copy;
}

bool Resolver::replace_list(std::vector<Constant>& items, const Expr& expr) {
  std::vector<Constant> replaced;
  replaced.reserve(items.size());
  for (Constant& item : items) {
    const ListDef* list = find_list(item);
    if (list == nullptr) {
      replaced.push_back(std::move(item));
      continue;
    }
    if (list->items.size() > definitions_.budget->list_items) {
      error(code::kCompileCondition,
            "the conditions grow too large when list '" + list->name + "' is replaced", "",
            item.span, expr);
      return false;
    }
    definitions_.budget->list_items -= list->items.size();
    for (const Constant& constant : list->items) {
      replaced.push_back(constant);
      replaced.back().span = item.span;
    }
  }
  items = std::move(replaced);
  return true;
}

const Constant* Resolver::only_item(const ListDef& list, Span span, const Expr& expr) {
  if (list.items.size() == 1) {
    return &list.items[0];
  }
  error(code::kCompileCondition,
        "list '" + list.name + "' stands for " + std::to_string(list.items.size()) +
            " values where one is expected",
        "write FIELD in (" + list.name + ")", span, expr);
  return nullptr;
}

bool Resolver::resolve_comparison(Comparison& comparison, const Expr& expr) {
  RightHandSide& rhs = comparison.rhs;
  if (auto* items = std::get_if<std::vector<Constant>>(&rhs.node)) {
    const ListDef* bare = rhs.bare_list ? find_list(items->front()) : nullptr;
    if (bare != nullptr && only_item(*bare, items->front().span, expr) == nullptr) {
      return false;
    }
    rhs.bare_list = rhs.bare_list && bare == nullptr;
    return replace_list(*items, expr);
  }
  if (auto* constant = std::get_if<Constant>(&rhs.node)) {
    const ListDef* list = find_list(*constant);
    if (list != nullptr) {
      const Constant* item = only_item(*list, constant->span, expr);
      if (item == nullptr) {
        return false;
      }
      *constant = {item->text, item->quoted, constant->span};
    }
  }
  return true;
}

ExprPtr Resolver::resolve(const Expr& expr, size_t depth) {
  if (const MacroRef* macro = std::get_if<MacroRef>(&expr.node)) {
    return resolve_macro(*macro, expr, depth);
  }
  auto result = std::make_unique<Expr>();
  result->span = expr.span;
  result->origin = expr.origin;
  bool is_left = true;
  if (const And* and_node = std::get_if<And>(&expr.node)) {
    is_left = resolve_children(and_node->children, result->node.emplace<And>().children, depth);
  } else if (const Or* or_node = std::get_if<Or>(&expr.node)) {
    is_left = resolve_children(or_node->children, result->node.emplace<Or>().children, depth);
  } else if (const Not* not_node = std::get_if<Not>(&expr.node)) {
    ExprPtr child = resolve(*not_node->child, depth + 1);
    is_left = child != nullptr;
    result->node.emplace<Not>().child = std::move(child);
  } else {
    auto& comparison = result->node.emplace<Comparison>(std::get<Comparison>(expr.node));
    is_left = resolve_comparison(comparison, expr);
  }
  return is_left ? std::move(result) : nullptr;
}

}  // namespace

Resolution resolve(const Expr& condition, const Definitions& definitions,
                   std::vector<Finding>& findings) {
  return Resolver(definitions, findings).resolve(condition);
}

}  // namespace saker::lang
