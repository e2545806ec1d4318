// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.h"

#include <utility>

namespace saker {
namespace {

// A successful exec has a record of its own; that of the call is there for what was decided.
bool is_told_twice(const Event& event) noexcept {
  static const EventSet kExecs =
      EventCatalog::builtin().find("execve") | EventCatalog::builtin().find("execveat");
  return event.decision() != EV_DECISION_NONE && kExecs.test(event.code()) &&
         event.return_value() >= 0;
}

}  // namespace

Matcher::Matcher(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), evaluator_(rules_->program()), candidates_(rules_->rules().size()) {
  matched_.reserve(rules_->rules().size());
}

std::span<const uint32_t> Matcher::match(const Event& event) noexcept {
  matched_.clear();
  evaluator_.start();
  if (!event.is_asked() && !is_told_twice(event)) {
    try_rules(rules_->index(), event, Which::kAll);
  }
  if (event.decision() != EV_DECISION_NONE) {
    const size_t ordinary = matched_.size();
    try_rules(rules_->acting_index(), event, Which::kThoseThatDecide);
    // In another mode than that of these rules: a replay.
    if (matched_.size() == ordinary) {
      try_rules(rules_->acting_index(), event, Which::kAll);
    }
  }
  return matched_;
}

void Matcher::try_rules(const lang::ConditionIndex& index, const Event& event,
                        Which which) noexcept {
  index.find(event.code(), event, evaluator_, candidates_);
  candidates_.drain([&](uint32_t rule) {
    const bool holds = (which == Which::kAll || rules_->rules()[rule].decides(event.decision())) &&
                       evaluator_.holds(rule, event);
    if (holds) {
      matched_.push_back(rule);
    }
    return !holds || rules_->matching() == RuleMatching::kAll;
  });
}

}  // namespace saker
