// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/condition.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace saker::filter {
namespace {

// Boxes of one part of a condition.
constexpr size_t kMaxBoxes = 32;

using Boxes = std::vector<Box>;

const Boxes kAlways{Box{}};

Boxes boxes_of_comparison(const Condition& condition, const Call& call,
                          const Vocabulary& vocabulary) {
  std::optional<Decision> decision = vocabulary.decide(condition.comparison, call);
  if (!decision) {
    return kAlways;
  }
  ClassSet& classes = condition.is_negated ? decision->may_fail : decision->may_hold;
  const size_t size = vocabulary.sizes()[decision->axis];
  if (classes.is_empty(size)) {
    return {};
  }
  if (classes.is_all(size)) {
    return kAlways;
  }
  return {Box{{{decision->axis, std::move(classes)}}}};
}

Boxes intersect_all(const Boxes& a, const Boxes& b, AxisSizes sizes) {
  Boxes result;
  for (const Box& left : a) {
    for (const Box& right : b) {
      Box both;
      if (intersect(left, right, sizes, both)) {
        result.push_back(std::move(both));
      }
    }
  }
  join_alike(result, sizes);
  return result;
}

// The parts with the fewest boxes first. One that would make too many is taken to hold.
Boxes all_of(std::vector<Boxes> parts, AxisSizes sizes) {
  std::ranges::sort(parts, {}, &Boxes::size);
  Boxes result = kAlways;
  for (const Boxes& part : parts) {
    if (part.empty() || result.size() * part.size() <= kMaxBoxes) {
      result = intersect_all(result, part, sizes);
    }
  }
  return result;
}

Boxes any_of(std::vector<Boxes> parts, AxisSizes sizes) {
  Boxes result;
  for (Boxes& part : parts) {
    std::ranges::move(part, std::back_inserter(result));
  }
  join_alike(result, sizes);
  if (result.size() > kMaxBoxes) {
    join_to(result, kMaxBoxes, sizes);
  }
  return result;
}

}  // namespace

// Recursion is bounded: the parser limits how deep a condition may be.
std::vector<Box> boxes_of(const Condition& condition,
                          const Call& call,  // NOLINT(misc-no-recursion)
                          const Vocabulary& vocabulary) {
  switch (condition.kind) {
    case Condition::Kind::kUnknown:
      return kAlways;
    case Condition::Kind::kComparison:
      return boxes_of_comparison(condition, call, vocabulary);
    default:
      break;
  }
  std::vector<Boxes> parts;
  for (const Condition& child : condition.children) {
    parts.push_back(boxes_of(child, call, vocabulary));
  }
  return condition.kind == Condition::Kind::kAnd ? all_of(std::move(parts), vocabulary.sizes())
                                                 : any_of(std::move(parts), vocabulary.sizes());
}

}  // namespace saker::filter
