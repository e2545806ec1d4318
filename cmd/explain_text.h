// SPDX-License-Identifier: Apache-2.0
// ExplainText: a rule as `saker explain` shows it to a person.
//
// Rule files may be hostile or huge: texts are cut, long lists too, with a count of the rest, and
// control characters are shown as '?'.
#ifndef SAKER_CMD_EXPLAIN_TEXT_H
#define SAKER_CMD_EXPLAIN_TEXT_H

#include <string>

#include "engine/rules/describe.h"
#include "engine/rules/rule_set.h"

namespace saker {

// Requires: `rule` is one of `all`, and `rules` comes from the same load.
[[nodiscard]] std::string explain_rule(const RuleDescription& rule, const RulesDescription& all,
                                       const RuleSet& rules);

// "alert", "deny, enforcement audit": what a rule does when it holds.
[[nodiscard]] std::string action_text(RuleAction action, Enforcement enforcement);

}  // namespace saker

#endif  // SAKER_CMD_EXPLAIN_TEXT_H
