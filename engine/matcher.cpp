// SPDX-License-Identifier: Apache-2.0
#include "engine/matcher.h"

#include <utility>

namespace saker {

Matcher::Matcher(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)), evaluator_(rules_->program()) {
  matched_.reserve(rules_->rules().size());
}

std::span<const uint32_t> Matcher::match(const Event& event) noexcept {
  matched_.clear();
  evaluator_.start();
  for (const uint32_t rule : rules_->candidates(event.code())) {
    if (evaluator_.holds(rule, event)) {
      matched_.push_back(rule);
      if (rules_->matching() == RuleMatching::kFirst) {
        break;
      }
    }
  }
  return matched_;
}

}  // namespace saker
