// SPDX-License-Identifier: Apache-2.0
// Estimate: what is guessed of a predicate before any event is seen, to choose an order of work.
// Only speed depends on it.
#ifndef SAKER_ENGINE_LANG_ESTIMATE_H
#define SAKER_ENGINE_LANG_ESTIMATE_H

namespace saker::lang {

struct CheckedComparison;
class CompiledOperand;

struct Estimate {
  double ns = 0;     // to evaluate it, its operand included
  double holds = 0;  // for how many of the events, from 0 to 1
};

[[nodiscard]] Estimate estimate_of(const CheckedComparison& checked);
[[nodiscard]] double operand_ns(const CompiledOperand& operand);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_ESTIMATE_H
