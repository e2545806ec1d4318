// SPDX-License-Identifier: Apache-2.0
#include "engine/base/priority.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace saker {
namespace {

// By number.
constexpr std::string_view kPriorityNames[] = {"Emergency", "Alert",  "Critical",      "Error",
                                               "Warning",   "Notice", "Informational", "Debug"};

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view to_string(Priority priority) noexcept {
  return kPriorityNames[static_cast<size_t>(priority)];
}

std::optional<Priority> parse_priority(std::string_view text) noexcept {
  for (size_t i = 0; i < std::size(kPriorityNames); ++i) {
    if (equal_ignoring_case(text, kPriorityNames[i])) {
      return static_cast<Priority>(i);
    }
  }
  return equal_ignoring_case(text, "info") ? std::optional(Priority::kInformational) : std::nullopt;
}

}  // namespace saker
