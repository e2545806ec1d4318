// SPDX-License-Identifier: Apache-2.0
// OperandValues: the left-hand sides of a Program for one event, each computed at most once.
//
// Threads: one per reader. Cost: no allocation, no lock; start() is O(1).
#ifndef SAKER_ENGINE_LANG_OPERAND_VALUES_H
#define SAKER_ENGINE_LANG_OPERAND_VALUES_H

#include <cstdint>
#include <new>
#include <vector>

#include "engine/lang/program.h"
#include "engine/value.h"

namespace saker::lang {

class OperandValues {
 public:
  // Borrows the operands of the program, which must outlive this object.
  explicit OperandValues(const Program& program) {
    for (const auto& operand : program.operands()) {
      entries_.push_back({0, operand.get(), {}});
    }
  }

  // Forgets the values of the event before.
  void start() noexcept { ++epoch_; }
  // Requires: start() was called for this event; operand < program.operands().size().
  const Value& of(uint32_t operand, const Event& event) noexcept {
    Entry& entry = entries_[operand];
    if (entry.epoch != epoch_) {
      // In its place: a copy of what was just written in parts has to wait for them.
      new (&entry.value) Value(entry.operand->eval(event));
      entry.epoch = epoch_;
    }
    return entry.value;
  }

 private:
  struct Entry {
    uint64_t epoch = 0;
    const CompiledOperand* operand = nullptr;
    Value value;
  };
  uint64_t epoch_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_OPERAND_VALUES_H
