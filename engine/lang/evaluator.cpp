// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/evaluator.h"

#include "engine/lang/predicate.h"

namespace saker::lang {

Evaluator::Evaluator(const Program& program)
    : program_(&program), values_(program), results_(program.predicates().size(), 0) {}

bool Evaluator::holds(size_t condition, const Event& event) noexcept {
  const Instruction* const code = program_->instructions().data();
  const auto& predicates = program_->predicates();
  uint32_t next = program_->entry(condition);
  while (next < kAccept) {
    const Instruction& instruction = code[next];
    uint64_t& result = results_[instruction.predicate];
    if (result >> 1 != epoch_) {
      result = epoch_ * 2 + (predicates[instruction.predicate]->holds(event, values_) ? 1 : 0);
    }
    next = (result & 1) != 0 ? instruction.if_true : instruction.if_false;
  }
  return next == kAccept;
}

}  // namespace saker::lang
