// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/enforcement_policy.h"

#include <algorithm>

namespace saker {

Enforcement EnforcementPolicy::mode_of(const RuleDefinition& rule) const {
  Enforcement asked = rule.enforcement.value_or(mode);
  for (const EnforcementSelection& selection : rules) {
    if (names_rule(selection.rules, rule)) {
      asked = selection.mode;
    }
  }
  return std::min(asked, mode);
}

}  // namespace saker
