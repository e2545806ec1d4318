// SPDX-License-Identifier: Apache-2.0
// The kinds of CompiledOperand (program.h): field, constant, list in parentheses, transformer.
#ifndef SAKER_ENGINE_LANG_OPERAND_H
#define SAKER_ENGINE_LANG_OPERAND_H

#include <memory>
#include <string>
#include <vector>

#include "engine/fields/catalog.h"
#include "engine/lang/program.h"
#include "engine/lang/transformers.h"

namespace saker::lang {

using OperandPtr = std::shared_ptr<const CompiledOperand>;

// Requires: `catalog` resolves name and argument without an error.
[[nodiscard]] OperandPtr make_field_operand(const FieldCatalog& catalog, std::string name,
                                            bool has_arg, std::string arg);
[[nodiscard]] OperandPtr make_constant_operand(std::string text);
// A list of texts; numbers among the items are turned into theirs.
[[nodiscard]] OperandPtr make_list_operand(std::vector<OperandPtr> items);
// Requires: def.check() accepts the types of `args`.
[[nodiscard]] OperandPtr make_transformer_operand(const TransformerDef& def, OperandType type,
                                                  std::vector<OperandPtr> args,
                                                  std::string bracket);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_OPERAND_H
