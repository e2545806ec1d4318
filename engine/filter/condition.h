// SPDX-License-Identifier: Apache-2.0
// Condition: a condition as far as the kernel can know: `and`, `or`, comparisons, without `not` in
// front of parentheses.
#ifndef SAKER_ENGINE_FILTER_CONDITION_H
#define SAKER_ENGINE_FILTER_CONDITION_H

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/filter/box.h"
#include "engine/filter/call.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

struct Condition {
  enum class Kind : uint8_t { kUnknown, kComparison, kAnd, kOr };

  Kind kind = Kind::kUnknown;  // kUnknown: the kernel knows nothing of it
  bool is_negated = false;     // kComparison
  uint32_t comparison = 0;     // in the Vocabulary
  uint32_t place = 0;          // without children: which comparison of the condition, in its order
  std::vector<Condition> children;
};

// For which events of this call the condition may hold: none, when it never does. Bounded; what
// would be too much holds for more.
[[nodiscard]] std::vector<Box> boxes_of(const Condition& condition, const Call& call,
                                        const Vocabulary& vocabulary);

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_CONDITION_H
