// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/evaluator.h"

#include "engine/lang/predicate.h"

namespace saker::lang {

Evaluator::Evaluator(const Program& program)
    : program_(&program), values_(program), results_(program.predicates().size(), 0) {}

bool Evaluator::test(uint32_t predicate, const Event& event) noexcept {
  uint64_t& result = results_[predicate];
  if (result >> 1 != epoch_) {
    result = epoch_ * 2 + (program_->predicates()[predicate]->holds(event, values_) ? 1 : 0);
  }
  return (result & 1) != 0;
}

bool Evaluator::holds(size_t condition, const Event& event) noexcept {
  const Instruction* const code = program_->instructions().data();
  uint32_t next = program_->entry(condition);
  while (next < kAccept) {
    const Instruction& instruction = code[next];
    next = test(instruction.predicate, event) ? instruction.if_true : instruction.if_false;
  }
  return next == kAccept;
}

}  // namespace saker::lang
