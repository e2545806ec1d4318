// SPDX-License-Identifier: Apache-2.0
// Plan: how the conditions that can hold for an event of one kind are found.
//
// The conditions are put into groups. A group has a guard, an outcome that all of them require:
// with events that lack it the group is passed over, together with the groups inside it. What is
// shared by many rules, as "a file is opened for writing" or "in a container", is so asked once.
// Guards are chosen by what they are expected to save (estimate.h); where none pays, a group ends.
// Then its conditions are looked up by their anchors, or tried when they have none.
#ifndef SAKER_ENGINE_LANG_PLAN_H
#define SAKER_ENGINE_LANG_PLAN_H

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/key_table.h"
#include "engine/lang/program.h"
#include "engine/lang/requirement.h"

namespace saker::lang {

struct Plan {
  // The conditions to look up for the values of one operand.
  struct Lookup {
    uint32_t operand = 0;
    KeyTable keys;
  };
  struct Group {
    std::optional<Outcome> guard;  // absent: none is needed
    uint32_t end = 0;              // the first group that is not inside this one
    std::vector<uint32_t> always;  // conditions without an anchor
    std::vector<Lookup> lookups;
    std::vector<uint32_t> found;  // conditions that the lookups find
  };
  std::vector<Group> groups;  // each before those inside it
};

// For events with this code. Borrows from the program.
[[nodiscard]] Plan make_plan(const Program& program, const std::vector<uint32_t>& conditions,
                             EventCode code);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_PLAN_H
