// SPDX-License-Identifier: Apache-2.0
// ConditionBuilder: conditions of rules -> Condition, their comparisons in the Vocabulary.
#ifndef SAKER_ENGINE_FILTER_CONDITION_BUILDER_H
#define SAKER_ENGINE_FILTER_CONDITION_BUILDER_H

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/filter/condition.h"
#include "engine/filter/vocabulary.h"
#include "engine/lang/ast.h"
#include "engine/lang/checker.h"
#include "engine/lang/compiler.h"

namespace saker::filter {

// What the condition is for: exact tables, or the filter of calls.
enum class Purpose : uint8_t { kFilter, kActing };

class ConditionBuilder {
 public:
  // Borrows all.
  ConditionBuilder(const FieldCatalog& fields, const EventCatalog& events, Vocabulary& vocabulary)
      : checker_(fields, events), vocabulary_(vocabulary) {}

  // Requires: the condition has passed the compiler, which gave `info`.
  Condition build(const lang::Expr& condition, const lang::ConditionInfo& info, Purpose purpose);

 private:
  Condition build(const lang::Expr& expr, bool is_negated);
  Condition build(const lang::Comparison& comparison, const lang::Expr& place, bool is_negated);
  // Null: the kernel knows nothing of it.
  const std::optional<uint32_t>& number_of(uint32_t compiled, const lang::Comparison& comparison,
                                           const lang::Expr& place);

  lang::Checker checker_;
  Vocabulary& vocabulary_;
  Purpose purpose_ = Purpose::kFilter;
  std::span<const uint32_t> numbers_;  // of the comparisons of the condition
  uint32_t next_ = 0;
  // By number; absent: the kernel knows nothing of it.
  std::unordered_map<uint32_t, std::optional<uint32_t>> comparisons_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_CONDITION_BUILDER_H
