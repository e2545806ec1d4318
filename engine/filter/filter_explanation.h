// SPDX-License-Identifier: Apache-2.0
// FilterExplanation: what the kernel's filter makes of a rule, for people: which comparisons it
// decides, and which events reach user space because of the rule.
#ifndef SAKER_ENGINE_FILTER_FILTER_EXPLANATION_H
#define SAKER_ENGINE_FILTER_FILTER_EXPLANATION_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/filter/acting_conditions.h"
#include "engine/filter/clause_text.h"
#include "engine/filter/condition.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

enum class Extent : uint8_t { kNothing, kPart, kAll };

struct FilterExplanation {
  struct Comparison {
    std::string_view known_as;  // what the kernel compares; empty: it does not know the field
    Extent decided = Extent::kNothing;
  };
  // Why events reach user space.
  enum class Cause : uint8_t {
    kRule,       // it asks for them
    kState,      // it may ask for few, but a field of some rule shows what earlier ones did
    kProcesses,  // the table of processes is kept by them, whatever the rules are
  };
  // Events that are alike to the rule.
  struct Passage {
    EventSet events = {};
    Cause cause = Cause::kRule;
    // The rule asks for an event when one of them holds, which is when all its texts do. None: for
    // no event; one without texts: for every event. Of kProcesses: one without texts.
    std::vector<std::vector<std::string>> clauses = {};
    std::vector<uint32_t> unknown =
        {};            // comparisons that say nothing to the kernel, though they count
    double share = 0;  // of the events that it asks for: a guess, from 0 to 1

    [[nodiscard]] bool passes_all() const noexcept {
      return cause != Cause::kRule || (clauses.size() == 1 && clauses.front().empty());
    }
  };
  // Of a condition that is only asked about where the kernel acts; then there is nothing else.
  std::vector<ActingConditions::Place> acts_at;
  std::vector<Comparison> comparisons;  // in the order of the condition
  std::vector<Passage> passages;        // those with the most events first
};

class FilterExplainer {
 public:
  // Borrows all; the vocabulary must be finished. Of the events in `unfiltered`, all pass.
  FilterExplainer(const Vocabulary& vocabulary, const EventCatalog& catalog,
                  const EventSet& unfiltered);

  // `events`: those that the condition can hold for.
  [[nodiscard]] FilterExplanation explain(const Condition& condition, const EventSet& events) const;

 private:
  const Vocabulary& vocabulary_;
  const EventCatalog& catalog_;
  const EventSet& unfiltered_;
  ClauseText text_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_FILTER_EXPLANATION_H
