// SPDX-License-Identifier: Apache-2.0
// ConditionIndex: which conditions of a Program can hold for an event? The others need no look.
//
// A sensor has many rules and nearly every event matches none of them. Most rules name something
// rare: a file, a program, an address. Such a name is the rule's anchor (requirement.h): unless the
// event has it, the rule does not hold. The index turns the search around. It does not ask each
// rule for its names, but takes the event's values, one for each field in which rules have anchors,
// and looks up which rules name them (key_table.h). The cost grows with the number of these fields,
// and not with that of the rules.
//
// It is made once per kind of event: what a rule says of the type is decided by then. A rule for
// opens with a path and connections with an address is looked for by the path with the ones and by
// the address with the others. Events with the same rules and the same outcomes share one plan.
//
// The index only proposes; the Evaluator has the last word. An anchor that is not needed costs an
// evaluation in vain, and a rule without one is proposed for each of its events.
#ifndef SAKER_ENGINE_LANG_CONDITION_INDEX_H
#define SAKER_ENGINE_LANG_CONDITION_INDEX_H

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/candidate_set.h"
#include "engine/lang/evaluator.h"
#include "engine/lang/plan.h"
#include "engine/lang/program.h"

namespace saker::lang {

class ConditionIndex {
 public:
  // `events`: of each condition, those it can hold for. Borrows the program.
  ConditionIndex(const Program& program, const std::vector<EventSet>& events);

  // Puts in at least the conditions that hold. Requires: the evaluator was started for the event,
  // which has this code; `found` has room for the conditions of the program.
  void find(EventCode code, const Event& event, Evaluator& evaluator,
            CandidateSet& found) const noexcept;

  // How find() comes to a condition, for people.
  struct Route {
    std::vector<Outcome> guards;  // all of them are needed
    bool is_looked_up = false;    // by its anchor; else it is tried for each event with the guards
  };
  // Absent: it never does with events of this code.
  [[nodiscard]] std::optional<Route> route_to(uint32_t condition, EventCode code) const;

 private:
  std::vector<Plan> plans_;
  std::vector<uint32_t> plan_of_;  // by event code
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_CONDITION_INDEX_H
