// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_set.h"

#include <utility>

namespace saker {
namespace {

// Of each rule; none of the rules of the other kind.
std::vector<EventSet> events_of(const std::vector<Rule>& rules, bool acting) {
  std::vector<EventSet> events;
  events.reserve(rules.size());
  for (const Rule& rule : rules) {
    events.push_back(rule.acts() == acting ? rule.events : EventSet());
  }
  return events;
}

// Calls that are decided about when they have returned.
EventSet events_decided_after(const KernelFilter& filter) {
  EventSet events;
  for (uint32_t nr = 0; nr < filter.calls.size(); ++nr) {
    const auto code = EventCatalog::builtin().by_syscall(nr);
    if (code && (filter.calls[nr].kill != 0 || filter.calls[nr].would_kill != 0)) {
      events.set(*code);
    }
  }
  return events;
}

}  // namespace

bool Rule::decides(ev_decision decision) const noexcept {
  const bool is_on = enforcement == Enforcement::kOn;
  switch (decision) {
    case EV_DECISION_DENIED:
      return action == RuleAction::kDeny && is_on;
    case EV_DECISION_KILLED:
      return action == RuleAction::kKill && is_on;
    case EV_DECISION_WOULD_DENY:
      return action == RuleAction::kDeny && !is_on;
    case EV_DECISION_WOULD_KILL:
      return action == RuleAction::kKill && !is_on;
    default:
      return decision == EV_DECISION_UNDECIDED;
  }
}

RuleSet::RuleSet(Parts parts)
    : parts_(std::move(parts)),
      index_(parts_.program, events_of(parts_.rules, false)),
      acting_index_(parts_.program, events_of(parts_.rules, true)) {
  wanted_ = parts_.state_events | events_decided_after(parts_.filter);
  for (const EventSet& events : events_of(parts_.rules, false)) {
    wanted_ |= events;
  }
}

}  // namespace saker
