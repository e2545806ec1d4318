// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/exact_clauses.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace saker::filter {
namespace {

// Of one condition; joined ones count as one. More than a group can hold, for later joining.
constexpr size_t kMaxBoxes = 1024;

ExactClauses always() { return {.boxes = {Box{}}, .unknown = {}}; }

bool is_always(const ExactClauses& part) {
  return part.is_exact() &&
         std::ranges::any_of(part.boxes, [](const Box& box) { return box.sides.empty(); });
}
bool is_never(const ExactClauses& part) { return part.is_exact() && part.boxes.empty(); }

ExactClauses of_comparison(const Condition& condition, const Call& call,
                           const Vocabulary& vocabulary) {
  std::optional<Decision> decision = condition.kind == Condition::Kind::kComparison
                                         ? vocabulary.decide(condition.comparison, call)
                                         : std::nullopt;
  const size_t size = decision ? vocabulary.sizes()[decision->axis] : 0;
  if (!decision || !(decision->may_hold & decision->may_fail).is_empty(size)) {
    return {.boxes = {}, .unknown = {condition}};
  }
  ClassSet& classes = condition.is_negated ? decision->may_fail : decision->may_hold;
  if (classes.is_empty(size)) {
    return {};
  }
  if (classes.is_all(size)) {
    return always();
  }
  return {.boxes = {Box{{{decision->axis, std::move(classes)}}}}, .unknown = {}};
}

void note_doubts(const ExactClauses& part, ExactClauses& whole) {
  std::ranges::copy(part.unknown, std::back_inserter(whole.unknown));
  whole.is_too_large = whole.is_too_large || part.is_too_large;
}

void intersect_with(const ExactClauses& part, ExactClauses& whole, AxisSizes sizes) {
  if (whole.boxes.size() * part.boxes.size() > kMaxBoxes) {
    whole.is_too_large = true;
    return;
  }
  std::vector<Box> result;
  for (const Box& left : whole.boxes) {
    for (const Box& right : part.boxes) {
      Box both;
      if (intersect(left, right, sizes, both)) {
        result.push_back(std::move(both));
      }
    }
  }
  join_alike(result, sizes);
  whole.boxes = std::move(result);
}

// One part that never holds decides, whatever is not known of the others.
ExactClauses all_of(const std::vector<ExactClauses>& parts, AxisSizes sizes) {
  if (std::ranges::any_of(parts, is_never)) {
    return {};
  }
  ExactClauses whole = always();
  for (const ExactClauses& part : parts) {
    note_doubts(part, whole);
    if (whole.is_exact()) {
      intersect_with(part, whole, sizes);
    }
  }
  return whole;
}

ExactClauses any_of(const std::vector<ExactClauses>& parts, AxisSizes sizes) {
  if (std::ranges::any_of(parts, is_always)) {
    return always();
  }
  ExactClauses whole;
  for (const ExactClauses& part : parts) {
    note_doubts(part, whole);
    std::ranges::copy(part.boxes, std::back_inserter(whole.boxes));
  }
  if (whole.is_exact()) {
    join_alike(whole.boxes, sizes);
    whole.is_too_large = whole.boxes.size() > kMaxBoxes;
  }
  return whole;
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): the parser limits how deep a condition may be
ExactClauses exact_clauses_of(const Condition& condition, const Call& call,
                              const Vocabulary& vocabulary) {
  const bool is_comparison =
      condition.kind == Condition::Kind::kUnknown || condition.kind == Condition::Kind::kComparison;
  if (is_comparison) {
    return of_comparison(condition, call, vocabulary);
  }
  std::vector<ExactClauses> parts;
  for (const Condition& child : condition.children) {
    parts.push_back(exact_clauses_of(child, call, vocabulary));
  }
  return condition.kind == Condition::Kind::kAnd ? all_of(parts, vocabulary.sizes())
                                                 : any_of(parts, vocabulary.sizes());
}

}  // namespace saker::filter
