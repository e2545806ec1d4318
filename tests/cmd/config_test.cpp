// SPDX-License-Identifier: Apache-2.0
#include "cmd/config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "cmd/config_keys.h"

namespace saker {
namespace {

struct Parsed {
  Config config;
  std::string findings;  // rendered, a line end between them
};

Parsed parse(std::string_view yaml, const std::vector<std::string>& overrides = {}) {
  Diagnostics diagnostics;
  const auto file = std::make_shared<const SourceText>("saker.yaml", std::string(yaml));
  ConfigNode tree = read_config_tree(file, diagnostics);
  for (const std::string& text : overrides) {
    add_config_override(tree, std::make_shared<const SourceText>("-o", text), diagnostics);
  }
  add_environment(tree, diagnostics);
  Parsed parsed{make_config(tree, diagnostics), ""};
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    parsed.findings += (parsed.findings.empty() ? "" : "\n") + render(diagnostic);
  }
  return parsed;
}

// One line for each entry.
std::string to_text(const std::vector<AppendOutput>& entries) {
  std::string text;
  for (const AppendOutput& entry : entries) {
    text += "source=" + entry.source + " rule=" + entry.rule;
    for (const std::string& tag : entry.tags) {
      text += " tag=" + tag;
    }
    text += " output=" + (entry.extra_output ? entry.extra_output->value : "");
    for (const AppendOutput::Field& field : entry.extra_fields) {
      text += " " + field.name.value + (field.format ? ":" + field.format->value : "");
    }
    text += entry.suggested_output ? " suggested\n" : "\n";
  }
  return text;
}

std::string to_text(const std::vector<RuleSelection>& selections) {
  std::string text;
  for (const RuleSelection& selection : selections) {
    text += (selection.enable ? "+" : "-") +
            std::string(selection.rules.by == RulePattern::By::kTag ? "tag " : "rule ") +
            selection.rules.text.value + "\n";
  }
  return text;
}

std::string to_text(const std::vector<EnforcementSelection>& selections) {
  std::string text;
  for (const EnforcementSelection& selection : selections) {
    text += std::string(to_string(selection.mode)) +
            (selection.rules.by == RulePattern::By::kTag ? " tag " : " rule ") +
            selection.rules.text.value + "\n";
  }
  return text;
}

TEST(Config, ReadsWhatIsEnforced) {
  const Parsed parsed = parse(
      "enforcement:\n"
      "  mode: on\n"
      "  rules:\n"
      "    - audit: {rule: '*'}\n"
      "    - on: {tag: ready}\n"
      "    - off: {rule: Shell*}\n"
      "  fallback: kill\n"
      "  exempt: [/usr/bin/dpkg]\n",
      {"enforcement.exempt[]=/usr/sbin/sshd", "enforcement.rules[].audit.tag=new"});
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(parsed.config.enforcement.mode, Enforcement::kOn);
  EXPECT_EQ(to_text(parsed.config.enforcement.rules),
            "audit rule *\non tag ready\noff rule Shell*\naudit tag new\n");
  EXPECT_EQ(parsed.config.enforcement.fallback, DenyFallback::kKill);
  EXPECT_EQ(parsed.config.enforcement_options,
            (EnforcementOptions{.exempt_paths = {"/usr/bin/dpkg", "/usr/sbin/sshd"}}));
}

TEST(Config, MistakesAboutEnforcementAreShownWithTheirPlace) {
  EXPECT_EQ(parse("enforcement:\n"
                  "  mode: strict\n"
                  "  rules: [{deny: {rule: x}}, {on: {rule: ''}}]\n"
                  "  exempt: [dpkg]\n")
                .findings,
            "saker.yaml:2:9-14: error: 'enforcement.mode' must be one of off, audit, on\n"
            "  mode: strict\n"
            "        ~~~~~~\n"
            "hint: the default is audit\n"
            "saker.yaml:3:12-15: error: unknown configuration key 'enforcement.rules[].deny'\n"
            "  rules: [{deny: {rule: x}}, {on: {rule: ''}}]\n"
            "           ~~~~\n"
            "hint: 'saker list config' shows all keys\n"
            "saker.yaml:3:42-43: error: 'enforcement.rules[].on.rule' must not be empty\n"
            "  rules: [{deny: {rule: x}}, {on: {rule: ''}}]\n"
            "                                         ~~\n"
            "saker.yaml:4:12-15: error: 'enforcement.exempt' must hold absolute paths\n"
            "  exempt: [dpkg]\n"
            "           ~~~~");
}

TEST(Config, TakesTheRootsOfContainerRuntimes) {
  const Parsed parsed = parse(
      "containers:\n"
      "  host_root: /host\n"
      "  docker_roots: [/data/docker, /mnt/docker]\n",
      {"containers.cni_roots[]=/run/cni"});
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(parsed.config.containers.host, "/host");
  EXPECT_EQ(parsed.config.containers.docker,
            (std::vector<std::string>{"/data/docker", "/mnt/docker"}));
  EXPECT_EQ(parsed.config.containers.cni, std::vector<std::string>{"/run/cni"});
  EXPECT_TRUE(parsed.config.containers.storage.empty()) << "the usual ones";
  EXPECT_NE(parse("containers: {host_root: host}").findings.find("must be an absolute path"),
            std::string::npos);
  EXPECT_NE(parse("containers: {runc_roots: [run]}").findings.find("must hold absolute paths"),
            std::string::npos);
}

TEST(Config, TakesFalcosSectionOfTheWebServer) {
  const Parsed parsed = parse(
      "webserver:\n"
      "  enabled: true\n"
      "  listen_port: 1234\n"
      "  listen_address: \"::1\"\n"
      "  k8s_healthz_endpoint: /alive\n"
      "  prometheus_metrics_enabled: true\n"
      "  ssl_enabled: true\n"
      "  ssl_certificate: /etc/falco/falco.pem\n"
      "metrics: {enabled: true, libbpf_stats_enabled: true}\n");
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(parsed.config.web_server,
            (WebServerConfig{.enabled = true,
                             .address = "::1",
                             .port = 1234,
                             .health_path = "/alive",
                             .serves_metrics = true,
                             .uses_tls = true,
                             .certificate_path = "/etc/falco/falco.pem"}));
  EXPECT_TRUE(parsed.config.metrics_enabled);
  EXPECT_TRUE(parsed.config.count_bpf_runs);
  EXPECT_NE(parse("webserver: {listen_port: 65536}")
                .findings.find("must be a whole number from 0 to 65535"),
            std::string::npos);
  EXPECT_NE(parse("webserver: {k8s_healthz_endpoint: alive}").findings.find("must begin with '/'"),
            std::string::npos);
}

TEST(Config, TakesTheRootOfTheHostFromTheEnvironmentOfFalcosImages) {
  ::setenv("HOST_ROOT", "/host", 1);
  EXPECT_EQ(parse("").config.containers.host, "/host");
  EXPECT_EQ(parse("containers: {host_root: /other}").config.containers.host, "/other");
  ::unsetenv("HOST_ROOT");
  EXPECT_EQ(parse("").config.containers.host, "/");
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
      "json_include_id_property: false\n"
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
  EXPECT_FALSE(config.line.include_id);
  EXPECT_TRUE(config.line.time_iso_8601);
  EXPECT_EQ(config.queue_capacity, 17U);
  EXPECT_EQ(config.log_level, Priority::kDebug);
  EXPECT_EQ(config.ring_bytes, 131072U);
  EXPECT_EQ(config.process_limit, 1000U);
  ASSERT_EQ(config.sinks.size(), builtin_outputs().size());
  EXPECT_FALSE(config.sinks[0].boolean("enabled"));
}

// The documented default of each key is what the program does without it.
TEST(Config, DocumentedDefaultsAreTheRealOnes) {
  const auto all_of = [](const Config& c) {
    return std::make_tuple(c.rules_files, c.priority, c.rule_matching, c.line.json,
                           c.line.time_iso_8601, c.line.include_output, c.line.include_message,
                           c.line.include_output_fields, c.line.include_tags, c.line.include_id,
                           c.sinks, c.queue_capacity, c.log_level, c.ring_bytes, c.process_limit,
                           c.rule_selection.size(), to_text(c.append_output), c.static_fields,
                           c.buffer_format, c.web_server, c.metrics_enabled, c.count_bpf_runs,
                           c.enforcement.mode, to_text(c.enforcement.rules), c.enforcement.fallback,
                           c.enforcement_options);
  };
  for (const ConfigKey& key : config_keys()) {
    EXPECT_FALSE(key.setting.doc.empty()) << key.name;
    if (key.name.starts_with("rules[]") || key.name.starts_with("enforcement.rules[]") ||
        key.name == "config_files[].path") {
      continue;  // have none: an item without any of them is an error
    }
    const Parsed parsed = parse("", {key.name + "=" + std::string(key.setting.default_text)});
    EXPECT_EQ(parsed.findings, "");
    Config expected;
    if (key.name.starts_with("append_output[]")) {
      expected.append_output.emplace_back();
    }
    EXPECT_TRUE(all_of(parsed.config) == all_of(expected)) << key.name;
  }
}

TEST(Config, DotsInKeysOfMapsMayBeMapsThemselves) {
  const auto outputs = builtin_outputs();
  const auto kafka =
      static_cast<size_t>(std::ranges::find(outputs, "kafka", &OutputDef::name) - outputs.begin());
  const Parsed parsed = parse("kafka_output: {properties: {linger.ms: 5, batch: {size: 6}}}",
                              {"kafka_output.properties.linger.ms=7"});
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(parsed.config.sinks[kafka].map("properties"),
            (std::map<std::string, std::string>{{"batch.size", "6"}, {"linger.ms", "7"}}));
}

TEST(Config, OverridesComeAfterTheFileAndInOrder) {
  const Parsed parsed = parse("json_output: false\nrules_files: [a]\n",
                              {"json_output=false", "json_output=true", "rules_files[]=b",
                               "outputs_queue={capacity: 5}", "stdout_output.enabled=no"});
  EXPECT_EQ(parsed.findings, "");
  EXPECT_TRUE(parsed.config.line.json);
  EXPECT_EQ(parsed.config.rules_files, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parsed.config.queue_capacity, 5U);
  EXPECT_FALSE(parsed.config.sinks[0].boolean("enabled"));
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
  EXPECT_EQ(parse("json_outptu: true\n"
                  "stdout_output:\n"
                  "  enabld: true\n"
                  "  enabled: maybe\n"
                  "engine:\n"
                  "  modern_ebpf: 7\n"
                  "rules_files: {a: b}\n"
                  "priority: [debug]\n"
                  "outputs_queue: {capacity: -1}\n"
                  "ring_size_bytes: 12\n"
                  "rule_matching: some\n"
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
            "hint: the default is true\n"
            "saker.yaml:6:16: error: 'engine.modern_ebpf' is a section of keys, not a value\n"
            "  modern_ebpf: 7\n"
            "               ~\n"
            "hint: 'saker list config' shows them\n"
            "saker.yaml:7:14-18: error: 'rules_files' must be a list\n"
            "  rules_files: {a: b}\n"
            "               ~~~~~\n"
            "hint: as in `rules_files: [ONE, TWO]`\n"
            "saker.yaml:8:11-16: error: 'priority' must be a single value\n"
            "  priority: [debug]\n"
            "            ~~~~~~\n"
            "hint: the default is debug\n"
            "saker.yaml:9:27-28: error: 'outputs_queue.capacity' must be a whole number from 1 to "
            "1000000\n"
            "  outputs_queue: {capacity: -1}\n"
            "                            ~~\n"
            "hint: the default is 4096\n"
            "saker.yaml:10:18-19: error: 'ring_size_bytes' must be a whole number from 65536 to "
            "1073741824\n"
            "  ring_size_bytes: 12\n"
            "                   ~~\n"
            "hint: the default is 8388608\n"
            "saker.yaml:11:16-19: error: 'rule_matching' must be one of first, all\n"
            "  rule_matching: some\n"
            "                 ~~~~\n"
            "hint: the default is first\n"
            "saker.yaml:12:1-15: error: unknown configuration key 'nothing_like_it'\n"
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
            "-o:1:1-7: error: an override has the form KEY=VALUE\n"
            "  novalue\n"
            "  ~~~~~~~\n"
            "-o:1:1-11: error: unknown configuration key 'json_outptu'\n"
            "  json_outptu=true\n"
            "  ~~~~~~~~~~~\n"
            "hint: did you mean 'json_output'?\n"
            "-o:1:25-29: error: 'stdout_output.enabled' must be true or false\n"
            "  stdout_output={enabled: maybe}\n"
            "                          ~~~~~\n"
            "hint: the default is true\n"
            "-o:1:15: error: 'outputs_queue' is a section of keys, not a value\n"
            "  outputs_queue=3\n"
            "                ~\n"
            "hint: 'saker list config' shows them\n"
            "-o:1:12-13: error: 'json_output' must be a single value\n"
            "  json_output[]=true\n"
            "             ~~\n"
            "hint: the default is false");
}

TEST(Config, OverridesReachIntoLists) {
  const Parsed parsed = parse(
      "append_output:\n"
      "  - extra_output: one\n"
      "  - {extra_output: two, match: {rule: r}}\n"
      "rules_files: a.yaml\n",
      {"append_output[1].extra_output=2=%evt.num", "append_output[0].match.tags[]=x",
       "append_output[0].match.tags[]=y", "append_output[]={suggested_output: true}",
       "append_output[2].extra_fields[]=evt.num", "rules_files[]=b.yaml", "rules[].disable.rule=*",
       "rules[].enable.tag=t", "rules[0].disable.tag=u", "static_fields.data\\.center=7",
       "static_fields.zone=[]", "static_fields.zone=eu", "stdout_output\\.enabled=false"});
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(to_text(parsed.config.append_output),
            "source= rule= tag=x tag=y output=one\n"
            "source= rule=r output=2=%evt.num\n"
            "source= rule= output= evt.num suggested\n");
  EXPECT_EQ(parsed.config.rules_files, (std::vector<std::string>{"a.yaml", "b.yaml"}));
  EXPECT_EQ(to_text(parsed.config.rule_selection), "-rule *\n-tag u\n+tag t\n");
  EXPECT_EQ(parsed.config.static_fields,
            (std::map<std::string, std::string>{{"data.center", "7"}, {"zone", "eu"}}));
}

TEST(Config, PathsOfOverridesMustLeadSomewhere) {
  EXPECT_EQ(parse("rules_files: [a]\n", {"rules_files[1]=b", "rules_files[x]=b", "rules_files[0=b",
                                         "json_output[0]=true", "a..b=1", "rules_files[0]x=1"})
                .findings,
            "-o:1:12-14: error: there is no item 1\n"
            "  rules_files[1]=b\n"
            "             ~~~\n"
            "hint: '[]' appends one\n"
            "-o:1:12-14: error: this is not the place of an item\n"
            "  rules_files[x]=b\n"
            "             ~~~\n"
            "hint: '[0]' is the first item; '[]' appends one\n"
            "-o:1:12-13: error: this is not the place of an item\n"
            "  rules_files[0=b\n"
            "             ~~\n"
            "hint: '[0]' is the first item; '[]' appends one\n"
            "-o:1:12-14: error: there is no item 0\n"
            "  json_output[0]=true\n"
            "             ~~~\n"
            "hint: '[]' appends one\n"
            "-o:1:3: error: a key is missing here\n"
            "  a..b=1\n"
            "    ^\n"
            "hint: keys are joined by dots: a.b[0].c=VALUE\n"
            "-o:1:15: error: a '.' is missing here\n"
            "  rules_files[0]x=1\n"
            "                ~");
}

TEST(Config, PathsOfOverridesAreBounded) {
  std::string path = "a";
  for (int i = 0; i < 100'000; ++i) {
    path += "[]";
  }
  EXPECT_TRUE(parse("", {path + "=1"}).findings.starts_with("-o:1:128: error: nested too deep\n"))
      << parse("", {path + "=1"}).findings.substr(0, 100);
}

TEST(Config, ReadsWhatIsAddedToOutputs) {
  ASSERT_EQ(::setenv("SAKER_TEST_ZONE", "eu", 1), 0);
  const Parsed parsed = parse(
      "append_output:\n"
      "  - match:\n"
      "      source: syscall\n"
      "      rule: Shadow opened\n"
      "      tags: [files, host]\n"
      "    extra_output: by=%proc.name\n"
      "    extra_fields: [evt.num, {where: 'in %proc.cwd'}]\n"
      "  - suggested_output: true\n"
      "static_fields: {zone: '${SAKER_TEST_ZONE}', a.b: c}\n"
      "buffer_format_base64: true\n"
      "rules:\n"
      "  - disable: {rule: '*'}\n"
      "  - enable: {rule: Shadow*, tag: host}\n");
  EXPECT_EQ(parsed.findings, "");
  EXPECT_EQ(to_text(parsed.config.append_output),
            "source=syscall rule=Shadow opened tag=files tag=host output=by=%proc.name evt.num "
            "where:in %proc.cwd\n"
            "source= rule= output= suggested\n");
  EXPECT_EQ(parsed.config.static_fields,
            (std::map<std::string, std::string>{{"a.b", "c"}, {"zone", "eu"}}));
  EXPECT_EQ(parsed.config.buffer_format, BufferFormat::kBase64);
  EXPECT_EQ(to_text(parsed.config.rule_selection), "-rule *\n+rule Shadow*\n+tag host\n");
}

TEST(Config, MistakesInSelectionsOfRulesAreShownWithTheirPlace) {
  EXPECT_EQ(parse("rules:\n"
                  "  - disable: {rule: '*'}\n"
                  "  - enable: {tags: x}\n"
                  "  - enable:\n"
                  "  - foo\n"
                  "  - {}\n"
                  "  - enable: {rule: ''}\n")
                .findings,
            "saker.yaml:3:14-17: error: unknown configuration key 'rules[].enable.tags'\n"
            "  - enable: {tags: x}\n"
            "             ~~~~\n"
            "hint: did you mean 'rules[].enable.tag'?\n"
            "saker.yaml:4:5-10: error: 'rules[].enable' must hold a key\n"
            "  - enable:\n"
            "    ~~~~~~\n"
            "saker.yaml:5:5-7: error: 'rules' must hold items with keys\n"
            "  - foo\n"
            "    ~~~\n"
            "hint: as in `rules: [{KEY: VALUE}]`\n"
            "saker.yaml:6:5: error: 'rules' must hold items with keys\n"
            "  - {}\n"
            "    ~\n"
            "hint: as in `rules: [{KEY: VALUE}]`\n"
            "saker.yaml:7:20-21: error: 'rules[].enable.rule' must not be empty\n"
            "  - enable: {rule: ''}\n"
            "                   ~~");
}

TEST(Config, MistakesInWhatIsAddedToOutputsAreShownWithTheirPlace) {
  EXPECT_EQ(
      parse("append_output:\n"
            "  - match: {rule: {a: b}}\n"
            "    extra_fields: [evt.num, {k: [a]}, [a], '', {k: ''}]\n"
            "    suggested_output: maybe\n"
            "static_fields: {1x: c, d: [e]}\n"
            "buffer_format_base64: maybe\n")
          .findings,
      "saker.yaml:2:19-23: error: 'append_output[].match.rule' must be a single value\n"
      "  - match: {rule: {a: b}}\n"
      "                  ~~~~~\n"
      "saker.yaml:3:33-34: error: 'append_output[].extra_fields' must hold single values\n"
      "  extra_fields: [evt.num, {k: [a]}, [a], '', {k: ''}]\n"
      "                              ~~\n"
      "hint: as in `extra_fields: [ONE, TWO]`\n"
      "saker.yaml:3:39-40: error: 'append_output[].extra_fields' must hold single values\n"
      "  extra_fields: [evt.num, {k: [a]}, [a], '', {k: ''}]\n"
      "                                    ~~\n"
      "hint: as in `extra_fields: [ONE, TWO]`\n"
      "saker.yaml:3:44-45: error: 'append_output[].extra_fields' must not hold an empty name\n"
      "  extra_fields: [evt.num, {k: [a]}, [a], '', {k: ''}]\n"
      "                                         ~~\n"
      "saker.yaml:3:49: error: 'append_output[].extra_fields' must not hold an empty text\n"
      "  extra_fields: [evt.num, {k: [a]}, [a], '', {k: ''}]\n"
      "                                              ~\n"
      "saker.yaml:4:23-27: error: 'append_output[].suggested_output' must be true or false\n"
      "  suggested_output: maybe\n"
      "                    ~~~~~\n"
      "hint: the default is false\n"
      "saker.yaml:5:17-18: error: 'static_fields' needs keys of letters, digits and '_', with a "
      "letter first\n"
      "  static_fields: {1x: c, d: [e]}\n"
      "                  ~~\n"
      "saker.yaml:5:27-28: error: 'static_fields' must hold single values\n"
      "  static_fields: {1x: c, d: [e]}\n"
      "                            ~~\n"
      "hint: as in `static_fields: {NAME: VALUE}`\n"
      "saker.yaml:6:23-27: error: 'buffer_format_base64' must be true or false\n"
      "  buffer_format_base64: maybe\n"
      "                        ~~~~~\n"
      "hint: the default is false");
}

}  // namespace
}  // namespace saker
