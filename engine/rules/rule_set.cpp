// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_set.h"

#include <algorithm>
#include <utility>

namespace saker {
namespace {

// By number.
constexpr std::string_view kPriorityNames[] = {"Emergency", "Alert",  "Critical",      "Error",
                                               "Warning",   "Notice", "Informational", "Debug"};

// What the tracker follows to know the working directory of processes.
constexpr std::string_view kCwdEvents[] = {"chdir", "fchdir"};

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

RuleSet::RuleSet(Parts parts) : parts_(std::move(parts)), by_event_(kMaxEventCodes) {
  for (uint32_t i = 0; i < parts_.rules.size(); ++i) {
    const EventSet& events = parts_.rules[i].events;
    wanted_ |= events;
    for (size_t code = 0; code < kMaxEventCodes; ++code) {
      if (events.test(code)) {
        by_event_[code].push_back(i);
      }
    }
  }
  if (parts_.needs_cwd) {
    for (const std::string_view name : kCwdEvents) {
      wanted_ |= EventCatalog::builtin().find(name);
    }
  }
}

const std::vector<uint32_t>& RuleSet::candidates(EventCode code) const noexcept {
  return by_event_[code];
}

}  // namespace saker
