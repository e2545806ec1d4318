// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/enforcement_policy.h"

#include <algorithm>
#include <string_view>

#include "engine/filter/enforcement_hooks.h"

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

std::string EnforcementPolicy::missing_for(const EventSet& events) const {
  std::string names;
  std::string_view reason;
  for (const filter::EnforcementHook& hook : filter::enforcement_hooks()) {
    const std::string& missing = missing_hooks[hook.hook];
    if (!missing.empty() && hook.sees_any(events, EventCatalog::builtin())) {
      reason = names.empty() ? std::string_view(missing) : reason;
      names += (names.empty() ? "" : ", ") + std::string(hook.name);
    }
  }
  return names.empty() ? names : names + ": " + std::string(reason);
}

}  // namespace saker
