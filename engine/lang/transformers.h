// SPDX-License-Identifier: Apache-2.0
// TransformerDef: one row per transformer (`tolower(...)`): name, typing rule, documentation and
// behaviour. The parser takes the names from it.
#ifndef SAKER_ENGINE_LANG_TRANSFORMERS_H
#define SAKER_ENGINE_LANG_TRANSFORMERS_H

#include <span>
#include <string>
#include <string_view>

#include "engine/scratch.h"
#include "engine/value.h"

namespace saker::lang {

// What is known of an argument, or of a result, before an event is seen.
struct OperandType {
  FieldType type = FieldType::kCharBuf;
  bool is_list = false;
};

struct TransformerDef {
  std::string_view name;
  std::string_view signature;
  std::string_view doc;
  bool takes_bracket;  // NAME(...)[x]
  // The type of the result; false: `error` tells what is wrong with the arguments.
  bool (*check)(std::span<const OperandType> args, bool has_bracket, OperandType& result,
                std::string& error);
  // Noexcept, allocation-free. Requires: no argument is missing.
  Value (*eval)(std::span<const Value> args, std::string_view bracket, Scratch& scratch) noexcept;
};

// Numbers that may be items of join() and of lists in parentheses, as their decimal text.
[[nodiscard]] bool is_joinable_number(FieldType type) noexcept;
// The text of an integer; any other value unchanged.
[[nodiscard]] Value decimal_text(const Value& value, Scratch& scratch) noexcept;

// val() is not among them: it is a notation, not a computation.
[[nodiscard]] std::span<const TransformerDef> transformers() noexcept;
[[nodiscard]] const TransformerDef* find_transformer(std::string_view name) noexcept;

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_TRANSFORMERS_H
