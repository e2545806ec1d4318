// SPDX-License-Identifier: Apache-2.0
// Verdict: what a comparison can be for a class of values. The kernel may know too little to say
// which of both it is.
#ifndef SAKER_ENGINE_FILTER_VERDICT_H
#define SAKER_ENGINE_FILTER_VERDICT_H

#include <cstdint>
#include <string_view>

#include "engine/lang/predicate.h"
#include "engine/value.h"

namespace saker::filter {

struct Verdict {
  bool may_hold = true;
  bool may_fail = true;
};

// `=`, `in` and the like: it holds for its constants only.
[[nodiscard]] bool is_equality(const lang::CheckedComparison& comparison) noexcept;
[[nodiscard]] bool is_inequality(const lang::CheckedComparison& comparison) noexcept;
// The comparison is one of its constants or the other: no modifier that counts them.
[[nodiscard]] bool is_any_of(const lang::CheckedComparison& comparison) noexcept;

// Requires for all: constants on the right-hand side; a single value, which is there.
[[nodiscard]] Verdict verdict_on(const lang::CheckedComparison& comparison, const Value& value);
// For an integer between these.
[[nodiscard]] Verdict verdict_on_range(const lang::CheckedComparison& comparison, int64_t low,
                                       int64_t high);
// For some text other than this.
[[nodiscard]] Verdict verdict_on_other(const lang::CheckedComparison& comparison,
                                       std::string_view text);
// For a value that is none of the constants.
[[nodiscard]] Verdict verdict_on_no_constant(const lang::CheckedComparison& comparison) noexcept;

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_VERDICT_H
