// SPDX-License-Identifier: Apache-2.0
// Runs every case of rules/tests and of tests/scenarios, and sees to it that each shipped rule has
// one in which it fires and one in which it does not.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/yaml_files.h"
#include "engine/cases/case_maker.h"
#include "engine/cases/case_reader.h"
#include "engine/cases/case_records.h"
#include "engine/cases/case_runner.h"
#include "engine/cases/case_writer.h"
#include "engine/rules/loader.h"
#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SAKER_SOURCE_DIR;
// More would mean that a rule is tried on events it cannot be about.
constexpr size_t kMaxEventsPerRule = 12;

std::vector<std::string> files_of(const fs::path& directory) {
  const auto files = list_yaml_files(directory);
  EXPECT_TRUE(files) << files.error().to_string();
  return files ? *files : std::vector<std::string>();
}

std::vector<std::string> case_files() {
  std::vector<std::string> files = files_of(kRoot / "rules" / "tests");
  const std::vector<std::string> others = files_of(kRoot / "tests" / "scenarios");
  files.insert(files.end(), others.begin(), others.end());
  return files;
}

std::string render_all(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    text += render(diagnostic) + '\n';
  }
  return text;
}

std::vector<Case> read(const std::string& path) {
  const auto texts = read_yaml_files(path, "case");
  EXPECT_TRUE(texts) << texts.error().to_string();
  Diagnostics diagnostics;
  std::vector<Case> cases = read_cases(texts->front(), diagnostics);
  EXPECT_EQ(render_all(diagnostics), "");
  return cases;
}

// With the problems of the alerts themselves.
std::string problems_of(const CaseOutcome& outcome) {
  std::string problems = render_all(outcome.findings);
  for (const CaseDifference& difference : outcome.differences) {
    problems += std::string(to_string(difference.kind)) + ": " + difference.rule + ' ' +
                difference.event + difference.nearest + '\n';
  }
  for (const CameAlert& came : outcome.alerts) {
    problems += schema_problem_of(*came.alert);
  }
  return problems;
}

LoadResult load_shipped_rules() {
  const auto files = read_rule_files((kRoot / "rules").string());
  EXPECT_TRUE(files) << files.error().to_string();
  return files ? load_rules(*files, {}) : LoadResult{};
}

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, GivesItsAlerts) {
  CaseRunner runner({{}, {}, {}});
  const std::vector<Case> cases = read(GetParam());
  EXPECT_FALSE(cases.empty());
  for (const Case& read : cases) {
    EXPECT_EQ(problems_of(runner.run(read)), "") << "case: " << read.name;
  }
}

SourceTexts rules_of(const Case& of) {
  SourceTexts files;
  for (const Text& rules : of.rules) {
    const auto texts = read_rule_files(path_in_case(of, rules.value));
    EXPECT_TRUE(texts) << texts.error().to_string();
    files.insert(files.end(), texts->begin(), texts->end());
  }
  if (of.inline_rules) {
    files.push_back(std::make_shared<SourceText>("inline_rules", of.inline_rules->value));
  }
  return files;
}

// What is made of the records of a case, as if they had been captured.
Result<Case> made_again(const Case& original, const SourceTexts& rules) {
  const LoadResult loaded = load_rules(rules, {});
  CaseMaker maker(loaded.rules, {}, {.name = original.name, .with_environment = true});
  const auto take = [&](auto record) { maker.take(record); };
  CaseRecords records;
  records.emit_state(original, take);
  for (const CaseEvent& event : original.events) {
    records.emit_event(event, take);
  }
  return std::move(maker).finish();
}

TEST_P(ScenarioFile, CanBeMadeOfWhatItRecords) {
  for (const Case& original : read(GetParam())) {
    SCOPED_TRACE(original.name);
    const SourceTexts rules = rules_of(original);
    Result<Case> made = made_again(original, rules);
    if (!made) {
      EXPECT_TRUE(original.quiet) << made.error().to_string();
      continue;
    }
    const std::string yaml = to_yaml(*made);
    Diagnostics diagnostics;
    const std::vector<Case> cases =
        read_cases(std::make_shared<SourceText>("made", yaml), diagnostics);
    ASSERT_EQ(render_all(diagnostics), "") << yaml;
    CaseRunner runner({{}, [&]() -> Result<SourceTexts> { return rules; }, {}});
    EXPECT_EQ(made->alerts.size(), original.alerts.size());
    EXPECT_EQ(problems_of(runner.run(cases.at(0))), "") << yaml;
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioFile, testing::ValuesIn(case_files()),
                         [](const auto& file) { return fs::path(file.param).stem().string(); });

TEST(ShippedRules, LoadWithoutFinding) {
  const LoadResult loaded = load_shipped_rules();
  EXPECT_EQ(render_all(loaded.diagnostics), "");
  EXPECT_NE(loaded.rules, nullptr);
}

TEST(ShippedRules, SayWhatToDoAndWhatTheyWatch) {
  const LoadResult loaded = load_shipped_rules();
  ASSERT_NE(loaded.rules, nullptr);
  for (const Rule& rule : loaded.rules->rules()) {
    EXPECT_GT(rule.description.size(), 80U) << rule.name;
    EXPECT_FALSE(rule.tags.empty()) << rule.name;
    EXPECT_LE(rule.events.count(), kMaxEventsPerRule) << rule.name;
    EXPECT_TRUE(rule.output.starts_with(rule.name + " (")) << rule.name;
  }
}

TEST(ShippedRules, HaveFiringAndQuietScenarios) {
  std::set<std::string> firing;
  std::set<std::string> quiet;
  for (const std::string& file : files_of(kRoot / "rules" / "tests")) {
    for (const Case& read : read(file)) {
      for (const CaseAlert& alert : read.alerts) {
        firing.insert(alert.rule.value);
      }
      if (read.about) {
        quiet.insert(read.about->value);
      }
    }
  }
  const LoadResult loaded = load_shipped_rules();
  ASSERT_NE(loaded.rules, nullptr);
  for (const Rule& rule : loaded.rules->rules()) {
    EXPECT_TRUE(firing.contains(rule.name)) << rule.name << ": no scenario in which it fires";
    EXPECT_TRUE(quiet.contains(rule.name)) << rule.name << ": no scenario in which it is quiet";
  }
}

}  // namespace
}  // namespace saker::test
