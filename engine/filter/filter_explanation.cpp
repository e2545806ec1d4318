// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/filter_explanation.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

#include "engine/filter/kernel_fields.h"

namespace saker::filter {
namespace {

using Passage = FilterExplanation::Passage;

// Walks the comparisons of a condition, for one kind of event after the other.
class ComparisonWalk {
 public:
  ComparisonWalk(const Condition& condition, const Vocabulary& vocabulary)
      : condition_(condition), vocabulary_(vocabulary) {}

  // The comparisons of which the kernel knows nothing and on which a match may depend.
  std::vector<uint32_t> unknown_for(const Call& call) {
    next_ = 0;
    unknown_.clear();
    visit(condition_, call);
    for (const uint32_t number : unknown_) {
      note(number, Extent::kNothing);
    }
    return unknown_;
  }

  // Of all events that were asked about.
  [[nodiscard]] std::vector<FilterExplanation::Comparison> result() const { return comparisons_; }

 private:
  // Whether it may hold, as far as its comparisons tell one by one. Recursion is bounded: the
  // parser limits how deep a condition may be.
  bool visit(const Condition& condition, const Call& call) {  // NOLINT(misc-no-recursion)
    if (condition.children.empty()) {
      return visit_comparison(condition, call);
    }
    const size_t before = unknown_.size();
    const bool is_all = condition.kind == Condition::Kind::kAnd;
    bool holds = is_all;
    for (const Condition& child : condition.children) {
      const bool child_holds = visit(child, call);
      holds = is_all ? holds && child_holds : holds || child_holds;
    }
    if (!holds) {
      unknown_.resize(before);
    }
    return holds;
  }

  bool visit_comparison(const Condition& condition, const Call& call) {
    const uint32_t number = next_++;
    if (number == comparisons_.size()) {
      const bool is_known = condition.kind == Condition::Kind::kComparison;
      comparisons_.emplace_back();
      is_noted_.push_back(false);
      comparisons_.back().known_as =
          is_known ? vocabulary_[condition.comparison].field->known_as : std::string_view();
    }
    const std::optional<Decision> decision = condition.kind == Condition::Kind::kComparison
                                                 ? vocabulary_.decide(condition.comparison, call)
                                                 : std::nullopt;
    if (!decision) {
      unknown_.push_back(number);
      return true;
    }
    const size_t size = vocabulary_.sizes()[decision->axis];
    const ClassSet& holds = condition.is_negated ? decision->may_fail : decision->may_hold;
    if ((decision->may_hold & decision->may_fail).is_empty(size)) {
      note(number, Extent::kAll);
    } else if (holds.is_all(size)) {
      unknown_.push_back(number);
    } else {
      note(number, Extent::kPart);
    }
    return !holds.is_empty(size);
  }

  void note(uint32_t number, Extent extent) {
    Extent& noted = comparisons_[number].decided;
    noted = is_noted_[number] && noted != extent ? Extent::kPart : extent;
    is_noted_[number] = true;
  }

  const Condition& condition_;
  const Vocabulary& vocabulary_;
  std::vector<FilterExplanation::Comparison> comparisons_;
  std::vector<bool> is_noted_;
  uint32_t next_ = 0;
  std::vector<uint32_t> unknown_;
};

FilterExplanation::Cause cause_of(const EventCatalog& catalog, EventCode code,
                                  const EventSet& unfiltered) {
  const bool is_call = catalog.def(code).syscall_nr >= 0 && code != catalog.execve();
  return !is_call                ? FilterExplanation::Cause::kProcesses
         : unfiltered.test(code) ? FilterExplanation::Cause::kState
                                 : FilterExplanation::Cause::kRule;
}

void add_passage(Passage passage, std::vector<Passage>& passages) {
  const auto key = [](const Passage& one) { return std::tie(one.cause, one.clauses, one.unknown); };
  const auto same = std::ranges::find_if(
      passages, [&](const Passage& other) { return key(other) == key(passage); });
  if (same != passages.end()) {
    same->events |= passage.events;
  } else {
    passages.push_back(std::move(passage));
  }
}

}  // namespace

FilterExplainer::FilterExplainer(const Vocabulary& vocabulary, const EventCatalog& catalog,
                                 const EventSet& unfiltered)
    : vocabulary_(vocabulary), catalog_(catalog), unfiltered_(unfiltered), text_(vocabulary) {}

FilterExplanation FilterExplainer::explain(const Condition& condition,
                                           const EventSet& events) const {
  FilterExplanation explanation;
  ComparisonWalk walk(condition, vocabulary_);
  for (size_t index = 0; index < catalog_.size(); ++index) {
    const auto code = static_cast<EventCode>(index);
    const EventDef& def = catalog_.def(code);
    if (!events.test(code) || (def.flags & kEventForeign) != 0) {
      continue;
    }
    const Call call = call_of(def);
    Passage passage;
    passage.events.set(code);
    passage.cause = cause_of(catalog_, code, unfiltered_);
    passage.unknown = walk.unknown_for(call);
    std::vector<Box> clauses{Box{}};
    if (passage.cause != FilterExplanation::Cause::kProcesses) {
      clauses = boxes_of(condition, call, vocabulary_);
      join_alike(clauses, vocabulary_.sizes());
    }
    for (const Box& clause : clauses) {
      std::vector<std::string>& texts = passage.clauses.emplace_back();
      double share = 1;
      for (const Box::Side& side : clause.sides) {
        texts.push_back(text_.of(side, condition, call));
        share *= text_.share_of(side);
      }
      passage.share = std::min(1.0, passage.share + share);
    }
    add_passage(std::move(passage), explanation.passages);
  }
  explanation.comparisons = walk.result();
  std::ranges::stable_sort(explanation.passages, std::greater{},
                           [](const Passage& passage) { return passage.events.count(); });
  return explanation;
}

}  // namespace saker::filter
