// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/acting_conditions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/check.h"
#include "engine/filter/exact_clauses.h"

namespace saker::filter {
namespace {

const EventDef& def_of(const EventCatalog& events, std::string_view name) {
  return events.def(static_cast<EventCode>(events.find(name)._Find_first()));
}

Call call_at(const EventCatalog& events, const EnforcementHook& hook) {
  return call_of(def_of(events, hook.events.front()), hook);
}

Call call_at_return(const EventDef& def) {
  Call call = call_of(def);
  call.has_succeeded = true;
  return call;
}

// Calls that fail are not asked about.
void demand_success(std::vector<Box>& clauses, AxisSizes sizes) {
  const Box success{{{EV_DIM_RESULT, ClassSet::of({0})}}};
  for (Box& clause : clauses) {
    Box both;
    SAKER_CHECK(intersect(clause, success, sizes, both));
    clause = std::move(both);
  }
}

}  // namespace

struct ActingConditions::Target {
  const Vocabulary& vocabulary;
  TableWriter& writer;
  std::vector<Overflow>& overflows;
};

void ActingConditions::add(Condition condition, const EventSet& events, ev_act act, Means means) {
  SAKER_CHECK(means == Means::kHooks || act == EV_ACT_KILL || act == EV_ACT_WOULD_KILL);
  conditions_.push_back({std::move(condition), events, act, means});
}

bool ActingConditions::is_about(const Acting& acting, const EnforcementHook& hook) const {
  return acting.means == Means::kHooks && hook.sees_any(acting.events, events_);
}

std::vector<Box> ActingConditions::clauses_for(const Call& call,
                                               const std::vector<size_t>& conditions,
                                               const Target& target) const {
  std::vector<Box> clauses;
  for (const size_t number : conditions) {
    ExactClauses exact = exact_clauses_of(conditions_[number].condition, call, target.vocabulary);
    if (!exact.is_exact()) {
      target.overflows.push_back({number, "too many texts are searched for in paths"});
      continue;
    }
    std::ranges::move(exact.boxes, std::back_inserter(clauses));
  }
  join_alike(clauses, target.vocabulary.sizes());
  if (clauses.size() > EV_CLAUSES) {
    target.overflows.push_back({conditions.back(), "too many conditions that are not alike"});
    clauses.clear();
  }
  return clauses;
}

void ActingConditions::write_hook(const EnforcementHook& hook, ev_act act,
                                  const Target& target) const {
  std::vector<size_t> conditions;
  for (size_t i = 0; i < conditions_.size(); ++i) {
    if (conditions_[i].act == act && is_about(conditions_[i], hook)) {
      conditions.push_back(i);
    }
  }
  if (conditions.empty()) {
    return;
  }
  const std::vector<Box> clauses = clauses_for(call_at(events_, hook), conditions, target);
  if (!clauses.empty() && !target.writer.add(hook.hook, act, clauses)) {
    target.overflows.push_back({conditions.back(), "the kernel's tables are full"});
  }
}

void ActingConditions::write_return(EventCode code, ev_act act, const Target& target) const {
  std::vector<size_t> conditions;
  for (size_t i = 0; i < conditions_.size(); ++i) {
    const Acting& acting = conditions_[i];
    if (acting.act == act && acting.means == Means::kReturn && acting.events.test(code)) {
      conditions.push_back(i);
    }
  }
  const EventDef& def = events_.def(code);
  if (conditions.empty() || def.syscall_nr < 0) {
    return;
  }
  const Call call = call_at_return(def);
  std::vector<Box> clauses = clauses_for(call, conditions, target);
  demand_success(clauses, target.vocabulary.sizes());
  if (!clauses.empty() && !target.writer.add(call, act, clauses)) {
    target.overflows.push_back({conditions.back(), "the kernel's tables are full"});
  }
}

void ActingConditions::write(const Vocabulary& vocabulary, TableWriter& writer,
                             std::vector<Overflow>& overflows) const {
  const Target target{vocabulary, writer, overflows};
  for (const ev_act act : {EV_ACT_DENY, EV_ACT_KILL, EV_ACT_WOULD_DENY, EV_ACT_WOULD_KILL}) {
    for (const EnforcementHook& hook : enforcement_hooks()) {
      write_hook(hook, act, target);
    }
    for (size_t code = 0; code < events_.size(); ++code) {
      write_return(static_cast<EventCode>(code), act, target);
    }
  }
}

std::vector<ActingConditions::Place> ActingConditions::places_of(size_t condition,
                                                                 const Vocabulary& vocabulary,
                                                                 const ClauseText& text) const {
  const Acting& acting = conditions_[condition];
  std::vector<Place> places;
  const auto add_place = [&](std::string_view name, const Call& call) {
    const ExactClauses exact = exact_clauses_of(acting.condition, call, vocabulary);
    if (exact.boxes.empty()) {
      return;
    }
    Place& place = places.emplace_back(Place{name, {}});
    for (const Box& clause : exact.boxes) {
      std::vector<std::string>& texts = place.clauses.emplace_back();
      for (const Box::Side& side : clause.sides) {
        texts.push_back(text.of(side, acting.condition, call));
      }
    }
  };
  for (const EnforcementHook& hook : enforcement_hooks()) {
    if (is_about(acting, hook)) {
      add_place(hook.name, call_at(events_, hook));
    }
  }
  for (size_t code = 0; code < events_.size(); ++code) {
    const EventDef& def = events_.def(static_cast<EventCode>(code));
    if (acting.means == Means::kReturn && acting.events.test(code) && def.syscall_nr >= 0) {
      add_place(def.name, call_at_return(def));
    }
  }
  return places;
}

}  // namespace saker::filter
