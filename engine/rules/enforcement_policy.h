// SPDX-License-Identifier: Apache-2.0
// EnforcementPolicy: what the configuration says about rules with an action.
#ifndef SAKER_ENGINE_RULES_ENFORCEMENT_POLICY_H
#define SAKER_ENGINE_RULES_ENFORCEMENT_POLICY_H

#include <array>
#include <string>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/rules/action.h"
#include "engine/rules/merge.h"
#include "engine/rules/rule_pattern.h"
#include "probes/wire.h"

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
  // By enum ev_hook, why the kernel cannot be asked there; empty: it can.
  std::array<std::string, EV_HOOKS> missing_hooks = {};
  bool kills_at_hooks = true;  // else when the call has returned

  // Of a rule: what the last item says that names it, else what it says itself, and never more
  // than `mode`.
  [[nodiscard]] Enforcement mode_of(const RuleDefinition& rule) const;
  // Those of the missing hooks that see some of the events, and why the first is missing:
  // "file_open, mmap_file: the kernel has no BPF-LSM". Empty: the kernel can be asked about all.
  [[nodiscard]] std::string missing_for(const EventSet& events) const;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_ENFORCEMENT_POLICY_H
