// SPDX-License-Identifier: Apache-2.0
// Matcher - step 5 of 8 (README, "The data path"): which rules hold for this event?
//
// Threads:   one Matcher per reader; shares an immutable RuleSet.
// Ownership: borrows the event for the call.
// Errors:    none; a predicate on an absent field does not hold.
// Cost:      no allocation, no lock, no system call.
#ifndef SAKER_ENGINE_MATCHER_H
#define SAKER_ENGINE_MATCHER_H

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/event.h"
#include "engine/lang/candidate_set.h"
#include "engine/lang/evaluator.h"
#include "engine/rules/rule_set.h"

namespace saker {

class Matcher {
 public:
  explicit Matcher(std::shared_ptr<const RuleSet> rules);

  // Indexes into rules().rules() of the rules that hold, in load order; with RuleMatching::kFirst
  // at most one, and at most one more for what was decided after the call. Valid until the next
  // call.
  std::span<const uint32_t> match(const Event& event) noexcept;

  [[nodiscard]] const RuleSet& rules() const noexcept { return *rules_; }

 private:
  enum class Which : uint8_t { kAll, kThoseThatDecide };
  void try_rules(const lang::ConditionIndex& index, const Event& event, Which which) noexcept;

  std::shared_ptr<const RuleSet> rules_;
  lang::Evaluator evaluator_;
  lang::CandidateSet candidates_;
  std::vector<uint32_t> matched_;  // reserved to the number of rules
};

}  // namespace saker

#endif  // SAKER_ENGINE_MATCHER_H
