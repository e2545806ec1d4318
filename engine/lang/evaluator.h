// SPDX-License-Identifier: Apache-2.0
// Evaluator: runs conditions of a Program on an event; each predicate at most once per event.
//
// Threads: one per reader. Cost: no allocation, no lock; start() is O(1).
#ifndef SAKER_ENGINE_LANG_EVALUATOR_H
#define SAKER_ENGINE_LANG_EVALUATOR_H

#include <cstdint>
#include <vector>

#include "engine/lang/operand_values.h"
#include "engine/lang/program.h"

namespace saker::lang {

class Evaluator {
 public:
  // Borrows the program, which must outlive the evaluator.
  explicit Evaluator(const Program& program);

  // Forgets the results of the event before.
  void start() noexcept {
    ++epoch_;
    values_.start();
  }
  // Whether a predicate of the program holds. Requires: start() was called for this event.
  [[nodiscard]] bool test(uint32_t predicate, const Event& event) noexcept;
  // Requires: start() was called for this event; condition < program.size().
  [[nodiscard]] bool holds(size_t condition, const Event& event) noexcept;
  // Of the event that holds() is asked about.
  [[nodiscard]] OperandValues& values() noexcept { return values_; }

 private:
  const Program* program_;
  OperandValues values_;
  uint64_t epoch_ = 0;
  // Per predicate: epoch_ * 2 + result of the last evaluation.
  std::vector<uint64_t> results_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_EVALUATOR_H
