// SPDX-License-Identifier: Apache-2.0
// Harness: compiles and evaluates one condition over mock fields.
#ifndef SAKER_TESTS_ENGINE_LANG_HARNESS_H
#define SAKER_TESTS_ENGINE_LANG_HARNESS_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"
#include "tests/engine/lang/mock_fields.h"

namespace saker::lang::test {

// The tree of a text that must parse.
[[nodiscard]] ExprPtr must_parse(std::string_view text);

// The findings about a condition, in order.
[[nodiscard]] std::vector<Finding> check(MockFields& fields, std::string_view condition);

// "error: MESSAGE" or "warning: MESSAGE" with " [HINT]" for each finding, one per line.
[[nodiscard]] std::string to_text(const std::vector<Finding>& findings);

// "true" or "false", or the text of the findings when the condition is refused.
[[nodiscard]] std::string evaluate(MockFields& fields, std::string_view condition);

}  // namespace saker::lang::test

#endif  // SAKER_TESTS_ENGINE_LANG_HARNESS_H
