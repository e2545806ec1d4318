// SPDX-License-Identifier: Apache-2.0
#include "cmd/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace saker {
namespace {

struct Parsed {
  Config config;
  std::string findings;  // rendered, a line end between them
};

Parsed parse(std::string_view yaml, const std::vector<std::string>& overrides = {}) {
  Diagnostics diagnostics;
  auto file = std::make_shared<const SourceText>("saker.yaml", std::string(yaml));
  Parsed parsed{parse_config(file, overrides, diagnostics), ""};
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    parsed.findings += (parsed.findings.empty() ? "" : "\n") + render(diagnostic);
  }
  return parsed;
}

TEST(Config, ReadsEveryKindOfKey) {
  const Parsed parsed = parse(
      "rules_files:\n"
      "  - a.yaml\n"
      "  - b.d\n"
      "priority: Warning\n"
      "rule_matching: all\n"
      "json_output: yes\n"
      "json_include_output_property: false\n"
      "json_include_message_property: true\n"
      "json_include_output_fields_property: false\n"
      "json_include_tags_property: off\n"
      "time_format_iso_8601: true\n"
      "outputs_queue:\n"
      "  capacity: 17\n"
      "log_level: debug\n"
      "ring_size_bytes: 131072\n"
      "falco_libs: {thread_table_size: 1000}\n"
      "stdout_output:\n"
      "  enabled: false\n");
  EXPECT_EQ(parsed.findings, "");
  const Config& config = parsed.config;
  EXPECT_EQ(config.rules_files, (std::vector<std::string>{"a.yaml", "b.d"}));
  EXPECT_EQ(config.priority, Priority::kWarning);
  EXPECT_EQ(config.rule_matching, RuleMatching::kAll);
  EXPECT_TRUE(config.line.json);
  EXPECT_FALSE(config.line.include_output);
  EXPECT_TRUE(config.line.include_message);
  EXPECT_FALSE(config.line.include_output_fields);
  EXPECT_FALSE(config.line.include_tags);
  EXPECT_TRUE(config.line.time_iso_8601);
  EXPECT_EQ(config.queue_capacity, 17U);
  EXPECT_EQ(config.log_level, Priority::kDebug);
  EXPECT_EQ(config.ring_bytes, 131072U);
  EXPECT_EQ(config.process_limit, 1000U);
  ASSERT_EQ(config.sinks.size(), builtin_outputs().size());
  EXPECT_EQ(config.sinks[0].at("enabled"), "false");
}

// The documented default of each key is what the program does without it.
TEST(Config, DocumentedDefaultsAreTheRealOnes) {
  const auto all_of = [](const Config& c) {
    return std::make_tuple(c.rules_files, c.priority, c.rule_matching, c.line.json,
                           c.line.time_iso_8601, c.line.include_output, c.line.include_message,
                           c.line.include_output_fields, c.line.include_tags, c.sinks,
                           c.queue_capacity, c.log_level, c.ring_bytes, c.process_limit);
  };
  for (const ConfigKey& key : config_keys()) {
    const Parsed parsed = parse("", {key.name + "=" + std::string(key.default_text)});
    EXPECT_EQ(parsed.findings, "");
    EXPECT_TRUE(all_of(parsed.config) == all_of(Config())) << key.name;
    EXPECT_FALSE(key.doc.empty()) << key.name;
  }
}

TEST(Config, OverridesComeAfterTheFileAndInOrder) {
  const Parsed parsed = parse("json_output: false\nrules_files: [a]\n",
                              {"json_output=false", "json_output=true", "rules_files[]=b",
                               "outputs_queue={capacity: 5}", "stdout_output.enabled=no"});
  EXPECT_EQ(parsed.findings, "");
  EXPECT_TRUE(parsed.config.line.json);
  EXPECT_EQ(parsed.config.rules_files, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parsed.config.queue_capacity, 5U);
  EXPECT_EQ(parsed.config.sinks[0].at("enabled"), "no");
  EXPECT_EQ(parse("rules_files: [a]", {"rules_files=[b, c]"}).config.rules_files,
            (std::vector<std::string>{"b", "c"}));
}

TEST(Config, FalcosRingPresetsDoubleFromOneMebibyte) {
  EXPECT_EQ(parse("engine: {modern_ebpf: {buf_size_preset: 1}}").config.ring_bytes, 1U << 20U);
  EXPECT_EQ(parse("", {"engine.modern_ebpf.buf_size_preset=4"}).config.ring_bytes, 8U << 20U);
  EXPECT_EQ(parse("", {"engine.modern_ebpf.buf_size_preset=10"}).config.ring_bytes, 512U << 20U);
}

TEST(Config, ExpandsTheEnvironment) {
  ASSERT_EQ(::setenv("SAKER_TEST_DIR", "/opt/r", 1), 0);
  ASSERT_EQ(::unsetenv("SAKER_TEST_NONE"), 0);
  const Parsed parsed = parse(
      "rules_files:\n"
      "  - ${SAKER_TEST_DIR}/a${SAKER_TEST_NONE}.yaml\n"
      "  - x$${SAKER_TEST_DIR}y\n"
      "  - ${SAKER_TEST_DIR\n"
      "  - $SAKER_TEST_DIR\n");
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(parsed.config.rules_files,
            (std::vector<std::string>{"/opt/r/a.yaml", "x${SAKER_TEST_DIR}y", "${SAKER_TEST_DIR",
                                      "$SAKER_TEST_DIR"}));
}

