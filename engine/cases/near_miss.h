// SPDX-License-Identifier: Apache-2.0
// NearMiss: why a rule that was to give an alert gave none: of the events that it can be about, the
// one that came furthest in its condition, and the comparison that ended it there.
#ifndef SAKER_ENGINE_CASES_NEAR_MISS_H
#define SAKER_ENGINE_CASES_NEAR_MISS_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/lang/evaluator.h"
#include "engine/rules/describe.h"
#include "engine/rules/rule_set.h"

namespace saker {

class Event;

// The comparisons of a condition, in the order of its text.
[[nodiscard]] std::vector<const lang::Expr*> comparisons_of(const lang::Expr& condition);

// That there was nothing to ask the rule about.
[[nodiscard]] std::string unasked_text(const Rule& rule);

class NearMiss {
 public:
  // Borrows both, which come from the same load. Requires: rule < rules.rules().size().
  NearMiss(const RuleSet& rules, const RulesDescription& description, uint32_t rule);

  [[nodiscard]] uint32_t rule() const noexcept { return rule_; }
  // Takes in an event that the rule gave no alert for; `place` tells people which one it is.
  void add(const Event& event, const std::function<std::string()>& place);
  // One sentence.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::string comparison_text(uint32_t number, const Event& event, bool holds) const;

  const RuleSet& rules_;
  uint32_t rule_;
  std::vector<const lang::Expr*> comparisons_;
  lang::Evaluator evaluator_;
  uint32_t progress_ = 0;  // comparisons that were behind the best event, and 1; 0: no event yet
  std::string best_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_NEAR_MISS_H
