// SPDX-License-Identifier: Apache-2.0
// Requirement: what an event must have for a condition to hold, as far as that can be found without
// evaluating the condition.
//
// It is computed on the jumps of the condition, from the last instruction to the first, for one
// kind of event: tests of the event's type have one outcome for it, and are jumped over.
//
//   outcomes(test) = what   outcome "holds" + outcomes(if_true)
//                           outcome "fails" + outcomes(if_false)    have in common
//
// where a branch that can only reject does not count. The anchor are predicates one of which must
// hold, each with keys under which an index finds it. Nothing is needed to be rejected; to be
// accepted, nothing is enough that could be found. At a test either its predicate holds, or the
// condition is decided where the test goes when it fails:
//
//   anchor(test) = the rarer of   predicate + anchor(if_false)
//                                 anchor(if_true) + anchor(if_false)
//
// An anchor counts on predicates that hold only, so that `not` and missing values need no thought:
// a missing value makes every predicate false.
#ifndef SAKER_ENGINE_LANG_REQUIREMENT_H
#define SAKER_ENGINE_LANG_REQUIREMENT_H

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/program.h"

namespace saker::lang {

// Of one predicate.
struct Outcome {
  uint32_t predicate = 0;
  bool holds = true;

  friend auto operator<=>(const Outcome&, const Outcome&) = default;
};
// How often an event has it: a guess, from 0 to 1.
[[nodiscard]] double frequency(const Program& program, Outcome outcome);

// Sorted; of all of them the facts are KeyFacts.
using Anchor = std::vector<uint32_t>;

struct Requirement {
  std::vector<Outcome> outcomes;  // all are required; sorted; the most telling ones only
  // Absent: none, or only of so many predicates that it is not worth it.
  std::optional<Anchor> anchor;
};

// Absent: the condition never holds.
[[nodiscard]] std::optional<Requirement> requirement_of(const Program& program, size_t condition,
                                                        EventCode code);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_REQUIREMENT_H
