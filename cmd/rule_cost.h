// SPDX-License-Identifier: Apache-2.0
// RuleCost: what each rule costs, as far as it can be told before the sensor runs: which events
// reach user space because of it, and what the matcher has to do with them. For
// `saker check --cost`.
//
// Shares are guesses, made from how often events happen on a busy host; they are good for an order.
#ifndef SAKER_CMD_RULE_COST_H
#define SAKER_CMD_RULE_COST_H

#include <string>
#include <vector>

#include "engine/rules/describe.h"
#include "engine/rules/rule_set.h"
#include "outputs/json.h"

namespace saker {

struct RuleCost {
  std::string rule;
  double share = 0;        // of all events, those that reach user space because of the rule
  double tried_share = 0;  // of all events, those for which the matcher cannot look the rule up
  std::string reason;      // what reaches user space, of the kinds of events that cost most
  std::vector<std::string> hints = {};  // cheaper wordings
};

// Of the loaded rules, the most expensive first. Requires: both come from the same load.
[[nodiscard]] std::vector<RuleCost> rule_costs(const RulesDescription& description,
                                               const RuleSet& rules);

// A line for each rule, its hints below it.
[[nodiscard]] std::string to_text(const std::vector<RuleCost>& costs);
// An array of objects.
void write_json(JsonWriter& json, const std::vector<RuleCost>& costs);

}  // namespace saker

#endif  // SAKER_CMD_RULE_COST_H
