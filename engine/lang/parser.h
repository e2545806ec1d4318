// SPDX-License-Identifier: Apache-2.0
// Parser: condition text -> tree (ast.h), by the grammar of conditions.
#ifndef SAKER_ENGINE_LANG_PARSER_H
#define SAKER_ENGINE_LANG_PARSER_H

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "engine/lang/ast.h"

namespace saker::lang {

inline constexpr uint32_t kDefaultDepth = 100;
inline constexpr uint32_t kRuleConditionDepth = 1000;

struct ParseError {
  std::string message;  // e.g. "expected a ')' token"
  std::string hint;
  Span span;
};

using ParseResult = std::variant<ExprPtr, ParseError>;

// The whole text must be one condition. Deeper nesting than `max_depth` is an error.
[[nodiscard]] ParseResult parse_condition(std::string_view text,
                                          uint32_t max_depth = kDefaultDepth);

// What a list item means where the list is used: the constants it stands for (`"a b"` is one).
[[nodiscard]] std::variant<std::vector<Constant>, ParseError> parse_list_item(
    std::string_view text);

// One field or transformer expression (exception fields); the whole text must be used.
[[nodiscard]] std::variant<Operand, ParseError> parse_operand(std::string_view text);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_PARSER_H
