// SPDX-License-Identifier: Apache-2.0
// AstWalk: visits the fields of an operand, those inside transformers included.
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

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_AST_WALK_H
