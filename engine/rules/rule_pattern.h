// SPDX-License-Identifier: Apache-2.0
// RulePattern: rules that an item of the configuration names, by name or by tag.
#ifndef SAKER_ENGINE_RULES_RULE_PATTERN_H
#define SAKER_ENGINE_RULES_RULE_PATTERN_H

#include <cstdint>
#include <deque>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/rules/document.h"
#include "engine/rules/merge.h"

namespace saker {

struct RulePattern {
  enum class By : uint8_t { kName, kTag };
  By by = By::kName;
  Text text;  // kName: `*` stands for any text
};

[[nodiscard]] bool names_rule(const RulePattern& pattern, const RuleDefinition& rule);

// Warns when the pattern names none of the rules: most likely it is misspelt, and something is
// watched, or is not, against the user's will. `consequence` ends the message.
void warn_if_idle(const RulePattern& pattern, std::string_view consequence,
                  const std::deque<RuleDefinition>& rules, Diagnostics& diagnostics);

// An item of the configuration's `rules`.
struct RuleSelection {
  bool enable = true;
  RulePattern rules;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_RULE_PATTERN_H
