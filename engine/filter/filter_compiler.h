// SPDX-License-Identifier: Apache-2.0
// FilterCompiler: conditions -> KernelFilter. For each kind of event the conditions of all rules
// become clauses over what the kernel knows; alike clauses are joined, so that ten thousand rules
// that each name one file are one clause.
#ifndef SAKER_ENGINE_FILTER_FILTER_COMPILER_H
#define SAKER_ENGINE_FILTER_FILTER_COMPILER_H

#include <vector>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/filter/acting_conditions.h"
#include "engine/filter/condition.h"
#include "engine/filter/condition_builder.h"
#include "engine/filter/filter_explanation.h"
#include "engine/filter/kernel_filter.h"
#include "engine/filter/vocabulary.h"
#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"

namespace saker::filter {

class FilterCompiler {
 public:
  // Borrows both.
  FilterCompiler(const FieldCatalog& fields, const EventCatalog& events);
  FilterCompiler(const FilterCompiler&) = delete;
  FilterCompiler& operator=(const FilterCompiler&) = delete;

  // Requires: the condition has passed the compiler, which gave `info`.
  void add(const lang::Expr& condition, const lang::ConditionInfo& info);
  // The same for a condition that is only asked about where the kernel acts: its events need not
  // come to user space. Findings: it cannot be decided exactly, and is not added.
  // Requires: kReturn: the act is a kill.
  [[nodiscard]] std::vector<lang::Finding> add_acting(const lang::Expr& condition,
                                                      const lang::ConditionInfo& info, ev_act act,
                                                      Means means);

  struct Result {
    KernelFilter filter;
    std::vector<Overflow> overflows;  // if any: the tables must not be used
  };
  // Ends the work. Of the events in `unfiltered`, all pass. Null: no explanations are asked for;
  // else they are appended, one for each condition, in the order in which they were added.
  [[nodiscard]] Result finish(const EventSet& unfiltered,
                              std::vector<FilterExplanation>* explanations = nullptr) &&;

 private:
  struct Rule {
    EventSet events;
    Condition condition;
  };

  std::vector<Box> clauses_of(EventCode code, const Call& call) const;
  void explain(const EventSet& unfiltered, std::vector<FilterExplanation>& explanations) const;
  // Gives how many clauses were joined to others.
  size_t write_calls(const EventSet& unfiltered, TableWriter& writer) const;

  const FieldCatalog& fields_;
  const EventCatalog& events_;
  Vocabulary vocabulary_;
  ConditionBuilder builder_;
  std::vector<Rule> rules_;
  ActingConditions acting_;
  std::vector<Purpose> purposes_;  // of the conditions, in the order in which they were added
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_FILTER_COMPILER_H
