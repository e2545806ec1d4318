// SPDX-License-Identifier: Apache-2.0
#include "cmd/case_schema.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/base/yaml_files.h"
#include "tests/support/schema_check.h"
#include "tests/support/yaml_json.h"

namespace saker::test {
namespace {

std::string problem_of(std::string_view yaml) {
  static const std::unique_ptr<SchemaCheck> kCheck = SchemaCheck::of_text(case_schema());
  const std::string problem = kCheck->problem_of(yaml_as_json(yaml));
  return problem.substr(0, problem.find(" of "));
}

TEST(CaseSchema, TakesTheShippedCases) {
  constexpr std::string_view kBetween = "\n---\n";
  size_t cases = 0;
  for (const char* folder : {"/rules/tests", "/tests/scenarios"}) {
    const auto files = read_yaml_files(std::string(SAKER_SOURCE_DIR) + folder, "case");
    ASSERT_TRUE(files) << files.error().to_string();
    for (const auto& file : *files) {
      std::string_view text = file->text();
      while (!text.empty()) {
        const size_t end = std::min(text.find(kBetween), text.size());
        EXPECT_EQ(problem_of(text.substr(0, end)), "") << file->name() << text.substr(0, end);
        text.remove_prefix(std::min(end + kBetween.size(), text.size()));
        ++cases;
      }
    }
  }
  EXPECT_GT(cases, 40U);
}

TEST(CaseSchema, RefusesWhatIsNoCase) {
  EXPECT_EQ(problem_of("{case: c, event: []}"),
            "saker-case: #/event breaks `additionalProperties`");
  for (const char* yaml : {
           "[]",
           "{events: []}",
           "{case: c, quiet: maybe}",
           "{case: c, processes: [{name: a}]}",
           "{case: c, processes: [{pid: a}]}",
           "{case: c, processes: [{pid: 1, nmae: a}]}",
           "{case: c, users: [{uid: 1}]}",
           "{case: c, events: [{type: opennat, pid: 1}]}",
           "{case: c, events: [{type: openat, pid: 1, pahth: x}]}",
           "{case: c, events: [{type: connect, pid: 1, socket: {x: 1}}]}",
           "{case: c, alerts: [{fields: {}}]}",
           "{case: c, alerts: [{rule: R, fields: [a]}]}",
       }) {
    EXPECT_NE(problem_of(yaml), "") << yaml;
  }
}

}  // namespace
}  // namespace saker::test
