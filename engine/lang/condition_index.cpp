// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/condition_index.h"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "engine/lang/anchor.h"

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
  KeyBuffer buffer;
  if (const std::optional<std::string_view> key = key_of(value, buffer)) {
    keys.find(*key, found);
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

ConditionIndex::Plan ConditionIndex::make_plan(const Program& program,
                                               const std::vector<uint32_t>& conditions,
                                               EventCode code) {
  Plan plan;
  std::map<uint32_t, std::vector<KeyTable::Entry>> entries;  // by operand
  for (const uint32_t condition : conditions) {
    const std::optional<Anchor> anchor = find_anchor(program, condition, code);
    if (!anchor) {
      plan.always.push_back(condition);
      continue;
    }
    for (const uint32_t predicate : *anchor) {
      const auto& fact = std::get<KeyFact>(program.facts()[predicate]);
      for (const std::string& key : fact.keys) {
        entries[fact.operand].push_back({fact.likeness, key, condition});
      }
    }
  }
  for (auto& [operand, list] : entries) {
    plan.lookups.push_back({operand, KeyTable(std::move(list))});
  }
  return plan;
}

void ConditionIndex::find(EventCode code, const Event& event, OperandValues& values,
                          CandidateSet& found) const noexcept {
  const Plan& plan = plans_[plan_of_[code]];
  for (const uint32_t condition : plan.always) {
    found.insert(condition);
  }
  for (const Lookup& lookup : plan.lookups) {
    const Value& value = values.of(lookup.operand, event);
    if (value.kind() != Value::Kind::kList) {
      look_up(lookup.keys, value, found);
      continue;
    }
    for (const Value& item : value.as_list()) {
      look_up(lookup.keys, item, found);
    }
  }
}

}  // namespace saker::lang
