// SPDX-License-Identifier: Apache-2.0
// AstWalk: visits the fields of a tree, those inside transformers included.
#ifndef SAKER_ENGINE_LANG_AST_WALK_H
#define SAKER_ENGINE_LANG_AST_WALK_H

#include <variant>
#include <vector>

#include "engine/lang/ast.h"

namespace saker::lang {

// Calls use(field) for each field of an operand.
template <typename Use>
void for_each_field(const Operand& operand, const Use& use) {
  const auto visit_all = [&use](const std::vector<Operand>& operands) {
    for (const Operand& item : operands) {
      for_each_field(item, use);
    }
  };
  if (const auto* field = std::get_if<FieldRef>(&operand.node)) {
    use(*field);
  } else if (const auto* call = std::get_if<TransformerCall>(&operand.node)) {
    visit_all(call->args);
  } else if (const auto* list = std::get_if<OperandList>(&operand.node)) {
    visit_all(list->items);
  }
}

// Calls use(field, expr) for each field of a condition and the comparison it stands in.
template <typename Use>
void for_each_field(const Expr& expr, const Use& use) {
  const auto visit_all = [&use](const std::vector<ExprPtr>& children) {
    for (const ExprPtr& child : children) {
      for_each_field(*child, use);
    }
  };
  if (const auto* all = std::get_if<And>(&expr.node)) {
    visit_all(all->children);
  } else if (const auto* any = std::get_if<Or>(&expr.node)) {
    visit_all(any->children);
  } else if (const auto* negation = std::get_if<Not>(&expr.node)) {
    for_each_field(*negation->child, use);
  } else if (const auto* comparison = std::get_if<Comparison>(&expr.node)) {
    const auto use_here = [&](const FieldRef& field) { use(field, expr); };
    for_each_field(comparison->lhs, use_here);
    if (const auto* operand = std::get_if<Operand>(&comparison->rhs.node)) {
      for_each_field(*operand, use_here);
    }
  }
}

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_AST_WALK_H
