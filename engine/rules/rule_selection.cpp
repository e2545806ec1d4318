// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_selection.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "engine/base/strings.h"

namespace saker {
namespace {

using By = RuleSelection::By;

// What a pattern could have meant.
std::vector<std::string_view> candidates(By by, const std::deque<RuleDefinition>& rules) {
  std::set<std::string_view> names;
  for (const RuleDefinition& rule : rules) {
    if (by == By::kName) {
      names.insert(rule.name.value);
    } else {
      for (const Text& tag : rule.tags) {
        names.insert(tag.value);
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace

bool selects(const RuleSelection& selection, const RuleDefinition& rule) {
  const std::string& pattern = selection.pattern.value;
  return selection.by == By::kName ? matches_wildcard(rule.name.value, pattern)
                                   : std::ranges::any_of(rule.tags, [&](const Text& tag) {
                                       return tag.value == pattern;
                                     });
}

void warn_about_idle(const std::vector<RuleSelection>& selections,
                     const std::deque<RuleDefinition>& rules, Diagnostics& diagnostics) {
  for (const RuleSelection& selection : selections) {
    if (std::ranges::any_of(rules, [&](const auto& rule) { return selects(selection, rule); })) {
      continue;
    }
    const Text& pattern = selection.pattern;
    const std::string what =
        selection.by == By::kName ? "no rule is called '" : "no rule has tag '";
    diagnostics.add({Severity::kWarning,
                     {},
                     what + pattern.value + "'; nothing is switched",
                     did_you_mean(pattern.value, candidates(selection.by, rules)),
                     pattern.source,
                     pattern.span,
                     {}});
  }
}

}  // namespace saker
