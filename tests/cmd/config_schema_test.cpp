// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_schema.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "cmd/config_default.h"
#include "tests/support/schema_check.h"
#include "tests/support/yaml_json.h"

namespace saker::test {
namespace {

// Where and by which keyword a configuration breaks the schema, or nothing.
std::string problem_of(const std::string& yaml) {
  static const std::unique_ptr<SchemaCheck> kCheck = SchemaCheck::of_text(config_schema());
  const std::string problem = kCheck->problem_of(yaml_as_json(yaml));
  return problem.substr(0, problem.find(" of "));
}

TEST(ConfigSchema, TakesTheDefaultFileWithAndWithoutItsMarks) {
  std::string text = default_config_text();
  EXPECT_EQ(problem_of(text), "");
  for (size_t at = text.find('#'); at != std::string::npos; at = text.find('#', at + 1)) {
    const bool is_key = text[at + 1] != ' ' && text[at + 1] != '\n';
    const size_t begin = text.rfind('\n', at) + 1;
    if (is_key && text.find_first_not_of(' ', begin) == at) {
      text.erase(at, 1);
    }
  }
  EXPECT_NE(text.find("\njson_output: false\n"), std::string::npos);
  EXPECT_EQ(problem_of(text), "");
}

TEST(ConfigSchema, TakesWhatTheSensorTakes) {
  for (const char* yaml : {
           "{priority: Warning, outputs_queue: {capacity: 5}}",
           "rules_files: one.yaml",
           "rules: [{enable: {rule: a, tag: b}}, {disable: {tag: c}}]",
           "config_files: [a, {path: b, strategy: add-only}]",
           "append_output: [{match: {tags: [a]}, extra_fields: [evt.num, {k: 'x %evt.num'}]}]",
           "webserver: {enabled: '${ON}', listen_port: '${PORT}'}",
           "kafka_output: {topic: 7, properties: {a.b: c, linger: {ms: 5}}, collapse: {key: [x]}}",
           "engine: {kind: modern_ebpf, modern_ebpf: {buf_size_preset: 3}}",
           "plugins: [{name: json, library_path: libjson.so}]",
           "webserver:",
       }) {
    EXPECT_EQ(problem_of(yaml), "") << yaml;
  }
}

TEST(ConfigSchema, RefusesWhatTheSensorRefuses) {
  EXPECT_EQ(problem_of("jsn_output: true"),
            "saker-config: #/jsn_output breaks `additionalProperties`");
  EXPECT_EQ(problem_of("webserver: {port: 1}"),
            "saker-config: #/webserver/port breaks `additionalProperties`");
  for (const char* yaml : {
           "json_output: 1",
           "outputs_queue: {capacity: 0}",
           "outputs_queue: {capacity: many}",
           "webserver: {listen_port: 70000}",
           "rule_matching: some",
           "priority: [debug]",
           "rules_files: {a: b}",
           "rules: [{enable: {tags: x}}]",
           "rules: [x]",
           "static_fields: [a]",
           "webserver: true",
       }) {
    EXPECT_NE(problem_of(yaml), "") << yaml;
  }
}

}  // namespace
}  // namespace saker::test
