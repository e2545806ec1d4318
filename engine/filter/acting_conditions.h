// SPDX-License-Identifier: Apache-2.0
// ActingConditions: conditions of rules that deny or kill -> exact groups of the kernel's tables,
// for each hook that their events come to. What cannot be exact is a finding: nothing is refused
// by approximation.
#ifndef SAKER_ENGINE_FILTER_ACTING_CONDITIONS_H
#define SAKER_ENGINE_FILTER_ACTING_CONDITIONS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/filter/clause_text.h"
#include "engine/filter/condition.h"
#include "engine/filter/enforcement_hooks.h"
#include "engine/filter/table_writer.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

// Where an act is decided about.
enum class Means : uint8_t {
  kHooks,   // before the operation is done
  kReturn,  // when its system call has returned: kills only, after the fact
};

// A condition that fits by itself, but not into the tables with all others.
struct Overflow {
  size_t condition;  // of those that act, in the order in which they were added
  std::string message;
};

class ActingConditions {
 public:
  // Borrows the catalog.
  explicit ActingConditions(const EventCatalog& events) : events_(events) {}

  // Requires: check_acting() found nothing; kReturn: the act is a kill.
  void add(Condition condition, const EventSet& events, ev_act act, Means means);

  // Requires: the vocabulary that the conditions were built with, finished; no other clauses are in
  // the tables yet.
  void write(const Vocabulary& vocabulary, TableWriter& writer,
             std::vector<Overflow>& overflows) const;

  struct Place {
    std::string_view name;  // of the hook, or of the event that is asked about when it returned
    std::vector<std::vector<std::string>> clauses;  // as FilterExplanation::Passage
  };
  // Where the condition is decided about.
  [[nodiscard]] std::vector<Place> places_of(size_t condition, const Vocabulary& vocabulary,
                                             const ClauseText& text) const;

 private:
  struct Acting {
    Condition condition;
    EventSet events;
    ev_act act;
    Means means;
  };
  struct Target;

  void write_hook(const EnforcementHook& hook, ev_act act, const Target& target) const;
  void write_return(EventCode code, ev_act act, const Target& target) const;
  [[nodiscard]] bool is_about(const Acting& acting, const EnforcementHook& hook) const;
  std::vector<Box> clauses_for(const Call& call, const std::vector<size_t>& conditions,
                               const Target& target) const;

  const EventCatalog& events_;
  std::vector<Acting> conditions_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_ACTING_CONDITIONS_H
