// SPDX-License-Identifier: Apache-2.0
// EnforcementPolicy: what the configuration says about rules with an action.
#ifndef SAKER_ENGINE_RULES_ENFORCEMENT_POLICY_H
#define SAKER_ENGINE_RULES_ENFORCEMENT_POLICY_H

#include <vector>

#include "engine/rules/action.h"
#include "engine/rules/merge.h"
#include "engine/rules/rule_pattern.h"

namespace saker {

// An item of the configuration's `enforcement.rules`.
struct EnforcementSelection {
  Enforcement mode = Enforcement::kAudit;
  RulePattern rules;
};

struct EnforcementPolicy {
  // The most that any rule may do.
  Enforcement mode = Enforcement::kAudit;
  std::vector<EnforcementSelection> rules = {};  // in order, after what the rules say themselves
  DenyFallback fallback = DenyFallback::kError;
  bool can_deny = true;  // false: the kernel has no BPF-LSM; `fallback` says what comes instead

  // Of a rule: what the last item says that names it, else what it says itself, and never more
  // than `mode`.
  [[nodiscard]] Enforcement mode_of(const RuleDefinition& rule) const;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_ENFORCEMENT_POLICY_H
