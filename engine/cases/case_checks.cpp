// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/case_checks.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace saker {
namespace {

// What an alert of the rule has.
std::vector<std::string_view> field_names(const Rule& rule) {
  std::vector<std::string_view> names;
  for (const OutputTemplate::Field& field : rule.output_template.fields()) {
    names.emplace_back(field.name);
  }
  for (const ExtraField& field : rule.extra_fields) {
    names.emplace_back(field.name);
  }
  return names;
}

// Absent, and reported, when no rule has the name.
std::optional<uint32_t> check_rule(const Case& test_case, const Text& name, const RuleSet& rules,
                                   Diagnostics& findings) {
  const std::optional<uint32_t> found = find_rule(rules, name.value);
  if (!found) {
    std::vector<std::string_view> names;
    for (const Rule& rule : rules.rules()) {
      names.emplace_back(rule.name);
    }
    findings.add(case_error(test_case, name.span,
                            "the rules of this case have no rule '" + name.value + "'",
                            did_you_mean(name.value, names)));
  }
  return found;
}

}  // namespace

Diagnostic case_error(const Case& test_case, Span span, std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostic.source = test_case.source;
  diagnostic.span = span;
  return diagnostic;
}

std::optional<uint32_t> find_rule(const RuleSet& rules, std::string_view name) {
  const auto found = std::ranges::find(rules.rules(), name, &Rule::name);
  return found == rules.rules().end()
             ? std::nullopt
             : std::optional(static_cast<uint32_t>(found - rules.rules().begin()));
}

void check_names(const Case& test_case, const RuleSet& rules, Diagnostics& findings) {
  if (test_case.about) {
    check_rule(test_case, *test_case.about, rules, findings);
  }
  for (const CaseAlert& alert : test_case.alerts) {
    const std::optional<uint32_t> rule = check_rule(test_case, alert.rule, rules, findings);
    if (!rule) {
      continue;
    }
    const std::vector<std::string_view> names = field_names(rules.rules()[*rule]);
    for (const auto& [name, value] : alert.fields) {
      if (std::ranges::find(names, name.value) == names.end()) {
        const std::string near = did_you_mean(name.value, names);
        findings.add(case_error(
            test_case, name.span,
            "the output of rule '" + alert.rule.value + "' has no field '" + name.value + "'",
            near.empty() ? "a case can ask for fields of the output only" : near));
      }
    }
  }
}

}  // namespace saker
