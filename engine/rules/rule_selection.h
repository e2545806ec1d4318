// SPDX-License-Identifier: Apache-2.0
// RuleSelection: an item of the configuration's `rules`, which switches rules on or off by name or
// tag.
#ifndef SAKER_ENGINE_RULES_RULE_SELECTION_H
#define SAKER_ENGINE_RULES_RULE_SELECTION_H

#include <cstdint>
#include <deque>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rules/document.h"
#include "engine/rules/merge.h"

namespace saker {

struct RuleSelection {
  enum class By : uint8_t { kName, kTag };
  bool enable = true;
  By by = By::kName;
  Text pattern;  // kName: `*` stands for any text
};

[[nodiscard]] bool selects(const RuleSelection& selection, const RuleDefinition& rule);

// Warns of each item that selects none of the rules: most likely a name is misspelt, and something
// is watched, or is not, against the user's will.
void warn_about_idle(const std::vector<RuleSelection>& selections,
                     const std::deque<RuleDefinition>& rules, Diagnostics& diagnostics);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_RULE_SELECTION_H
