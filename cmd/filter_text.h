// SPDX-License-Identifier: Apache-2.0
// FilterText: what the kernel's filter makes of a rule (engine/filter/filter_explanation.h), as
// text for a person and as JSON.
#ifndef SAKER_CMD_FILTER_TEXT_H
#define SAKER_CMD_FILTER_TEXT_H

#include <string>
#include <string_view>

#include "cmd/rule_tree.h"
#include "engine/filter/filter_explanation.h"
#include "engine/filter/kernel_filter.h"
#include "outputs/json.h"

namespace saker {

// "wholly", "in part", "not".
[[nodiscard]] std::string_view to_text(filter::Extent extent) noexcept;

// "only when success and path is /x", "every event, because ...". `comparisons`: of the rule, as
// leaf_rows() gives them.
[[nodiscard]] std::string passage_text(const filter::FilterExplanation::Passage& passage,
                                       const Rows& comparisons);

// "only when path is /x", of where the kernel acts.
[[nodiscard]] std::string acting_text(const filter::ActingConditions::Place& place);

// {comparisons, acts_at, reaches_user_space}.
void write_json(JsonWriter& json, const filter::FilterExplanation& explanation,
                const Rows& comparisons);

// What did not fit into the kernel's tables; empty: everything did.
[[nodiscard]] std::string overflow_text(const KernelFilter& filter);

}  // namespace saker

#endif  // SAKER_CMD_FILTER_TEXT_H
