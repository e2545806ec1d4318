// SPDX-License-Identifier: Apache-2.0
#include "cmd/rules_schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "engine/rules/loader.h"
#include "tests/support/schema_check.h"
#include "tests/support/yaml_json.h"

namespace saker::test {
namespace {

std::string problem_of(std::string_view yaml) {
  static const std::unique_ptr<SchemaCheck> kCheck = SchemaCheck::of_text(rules_schema());
  const std::string problem = kCheck->problem_of(yaml_as_json(yaml));
  return problem.substr(0, problem.find(" of "));
}

size_t expect_fits(const std::string& path) {
  const auto files = read_rule_files(path);
  for (const auto& file : *files) {
    EXPECT_EQ(problem_of(file->text()), "") << file->name();
  }
  return files->size();
}

TEST(RulesSchema, TakesTheShippedRules) {
  EXPECT_GT(expect_fits(std::string(SAKER_SOURCE_DIR) + "/rules"), 1U);
  EXPECT_GT(expect_fits(std::string(SAKER_SOURCE_DIR) + "/rules/examples"), 0U);
}

TEST(RulesSchema, TakesTheStockRules) {
  const char* const shared = std::getenv("SAKER_SHARED");
  if (shared == nullptr) {
    GTEST_SKIP() << "SAKER_SHARED does not name the reference data";
  }
  EXPECT_GT(expect_fits(std::string(shared) + "/rules"), 1U);
}

TEST(RulesSchema, RefusesWhatIsNoRule) {
  EXPECT_EQ(problem_of("- {rule: a, conditon: b}"),
            "saker-rules: #/0/conditon breaks `additionalProperties`");
  for (const char* yaml : {
           "rule: a",
           "- text",
           "- {rule: a, priority: loud}",
           "- {rule: a, enabled: maybe}",
           "- {rule: a, tags: x}",
           "- {rule: a, action: stop}",
           "- {rule: a, override: {priority: append}}",
           "- {rule: a, override: {source: replace}}",
           "- {rule: a, exceptions: [{fields: x}]}",
           "- required_plugin_versions: [{name: x}]",
       }) {
    EXPECT_NE(problem_of(yaml), "") << yaml;
  }
}

}  // namespace
}  // namespace saker::test
