// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <variant>

#include "engine/alert.h"
#include "engine/event.h"
#include "engine/matcher.h"
#include "engine/rules/loader.h"
#include "engine/state/tracker.h"
#include "tests/support/scenario.h"
#include "tests/support/scenario_records.h"
#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

constexpr int64_t kBootToEpochNs = 1'700'000'000'000'000'000;

std::string text_of(const OutputValue& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "<NA>"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(uint64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return std::to_string(v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(const OutputList& v) const {
      std::string text = "(";
      for (const OutputValue& item : v) {
        text += (text.size() > 1 ? "," : "") + text_of(item);
      }
      return text + ')';
    }
  };
  return std::visit(Visitor{}, value.value);
}

// The alert in the form of an expected one, with the fields that `wanted` names; all of them when
// it is null.
ScenarioAlert as_expected(const Alert& alert, const ScenarioAlert* wanted) {
  ScenarioAlert result;
  result.rule = alert.rule;
  if (wanted == nullptr) {
    for (const auto& [name, value] : alert.fields) {
      result.fields.emplace_back(name, text_of(value));
    }
    return result;
  }
  for (const auto& [name, expected] : wanted->fields) {
    const auto field = std::ranges::find(alert.fields, name, [](const auto& f) { return f.first; });
    result.fields.emplace_back(
        name, field == alert.fields.end() ? "(not in the output)" : text_of(field->second));
  }
  return result;
}

std::string to_text(const ScenarioAlert& alert) {
  std::string text = alert.rule;
  for (const auto& [name, value] : alert.fields) {
    text += "\n        " + name + ": " + value;
  }
  return text + '\n';
}

std::string compare(const std::vector<ScenarioAlert>& expected,
                    const std::vector<std::shared_ptr<const Alert>>& alerts) {
  std::string differences;
  for (size_t i = 0; i < std::max(expected.size(), alerts.size()); ++i) {
    if (i >= alerts.size()) {
      differences += "    missing: " + to_text(expected[i]);
    } else if (i >= expected.size()) {
      differences += "    unexpected: " + to_text(as_expected(*alerts[i], nullptr));
    } else {
      const std::string want = to_text(expected[i]);
      const std::string got = to_text(as_expected(*alerts[i], &expected[i]));
      if (want != got) {
        differences += "    expected: " + want + "    got: " + got;
      }
    }
  }
  return differences;
}

LoadResult load(const Scenario& scenario, std::string& problems) {
  std::vector<std::shared_ptr<const SourceText>> files;
  for (const std::string& path : scenario.rules) {
    auto read = read_rule_files(std::string(SAKER_SOURCE_DIR) + '/' + path);
    if (!read) {
      problems += "    " + read.error().to_string() + '\n';
      continue;
    }
    files.insert(files.end(), read->begin(), read->end());
  }
  if (!scenario.inline_rules.empty()) {
    files.push_back(std::make_shared<SourceText>("inline_rules", scenario.inline_rules));
  }
  LoadResult result = load_rules(files, {});
  for (const Diagnostic& diagnostic : result.diagnostics.items()) {
    if (diagnostic.severity == Severity::kError) {
      problems += render(diagnostic) + '\n';
    }
  }
  return result;
}

}  // namespace

std::string run_scenario(const Scenario& scenario) {
  std::string problems;
  const LoadResult loaded = load(scenario, problems);
  if (loaded.rules == nullptr) {
    return problems + "    the rules do not load\n";
  }
  Matcher matcher(loaded.rules);
  Tracker::Options options;
  options.boot_to_epoch_ns = kBootToEpochNs;
  options.hostname = "scenario";
  Tracker tracker(std::move(options));
  Event event;
  std::vector<std::shared_ptr<const Alert>> alerts;
  const auto take = [&](std::span<const std::byte> record) {
    if (event.decode(record) != DecodeError::kNone) {
      problems += "    a record was refused\n";
      return;
    }
    tracker.apply(event);
    if (event.is_matchable()) {
      const auto matched = matcher.match(event);
      event.show_outcome();
      for (const uint32_t index : matched) {
        alerts.push_back(describe(event, loaded.rules->rules()[index]));
        problems += schema_problem_of(*alerts.back());
      }
    }
    tracker.finish(event);
  };

  ScenarioRecords records;
  records.emit_state(scenario, take);
  for (const ScenarioEvent& step : scenario.events) {
    records.emit_event(step, take);
  }
  return problems + compare(scenario.alerts, alerts);
}

}  // namespace saker::test
