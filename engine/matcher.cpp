// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.h"

#include <utility>

namespace saker {

Matcher::Matcher(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), evaluator_(rules_->program()), candidates_(rules_->rules().size()) {
  matched_.reserve(rules_->rules().size());
}

std::span<const uint32_t> Matcher::match(const Event& event) noexcept {
  matched_.clear();
  evaluator_.start();
  rules_->index().find(event.code(), event, evaluator_, candidates_);
  candidates_.drain([&](uint32_t rule) {
    const bool holds = evaluator_.holds(rule, event);
    if (holds) {
      matched_.push_back(rule);
    }
    return !holds || rules_->matching() == RuleMatching::kAll;
  });
  return matched_;
}

}  // namespace saker
