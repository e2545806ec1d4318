// SPDX-License-Identifier: Apache-2.0
// KernelField: one row per field of which the kernel's filter knows something.
#ifndef SAKER_ENGINE_FILTER_KERNEL_FIELDS_H
#define SAKER_ENGINE_FILTER_KERNEL_FIELDS_H

#include <optional>
#include <span>
#include <string_view>

#include "engine/filter/vocabulary.h"

namespace saker::filter {

struct KernelField {
  std::string_view name;
  std::string_view known_as;     // what the kernel compares, for people
  std::string_view exact_forms;  // which comparisons exact tables can hold, for people
  // Adds the keys of the comparison to the domains.
  void (*add)(KernelComparison& comparison, Vocabulary& vocabulary);
  std::optional<Decision> (*decide)(const KernelComparison& comparison, const Call& call,
                                    const Vocabulary& vocabulary);
  bool is_for_acting = false;  // exact tables alone ask for it
};

// Null: the kernel knows nothing of it.
[[nodiscard]] const KernelField* find_kernel_field(std::string_view name) noexcept;

// The rows, in kernel_fields_<family>.cpp.
[[nodiscard]] std::span<const KernelField> event_kernel_fields() noexcept;
[[nodiscard]] std::span<const KernelField> path_kernel_fields() noexcept;
[[nodiscard]] std::span<const KernelField> descriptor_kernel_fields() noexcept;
[[nodiscard]] std::span<const KernelField> argument_kernel_fields() noexcept;

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_KERNEL_FIELDS_H
