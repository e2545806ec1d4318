// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_set.h"

#include <string_view>
#include <utility>

namespace saker {
namespace {

// What the tracker follows to know the working directory of processes.
constexpr std::string_view kCwdEvents[] = {"chdir", "fchdir"};

std::vector<EventSet> events_of(const std::vector<Rule>& rules) {
  std::vector<EventSet> events;
  events.reserve(rules.size());
  for (const Rule& rule : rules) {
    events.push_back(rule.events);
  }
  return events;
}

}  // namespace

RuleSet::RuleSet(Parts parts)
    : parts_(std::move(parts)), index_(parts_.program, events_of(parts_.rules)) {
  for (const Rule& rule : parts_.rules) {
    wanted_ |= rule.events;
  }
  if (parts_.needs_cwd) {
    for (const std::string_view name : kCwdEvents) {
      wanted_ |= EventCatalog::builtin().find(name);
    }
  }
}

}  // namespace saker
