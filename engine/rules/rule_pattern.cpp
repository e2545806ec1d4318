// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_pattern.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/strings.h"

namespace saker {
namespace {

using By = RulePattern::By;

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

bool names_rule(const RulePattern& pattern, const RuleDefinition& rule) {
  const std::string& text = pattern.text.value;
  return pattern.by == By::kName
             ? matches_wildcard(rule.name.value, text)
             : std::ranges::any_of(rule.tags, [&](const Text& tag) { return tag.value == text; });
}

void warn_if_idle(const RulePattern& pattern, std::string_view consequence,
                  const std::deque<RuleDefinition>& rules, Diagnostics& diagnostics) {
  if (std::ranges::any_of(rules, [&](const auto& rule) { return names_rule(pattern, rule); })) {
    return;
  }
  const Text& text = pattern.text;
  const std::string what = pattern.by == By::kName ? "no rule is called '" : "no rule has tag '";
  diagnostics.add({Severity::kWarning,
                   {},
                   what + text.value + "'; " + std::string(consequence),
                   did_you_mean(text.value, candidates(pattern.by, rules)),
                   text.source,
                   text.span,
                   {}});
}

}  // namespace saker
