// SPDX-License-Identifier: Apache-2.0
// FilterCompiler: conditions -> KernelFilter. For each kind of event the conditions of all rules
// become clauses over what the kernel knows; alike clauses are joined, so that ten thousand rules
// that each name one file are one clause.
#ifndef SAKER_ENGINE_FILTER_FILTER_COMPILER_H
#define SAKER_ENGINE_FILTER_FILTER_COMPILER_H

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/filter/condition.h"
#include "engine/filter/filter_explanation.h"
#include "engine/filter/kernel_filter.h"
#include "engine/filter/vocabulary.h"
#include "engine/lang/ast.h"
#include "engine/lang/checker.h"
#include "engine/lang/compiler.h"

namespace saker::filter {

class FilterCompiler {
 public:
  // Borrows both.
  FilterCompiler(const FieldCatalog& fields, const EventCatalog& events);

  // Requires: the condition has passed the compiler, which gave `info`.
  void add(const lang::Expr& condition, const lang::ConditionInfo& info);
  // Ends the work. Of the events in `unfiltered`, all pass. Null: no explanations are asked for;
  // else they are appended, one for each condition.
  [[nodiscard]] KernelFilter finish(const EventSet& unfiltered,
                                    std::vector<FilterExplanation>* explanations = nullptr) &&;

 private:
  struct Rule {
    EventSet events;
    Condition condition;
  };

  Condition build(const lang::Expr& expr, bool is_negated);
  Condition build(const lang::Comparison& comparison, const lang::Expr& place, bool is_negated);
  std::vector<Box> clauses_of(EventCode code, const Call& call) const;

  const EventCatalog& events_;
  lang::Checker checker_;
  Vocabulary vocabulary_;
  std::vector<Rule> rules_;
  std::span<const uint32_t> left_;  // numbers of the comparisons of the condition
  // By number; absent: the kernel knows nothing of it.
  std::unordered_map<uint32_t, std::optional<uint32_t>> comparisons_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_FILTER_COMPILER_H
