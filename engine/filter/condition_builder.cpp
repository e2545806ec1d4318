// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/condition_builder.h"

#include <utility>
#include <variant>
#include <vector>

#include "engine/base/check.h"
#include "engine/filter/kernel_fields.h"

namespace saker::filter {
namespace {

const KernelField* find_field(const lang::CheckedComparison& checked) {
  const FieldDef* field = checked.lhs->field();
  return field != nullptr && checked.rhs == nullptr ? find_kernel_field(field->name) : nullptr;
}

}  // namespace

Condition ConditionBuilder::build(const lang::Expr& condition, const lang::ConditionInfo& info,
                                  Purpose purpose) {
  numbers_ = info.comparisons;
  next_ = 0;
  purpose_ = purpose;
  return build(condition, false);
}

// NOLINTNEXTLINE(misc-no-recursion): the parser limits how deep a condition may be
Condition ConditionBuilder::build(const lang::Expr& expr, bool is_negated) {
  if (const auto* negation = std::get_if<lang::Not>(&expr.node)) {
    return build(*negation->child, !is_negated);
  }
  if (const auto* comparison = std::get_if<lang::Comparison>(&expr.node)) {
    return build(*comparison, expr, is_negated);
  }
  const auto* all = std::get_if<lang::And>(&expr.node);
  const auto* any = std::get_if<lang::Or>(&expr.node);
  SAKER_CHECK(all != nullptr || any != nullptr);
  Condition condition;
  condition.kind = (all != nullptr) != is_negated ? Condition::Kind::kAnd : Condition::Kind::kOr;
  for (const lang::ExprPtr& child : all != nullptr ? all->children : any->children) {
    condition.children.push_back(build(*child, is_negated));
  }
  return condition;
}

Condition ConditionBuilder::build(const lang::Comparison& comparison, const lang::Expr& place,
                                  bool is_negated) {
  SAKER_CHECK(next_ < numbers_.size());
  Condition condition;
  condition.place = next_++;
  const std::optional<uint32_t>& number = number_of(numbers_[condition.place], comparison, place);
  if (!number) {
    return condition;
  }
  if (purpose_ == Purpose::kActing) {
    vocabulary_.note_acting(*number);
  } else if (vocabulary_[*number].field->is_for_acting) {
    return condition;
  }
  condition.kind = Condition::Kind::kComparison;
  condition.is_negated = is_negated;
  condition.comparison = *number;
  return condition;
}

const std::optional<uint32_t>& ConditionBuilder::number_of(uint32_t compiled,
                                                           const lang::Comparison& comparison,
                                                           const lang::Expr& place) {
  const auto [entry, is_new] = comparisons_.try_emplace(compiled);
  if (is_new) {
    std::vector<lang::Finding> findings;
    auto checked = checker_.comparison(comparison, place.span, {findings, nullptr});
    const KernelField* field = checked ? find_field(*checked) : nullptr;
    if (field != nullptr) {
      entry->second = vocabulary_.add(*field, lang::to_text(comparison.lhs), std::move(*checked));
    }
  }
  return entry->second;
}

}  // namespace saker::filter
