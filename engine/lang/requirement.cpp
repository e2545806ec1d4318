// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/requirement.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace saker::lang {
namespace {

constexpr size_t kMaxPredicates = 32;  // of an anchor
constexpr size_t kMaxOutcomes = 16;
// More frequent ones hardly tell events apart.
constexpr double kMaxFrequency = 0.9;

// Absent: can only reject.
using Partial = std::optional<Requirement>;
using PartialAnchor = std::optional<Anchor>;
using Outcomes = std::vector<Outcome>;

uint64_t weight_of(const Program& program, const Anchor& anchor) {
  uint64_t weight = 0;
  for (const uint32_t predicate : anchor) {
    weight += std::get<KeyFact>(program.facts()[predicate]).weight;
  }
  return weight;
}

PartialAnchor join(const PartialAnchor& a, const PartialAnchor& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  Anchor both;
  std::set_union(a->begin(), a->end(), b->begin(), b->end(), std::back_inserter(both));
  return both.size() <= kMaxPredicates ? PartialAnchor(std::move(both)) : std::nullopt;
}

Outcomes common(const Outcomes& a, const Outcomes& b) {
  Outcomes both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

class Search {
 public:
  Search(const Program& program, size_t condition, EventCode code)
      : program_(program), code_(code), first_(program.begin(condition)) {
    for (uint32_t at = first_; at <= program.entry(condition); ++at) {
      found_.push_back(at_test(program.instructions()[at]));
    }
  }
  [[nodiscard]] Partial result() && { return std::move(found_.back()); }

 private:
  [[nodiscard]] Partial at_test(const Instruction& test) const {
    const Fact& fact = program_.facts()[test.predicate];
    if (const auto* events = std::get_if<EventSet>(&fact)) {
      return at(events->test(code_) ? test.if_true : test.if_false);
    }
    const Partial when_true = at(test.if_true);
    const Partial when_false = at(test.if_false);
    if (!when_true && !when_false) {
      return std::nullopt;
    }
    const PartialAnchor failed = when_false ? when_false->anchor : Anchor();
    PartialAnchor anchor = join(when_true ? when_true->anchor : Anchor(), failed);
    if (when_true && std::holds_alternative<KeyFact>(fact)) {
      PartialAnchor here = join(Anchor{test.predicate}, failed);
      if (here && (!anchor || weight_of(program_, *here) < weight_of(program_, *anchor))) {
        anchor = std::move(here);
      }
    }
    Outcomes outcomes = !when_false  ? with(when_true->outcomes, {test.predicate, true})
                        : !when_true ? with(when_false->outcomes, {test.predicate, false})
                                     : common(with(when_true->outcomes, {test.predicate, true}),
                                              with(when_false->outcomes, {test.predicate, false}));
    return Requirement{std::move(outcomes), std::move(anchor)};
  }
  [[nodiscard]] Outcomes with(Outcomes outcomes, Outcome outcome) const {
    const auto place = std::lower_bound(outcomes.begin(), outcomes.end(), outcome);
    if (frequency(program_, outcome) > kMaxFrequency ||
        (place != outcomes.end() && *place == outcome)) {
      return outcomes;
    }
    outcomes.insert(place, outcome);
    if (outcomes.size() > kMaxOutcomes) {
      outcomes.erase(std::max_element(outcomes.begin(), outcomes.end(),
                                      [this](const Outcome& a, const Outcome& b) {
                                        return frequency(program_, a) < frequency(program_, b);
                                      }));
    }
    return outcomes;
  }
  [[nodiscard]] Partial at(uint32_t place) const {
    return place == kReject   ? Partial()
           : place == kAccept ? Partial(Requirement())
                              : found_[place - first_];
  }

  const Program& program_;
  EventCode code_;
  uint32_t first_;
  std::vector<Partial> found_;  // jumps go to earlier instructions only
};

}  // namespace

double frequency(const Program& program, Outcome outcome) {
  const double holds = program.estimates()[outcome.predicate].holds;
  return outcome.holds ? holds : 1 - holds;
}

std::optional<Requirement> requirement_of(const Program& program, size_t condition,
                                          EventCode code) {
  return Search(program, condition, code).result();
}

}  // namespace saker::lang
