// SPDX-License-Identifier: Apache-2.0
// What a case says of rules, checked against the rules: their names, and the fields of their
// outputs.
#ifndef SAKER_ENGINE_CASES_CASE_CHECKS_H
#define SAKER_ENGINE_CASES_CASE_CHECKS_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/cases/case.h"
#include "engine/rules/rule_set.h"

namespace saker {

// An error in a case, at a place of it.
[[nodiscard]] Diagnostic case_error(const Case& test_case, Span span, std::string message,
                                    std::string hint = {});

[[nodiscard]] std::optional<uint32_t> find_rule(const RuleSet& rules, std::string_view name);

// A silence of a rule that is not there, and an alert that no rule can give, would tell nothing.
void check_names(const Case& test_case, const RuleSet& rules, Diagnostics& findings);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_CASE_CHECKS_H
