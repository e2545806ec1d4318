// SPDX-License-Identifier: Apache-2.0
// Runs every case of tests/scenarios/*.yaml, and sees to it that each shipped rule has one in which
// it fires and one in which it does not.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/rules/loader.h"
#include "tests/support/scenario.h"

namespace saker::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SAKER_SOURCE_DIR;
// More would mean that a rule is tried on events it cannot be about.
constexpr size_t kMaxEventsPerRule = 12;

std::vector<fs::path> scenario_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(kRoot / "tests" / "scenarios")) {
    if (entry.path().extension() == ".yaml") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::string render_all(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    text += render(diagnostic) + '\n';
  }
  return text;
}

std::vector<Scenario> read(const fs::path& path) {
  std::ifstream in(path);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto source =
      std::make_shared<SourceText>(path.lexically_relative(kRoot).string(), std::move(text));
  Diagnostics diagnostics;
  std::vector<Scenario> scenarios = read_scenarios(source, diagnostics);
  EXPECT_EQ(render_all(diagnostics), "");
  return scenarios;
}

LoadResult load_shipped_rules() {
  const auto files = read_rule_files((kRoot / "rules").string());
  EXPECT_TRUE(files) << files.error().to_string();
  return files ? load_rules(*files, {}) : LoadResult{};
}

class ScenarioFile : public testing::TestWithParam<fs::path> {};

TEST_P(ScenarioFile, GivesItsAlerts) {
  const std::vector<Scenario> scenarios = read(GetParam());
  EXPECT_FALSE(scenarios.empty());
  for (const Scenario& scenario : scenarios) {
    EXPECT_EQ(run_scenario(scenario), "") << "case: " << scenario.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, ScenarioFile, testing::ValuesIn(scenario_files()),
                         [](const auto& file) { return file.param.stem().string(); });

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
  for (const fs::path& file : scenario_files()) {
    for (const Scenario& scenario : read(file)) {
      for (const ScenarioAlert& alert : scenario.alerts) {
        firing.insert(alert.rule);
      }
      if (!scenario.rules.empty()) {
        quiet.insert(scenario.about);
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

TEST(Scenario, RefusesWhatItDoesNotKnow) {
  const auto source = std::make_shared<SourceText>("x.yaml",
                                                   "case: a typing error\n"
                                                   "rules: [rules]\n"
                                                   "events: [{type: opennat, pid: 1}]\n"
                                                   "alert: []\n");
  Diagnostics diagnostics;
  static_cast<void>(read_scenarios(source, diagnostics));
  EXPECT_EQ(render_all(diagnostics),
            "x.yaml:3:10-31: error: scenarios do not know the event 'opennat'\n"
            "  events: [{type: opennat, pid: 1}]\n"
            "           ~~~~~~~~~~~~~~~~~~~~~~\n"
            "hint: did you mean 'openat'?\n"
            "x.yaml:1:1-20: error: a case has either 'alerts', or 'quiet: true' and "
            "'about: RULE'\n"
            "  case: a typing error\n"
            "  ~~~~~~~~~~~~~~~~~~~~\n"
            "x.yaml:4:1-5: error: unknown key 'alert'\n"
            "  alert: []\n"
            "  ~~~~~\n"
            "hint: did you mean 'alerts'?\n");
}

}  // namespace
}  // namespace saker::test
