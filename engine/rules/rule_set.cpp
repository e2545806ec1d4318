// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_set.h"

#include <string_view>
#include <utility>

namespace saker {
namespace {

// What the tracker follows to know the working directory of processes.
constexpr std::string_view kCwdEvents[] = {"chdir", "fchdir"};

}  // namespace

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
