// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/verdict.h"

#include <algorithm>
#include <iterator>

namespace saker::filter {
namespace {

using lang::CheckedComparison;

bool holds(const CheckedComparison& comparison, const Value& value) {
  if (comparison.op->rhs == lang::RhsKind::kNone) {
    return true;
  }
  const auto count = std::ranges::count_if(
      comparison.tests,
      [&value](const std::unique_ptr<lang::Test>& test) { return test->matches(value); });
  return comparison.modifier == lang::Modifier::kOneOf ? count == 1
         : comparison.modifier == lang::Modifier::kAllOf
             ? count > 0 && count == std::ssize(comparison.tests)
             : count > 0;
}

bool is_order(const CheckedComparison& comparison) noexcept {
  const char first = comparison.op->name.front();
  return (first == '<' || first == '>') && comparison.modifier == lang::Modifier::kNone;
}

bool any_constant_other_than(const CheckedComparison& comparison, std::string_view text) {
  return std::ranges::any_of(comparison.constants, [text](const lang::TypedConstant& constant) {
    const Value value = constant.value();
    return value.kind() != Value::Kind::kText || value.as_text() != text;
  });
}

bool any_constant_between(const CheckedComparison& comparison, int64_t low, int64_t high) {
  return std::ranges::any_of(comparison.constants, [=](const lang::TypedConstant& constant) {
    const auto* number = std::get_if<int64_t>(&constant.data);
    return number == nullptr || (*number >= low && *number <= high);
  });
}

}  // namespace

bool is_any_of(const CheckedComparison& comparison) noexcept {
  return comparison.modifier == lang::Modifier::kNone ||
         comparison.modifier == lang::Modifier::kAnyOf;
}

bool is_equality(const CheckedComparison& comparison) noexcept {
  return comparison.op->likeness == lang::Likeness::kEqual && is_any_of(comparison);
}

bool is_inequality(const CheckedComparison& comparison) noexcept {
  return comparison.op->name == "!=" && comparison.modifier == lang::Modifier::kNone;
}

Verdict verdict_on(const CheckedComparison& comparison, const Value& value) {
  const bool is_true = holds(comparison, value);
  return {is_true, !is_true};
}

Verdict verdict_on_range(const CheckedComparison& comparison, int64_t low, int64_t high) {
  if (low == high) {
    return verdict_on(comparison, Value::of_int(low));
  }
  if (is_order(comparison)) {
    const bool at_low = holds(comparison, Value::of_int(low));
    const bool at_high = holds(comparison, Value::of_int(high));
    return {at_low || at_high, !at_low || !at_high};
  }
  if (is_equality(comparison)) {
    return {any_constant_between(comparison, low, high), true};
  }
  if (is_inequality(comparison)) {
    return {true, any_constant_between(comparison, low, high)};
  }
  return {};
}

Verdict verdict_on_other(const CheckedComparison& comparison, std::string_view text) {
  if (is_equality(comparison)) {
    return {any_constant_other_than(comparison, text), true};
  }
  if (is_inequality(comparison)) {
    return {true, any_constant_other_than(comparison, text)};
  }
  return {};
}

Verdict verdict_on_no_constant(const CheckedComparison& comparison) noexcept {
  if (is_equality(comparison)) {
    return {false, true};
  }
  if (is_inequality(comparison)) {
    return {true, false};
  }
  return {};
}

}  // namespace saker::filter
