// SPDX-License-Identifier: Apache-2.0
// Decisions: what the rows of kernel fields have in common. Private to kernel_fields*.cpp.
#ifndef SAKER_ENGINE_FILTER_DECISIONS_H
#define SAKER_ENGINE_FILTER_DECISIONS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/filter/kernel_fields.h"
#include "engine/filter/verdict.h"
#include "engine/filter/vocabulary.h"

namespace saker::filter {

using Decided = std::optional<Decision>;

// Of KernelField::exact_forms.
inline constexpr std::string_view kAllForms = "all";
inline constexpr std::string_view kKeyForms = "=, != and in";
inline constexpr std::string_view kPathForms =
    "=, !=, in, startswith, endswith, contains, and pmatch without wildcards";
inline constexpr std::string_view kNoForms{};

inline void add_nothing(KernelComparison& /*comparison*/, Vocabulary& /*vocabulary*/) {}

// What `verdict(value)` says of each of the dimension's values.
template <typename Verdicts>
Decision decide_each(ev_dimension dimension, size_t size, Verdicts verdict) {
  std::vector<uint32_t> may_hold;
  std::vector<uint32_t> may_fail;
  for (uint32_t value = 0; value < size; ++value) {
    const Verdict found = verdict(value);
    if (found.may_hold) {
      may_hold.push_back(value);
    }
    if (found.may_fail) {
      may_fail.push_back(value);
    }
  }
  return {static_cast<Axis>(dimension), ClassSet::of(std::move(may_hold)),
          ClassSet::of(std::move(may_fail))};
}

// One that is the same whatever the event.
[[nodiscard]] Decision decide_always(Verdict verdict);
// Of a field without a value.
[[nodiscard]] Decision decide_missing();
// It holds inside, as far as that is exact; the other way round for `!=`.
[[nodiscard]] Decision decide_inside(Axis axis, const ClassSet& inside,
                                     const KernelComparison& comparison);

// The dimension that a hook answers the field with; absent: none, or no hook asks.
[[nodiscard]] std::optional<ev_dimension> dimension_at(const Call& call,
                                                       const KernelComparison& comparison);

// A number's bytes, as they stand in ev_filter_value; absent: too large for a class.
[[nodiscard]] std::optional<std::string> number_key(const Value& value);
[[nodiscard]] Value number_value(std::string_view key);

// The constants for which equality decides, as keys of the kernel's table.
template <ev_class_kind Kind, auto KeyOf>
void add_keys(KernelComparison& comparison, Vocabulary& vocabulary) {
  if (!is_equality(comparison.checked) && !is_inequality(comparison.checked)) {
    return;
  }
  for (const lang::TypedConstant& constant : comparison.checked.constants) {
    if (const std::optional<std::string> key = KeyOf(constant.value())) {
      vocabulary.keys(Kind).add(*key);
    }
  }
}

// A comparison for equality tells its own keys from all others; there may be very many of them.
template <ev_dimension Dimension, ev_class_kind Kind, auto KeyOf, auto ValueOf>
Decided by_key(const KernelComparison& comparison, const Call& /*call*/,
               const Vocabulary& vocabulary) {
  const lang::CheckedComparison& checked = comparison.checked;
  const KeyDomain& domain = vocabulary.keys(Kind);
  const Verdict other = verdict_on_no_constant(checked);
  std::vector<uint32_t> hold_unlike_other;
  std::vector<uint32_t> fail_unlike_other;
  const auto decide = [&](std::string_view key, uint32_t number) {
    const Verdict verdict = verdict_on(checked, ValueOf(key));
    if (verdict.may_hold != other.may_hold) {
      hold_unlike_other.push_back(number);
    }
    if (verdict.may_fail != other.may_fail) {
      fail_unlike_other.push_back(number);
    }
  };
  if (is_equality(checked) || is_inequality(checked)) {
    for (const lang::TypedConstant& constant : checked.constants) {
      if (const std::optional<std::string> key = KeyOf(constant.value())) {
        decide(*key, domain.find(*key));
      }
    }
  } else {
    for (const auto& [key, number] : domain.keys()) {
      decide(key, number);
    }
  }
  const ClassSet holds = ClassSet::of(std::move(hold_unlike_other));
  const ClassSet fails = ClassSet::of(std::move(fail_unlike_other));
  return Decision{Dimension, other.may_hold ? holds.complement() : holds,
                  other.may_fail ? fails.complement() : fails};
}

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_DECISIONS_H
