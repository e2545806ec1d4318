// SPDX-License-Identifier: Apache-2.0
// ExactClauses: a condition as clauses that hold for exactly the operations that it holds for; or
// which comparisons keep it from being that.
#ifndef SAKER_ENGINE_FILTER_EXACT_CLAUSES_H
#define SAKER_ENGINE_FILTER_EXACT_CLAUSES_H

#include <cstdint>
#include <vector>

#include "engine/filter/box.h"
#include "engine/filter/condition.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

struct ExactClauses {
  std::vector<Box> boxes;          // meaningless unless is_exact()
  std::vector<Condition> unknown;  // comparisons that the kernel cannot decide, and that count
  bool is_too_large = false;

  [[nodiscard]] bool is_exact() const noexcept { return unknown.empty() && !is_too_large; }
};

// Of an operation that succeeds (Call::has_succeeded).
[[nodiscard]] ExactClauses exact_clauses_of(const Condition& condition, const Call& call,
                                            const Vocabulary& vocabulary);

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_EXACT_CLAUSES_H
