// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/inventory.h"

#include <variant>
#include <vector>

#include "engine/lang/checker.h"

namespace saker::lang {
namespace {

class InventoryTaker {
 public:
  InventoryTaker(const std::function<bool(std::string_view)>& is_list, Inventory& inventory)
      : is_list_(is_list), inventory_(inventory) {}

  void take(const Expr& expr) {
    if (const auto* conjunction = std::get_if<And>(&expr.node)) {
      take_all(conjunction->children);
    } else if (const auto* disjunction = std::get_if<Or>(&expr.node)) {
      take_all(disjunction->children);
    } else if (const auto* negation = std::get_if<Not>(&expr.node)) {
      take(*negation->child);
    } else if (const auto* comparison = std::get_if<Comparison>(&expr.node)) {
      take(*comparison);
    } else {
      inventory_.macros.insert(std::get<MacroRef>(expr.node).name);
    }
  }

 private:
  void take_all(const std::vector<ExprPtr>& children) {
    for (const ExprPtr& child : children) {
      take(*child);
    }
  }

  void take(const Comparison& comparison) {
    inventory_.operators.insert(comparison.op);
    take(comparison.lhs);
    if (const auto* operand = std::get_if<Operand>(&comparison.rhs.node)) {
      take(*operand);
    }
    for_each_constant(comparison.rhs, [this](const Constant& constant) {
      if (!constant.quoted && is_list_(constant.text)) {
        inventory_.lists.insert(constant.text);
      }
    });
  }

  void take(const Operand& operand) {
    if (std::holds_alternative<FieldRef>(operand.node)) {
      inventory_.fields.insert(to_text(operand));
    } else if (const auto* call = std::get_if<TransformerCall>(&operand.node)) {
      inventory_.transformers.insert(call->name);
      take_all(call->args);
    } else if (const auto* list = std::get_if<OperandList>(&operand.node)) {
      take_all(list->items);
    }
  }

  void take_all(const std::vector<Operand>& operands) {
    for (const Operand& operand : operands) {
      take(operand);
    }
  }

  const std::function<bool(std::string_view)>& is_list_;
  Inventory& inventory_;
};

}  // namespace

Inventory take_inventory(const Expr& condition,
                         const std::function<bool(std::string_view)>& is_list) {
  Inventory inventory;
  InventoryTaker(is_list, inventory).take(condition);
  return inventory;
}

}  // namespace saker::lang
