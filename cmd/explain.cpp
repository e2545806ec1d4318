// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "cmd/describe_json.h"
#include "cmd/explain_text.h"
#include "cmd/log.h"
#include "cmd/setup.h"
#include "engine/base/diagnostic.h"
#include "engine/base/strings.h"
#include "engine/rules/describe.h"
#include "outputs/json.h"

namespace saker {
namespace {

void report_unknown_rule(const std::string& name, const RulesDescription& description) {
  std::vector<std::string_view> names;
  for (const RuleDescription& rule : description.rules) {
    names.push_back(rule.definition.name.value);
  }
  const std::string hint = did_you_mean(name, names);
  std::string message;
  append_printable(message, "there is no rule '" + name + "'; " +
                                (hint.empty() ? "'saker list rules' shows them" : hint));
  log_error(message);
}

}  // namespace

int explain_command(const Options& options) {
  const Result<Setup> setup = load_setup(options, true);
  if (!setup) {
    return kExitFailure;
  }
  const RuleDescription* rule = setup->description->find_rule(options.rule);
  if (rule == nullptr) {
    report_unknown_rule(options.rule, *setup->description);
    return kExitFailure;
  }
  std::string text;
  if (!options.json) {
    text = explain_rule(*rule, *setup->description, *setup->rules);
  } else if (rule->condition.resolved != nullptr) {
    JsonWriter json(text);
    write_json(json, *rule);
    text += '\n';
  } else {
    log_error("the rule is left out, so there is nothing to describe");
    return kExitFailure;
  }
  std::fputs(text.c_str(), stdout);
  return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

}  // namespace saker
