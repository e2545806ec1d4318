// SPDX-License-Identifier: Apache-2.0
// Anchor: predicates one of which must hold wherever a condition holds, each with keys under which
// an index finds it. A condition with an anchor need only be evaluated when a key is found.
//
// It is computed on the jumps of the condition, from the last instruction to the first. Nothing is
// needed to be rejected; to be accepted, nothing is enough that could be found. At a test either
// its predicate holds, or the condition is decided where the test goes when it fails:
//
//   anchor(test) = the rarer of   predicate + anchor(if_false)
//                                 anchor(if_true) + anchor(if_false)
//
// Only predicates that hold are counted on, so that `not` and missing values need no thought: a
// missing value makes every predicate false. Tests of the event's type have one outcome for the
// event that the anchor is for, and are jumped over.
#ifndef SAKER_ENGINE_LANG_ANCHOR_H
#define SAKER_ENGINE_LANG_ANCHOR_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/program.h"

namespace saker::lang {

// Sorted; of all of them the facts are KeyFacts. Empty: the condition never holds.
using Anchor = std::vector<uint32_t>;

// Absent: none, or only of so many predicates that it is not worth it.
[[nodiscard]] std::optional<Anchor> find_anchor(const Program& program, size_t condition,
                                                EventCode code);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_ANCHOR_H
