// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_set.h"

#include <utility>

namespace saker {
namespace {

std::vector<EventSet> events_of(const std::vector<Rule>& rules) {
  std::vector<EventSet> events;
  events.reserve(rules.size());
  for (const Rule& rule : rules) {
    events.push_back(rule.events);
  }
  return events;
}

}  // namespace

RuleSet::RuleSet(Parts parts)
    : parts_(std::move(parts)), index_(parts_.program, events_of(parts_.rules)) {
  wanted_ = parts_.state_events;
  for (const Rule& rule : parts_.rules) {
    wanted_ |= rule.acts() ? EventSet() : rule.events;
  }
}

}  // namespace saker
