// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/condition_index.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace saker::lang {
namespace {

// What a plan depends on: the conditions for a kind of event, and the predicates that hold for it.
struct PlanKey {
  std::vector<uint32_t> conditions;
  std::vector<uint32_t> true_predicates;

  friend auto operator<=>(const PlanKey&, const PlanKey&) = default;
};

PlanKey plan_key(const Program& program, const std::vector<EventSet>& events, size_t code) {
  PlanKey key;
  for (uint32_t i = 0; i < events.size(); ++i) {
    if (events[i].test(code)) {
      key.conditions.push_back(i);
    }
  }
  for (uint32_t i = 0; !key.conditions.empty() && i < program.facts().size(); ++i) {
    const auto* type = std::get_if<EventSet>(&program.facts()[i]);
    if (type != nullptr && type->test(code)) {
      key.true_predicates.push_back(i);
    }
  }
  return key;
}

void look_up(const KeyTable& keys, const Value& value, CandidateSet& found) noexcept {
  if (value.kind() != Value::Kind::kList) {
    keys.find(value, found);
    return;
  }
  for (const Value& item : value.as_list()) {
    keys.find(item, found);
  }
}

}  // namespace

ConditionIndex::ConditionIndex(const Program& program, const std::vector<EventSet>& events)
    : plan_of_(kMaxEventCodes) {
  std::map<PlanKey, uint32_t> known;
  for (size_t code = 0; code < kMaxEventCodes; ++code) {
    const auto next = static_cast<uint32_t>(plans_.size());
    const auto [found, is_new] = known.emplace(plan_key(program, events, code), next);
    if (is_new) {
      plans_.push_back(make_plan(program, found->first.conditions, static_cast<EventCode>(code)));
    }
    plan_of_[code] = found->second;
  }
}

void ConditionIndex::find(EventCode code, const Event& event, Evaluator& evaluator,
                          CandidateSet& found) const noexcept {
  const std::vector<Plan::Group>& groups = plans_[plan_of_[code]].groups;
  for (size_t next = 0; next < groups.size();) {
    const Plan::Group& group = groups[next];
    if (group.guard && evaluator.test(group.guard->predicate, event) != group.guard->holds) {
      next = group.end;
      continue;
    }
    for (const uint32_t condition : group.always) {
      found.insert(condition);
    }
    for (const Plan::Lookup& lookup : group.lookups) {
      look_up(lookup.keys, evaluator.values().of(lookup.operand, event), found);
    }
    ++next;
  }
}

std::optional<ConditionIndex::Route> ConditionIndex::route_to(uint32_t condition,
                                                              EventCode code) const {
  const std::vector<Plan::Group>& groups = plans_[plan_of_[code]].groups;
  const auto has = [condition](const std::vector<uint32_t>& conditions) {
    return std::ranges::find(conditions, condition) != conditions.end();
  };
  const auto target = std::ranges::find_if(
      groups, [&](const Plan::Group& group) { return has(group.always) || has(group.found); });
  if (target == groups.end()) {
    return std::nullopt;
  }
  Route route;
  route.is_looked_up = has(target->found);
  const auto place = static_cast<uint32_t>(target - groups.begin());
  for (uint32_t i = 0; i <= place; ++i) {
    if (groups[i].end > place && groups[i].guard) {
      route.guards.push_back(*groups[i].guard);
    }
  }
  return route;
}

}  // namespace saker::lang