TEST(Config, AllMistakesAreReportedWithTheirPlace) {
  EXPECT_EQ(
      parse("json_outptu: true\n"
            "stdout_output:\n"
            "  enabld: true\n"
            "  enabled: maybe\n"
            "engine:\n"
            "  modern_ebpf: 7\n"
            "rules_files: {a: b}\n"
            "priority: [debug]\n"
            "outputs_queue: {capacity: 0}\n"
            "ring_size_bytes: 12\n"
            "rule_matching: some\n"
            "log_level: loud\n"
            "nothing_like_it: 1\n")
          .findings,
      "saker.yaml:1:1-11: error: unknown configuration key 'json_outptu'\n"
      "  json_outptu: true\n"
      "  ~~~~~~~~~~~\n"
      "hint: did you mean 'json_output'?\n"
      "saker.yaml:3:3-8: error: unknown configuration key 'stdout_output.enabld'\n"
      "  enabld: true\n"
      "  ~~~~~~\n"
      "hint: did you mean 'stdout_output.enabled'?\n"
      "saker.yaml:4:12-16: error: 'stdout_output.enabled' must be true or false\n"
      "  enabled: maybe\n"
      "           ~~~~~\n"
      "saker.yaml:6:16: error: 'engine.modern_ebpf' is a section of keys, not a value\n"
      "  modern_ebpf: 7\n"
      "               ~\n"
      "saker.yaml:7:14-18: error: 'rules_files' must be a list\n"
      "  rules_files: {a: b}\n"
      "               ~~~~~\n"
      "saker.yaml:8:11-16: error: 'priority' must be a single value\n"
      "  priority: [debug]\n"
      "            ~~~~~~\n"
      "saker.yaml:9:27: error: 'outputs_queue.capacity' must not be 0: queues are bounded, so "
      "that a slow output cannot use up memory\n"
      "  outputs_queue: {capacity: 0}\n"
      "                            ~\n"
      "saker.yaml:10:18-19: error: 'ring_size_bytes' must be a whole number from 65536 to "
      "1073741824\n"
      "  ring_size_bytes: 12\n"
      "                   ~~\n"
      "saker.yaml:11:16-19: error: 'rule_matching' must be first or all\n"
      "  rule_matching: some\n"
      "                 ~~~~\n"
      "saker.yaml:12:12-15: error: 'log_level' must be one of emergency, alert, critical, "
      "error, warning, notice, informational, debug\n"
      "  log_level: loud\n"
      "             ~~~~\n"
      "saker.yaml:13:1-15: error: unknown configuration key 'nothing_like_it'\n"
      "  nothing_like_it: 1\n"
      "  ~~~~~~~~~~~~~~~\n"
      "hint: 'saker list config' shows all keys");
}

TEST(Config, DuplicateKeysAndBadYamlAreErrors) {
  EXPECT_EQ(parse("json_output: true\njson_output: false\n").findings,
            "saker.yaml:2:1-11: error: key 'json_output' is already there\n"
            "  json_output: false\n"
            "  ~~~~~~~~~~~\n"
            "hint: it stands in line 1 too; keep one of them");
  EXPECT_EQ(parse("- json_output\n").findings,
            "saker.yaml:1:1-13: error: a configuration file holds keys and values, like "
            "`json_output: true`\n"
            "  - json_output\n"
            "  ~~~~~~~~~~~~~");
  EXPECT_NE(parse("a: [1\n").findings, "");
}

TEST(Config, MistakesInOverridesAreShownInTheOverride) {
  EXPECT_EQ(parse("", {"json_outptu=true", "novalue", "stdout_output={enabled: maybe}",
                       "outputs_queue=3", "json_output[]=true"})
                .findings,
            "-o:1:1-11: error: unknown configuration key 'json_outptu'\n"
            "  json_outptu=true\n"
            "  ~~~~~~~~~~~\n"
            "hint: did you mean 'json_output'?\n"
            "-o:1:1-7: error: an override has the form KEY=VALUE\n"
            "  novalue\n"
            "  ~~~~~~~\n"
            "-o:1:25-29: error: 'stdout_output.enabled' must be true or false\n"
            "  stdout_output={enabled: maybe}\n"
            "                          ~~~~~\n"
            "-o:1:15: error: 'outputs_queue' is a section of keys, not a value\n"
            "  outputs_queue=3\n"
            "                ~\n"
            "-o:1:1-13: error: 'json_output' is not a list\n"
            "  json_output[]=true\n"
            "  ~~~~~~~~~~~~~");
}

TEST(Config, OnlyRegularFilesOfBoundedSizeAreRead) {
  const auto error_of = [](const std::string& path) {
    const auto file = read_config_file(path);
    return file ? "(none)" : file.error().to_string();
  };
  EXPECT_EQ(error_of("/no/such"),
            "cannot read configuration file '/no/such': No such file or directory");
  EXPECT_EQ(error_of("/"),
            "cannot read configuration file '/': Is a directory (a configuration is a regular "
            "file)");
  EXPECT_EQ(error_of("/dev/null"),
            "cannot read configuration file '/dev/null' (a configuration is a regular file)");
  const std::string big = testing::TempDir() + "saker-config-big";
  std::ofstream(big) << std::string(10 << 20, '#');
  EXPECT_EQ(error_of(big), "cannot read configuration file '" + big +
                               "': File too large (a configuration has at most 1 MiB)");
  std::filesystem::remove(big);
}

}  // namespace
}  // namespace saker
