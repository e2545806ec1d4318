// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/anchor.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace saker::lang {
namespace {

constexpr size_t kMaxPredicates = 32;

// Absent: no anchor.
using Partial = std::optional<Anchor>;

uint64_t weight_of(const Program& program, const Anchor& anchor) {
  uint64_t weight = 0;
  for (const uint32_t predicate : anchor) {
    weight += std::get<KeyFact>(program.facts()[predicate]).weight;
  }
  return weight;
}

Partial join(const Partial& a, const Partial& b) {
  if (!a || !b) {
    return std::nullopt;
  }
  Anchor both;
  std::set_union(a->begin(), a->end(), b->begin(), b->end(), std::back_inserter(both));
  return both.size() <= kMaxPredicates ? Partial(std::move(both)) : std::nullopt;
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
    const Partial failed = at(test.if_false);
    Partial later = join(at(test.if_true), failed);
    if (!std::holds_alternative<KeyFact>(fact)) {
      return later;
    }
    Partial here = join(Anchor{test.predicate}, failed);
    return here && (!later || weight_of(program_, *here) < weight_of(program_, *later)) ? here
                                                                                        : later;
  }
  [[nodiscard]] Partial at(uint32_t place) const {
    return place == kReject ? Anchor{} : place == kAccept ? Partial() : found_[place - first_];
  }

  const Program& program_;
  EventCode code_;
  uint32_t first_;
  std::vector<Partial> found_;  // jumps go to earlier instructions only
};

}  // namespace

std::optional<Anchor> find_anchor(const Program& program, size_t condition, EventCode code) {
  return Search(program, condition, code).result();
}

}  // namespace saker::lang
