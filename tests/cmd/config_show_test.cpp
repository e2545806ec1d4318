// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_show.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cmd/config.h"

namespace saker {
namespace {

ConfigNode tree_of(const std::string& name, const std::string& text) {
  Diagnostics diagnostics;
  ConfigNode tree = read_config_tree(std::make_shared<const SourceText>(name, text), diagnostics);
  static_cast<void>(make_config(tree, diagnostics));
  EXPECT_EQ(diagnostics.items().size(), 0U);
  return tree;
}

// The lines of keys that are set, with single blanks.
std::string lines_of_set_keys(const ConfigNode& tree) {
  std::vector<ShownValue> values = shown_values(tree);
  std::erase_if(values, [](const ShownValue& value) { return value.origins.empty(); });
  std::string text = to_text(values);
  for (size_t at = text.find("   "); at != std::string::npos; at = text.find("   ")) {
    text.erase(at, 1);
  }
  return text;
}

TEST(ConfigShow, TellsWhatSetsEachKey) {
  ASSERT_EQ(::setenv("HOST_ROOT", "/host", 1), 0);
  ConfigNode tree = tree_of("a.yaml",
                            "priority: Info\n"
                            "json_output: yes\n"
                            "rules_files: one\n"
                            "rules: [{disable: {rule: '*'}}]\n"
                            "webserver.listen_port: 80\n");
  merge_config(tree, tree_of("b.yaml", "\nrules:\n  - enable: {tag: x}\njson_output: off\n"),
               ConfigMerge::kAppend);
  Diagnostics diagnostics;
  add_config_override(tree, std::make_shared<const SourceText>("-o", "rules_files[]=two"),
                      diagnostics);
  add_environment(tree, diagnostics);
  ::unsetenv("HOST_ROOT");
  EXPECT_EQ(lines_of_set_keys(tree),
            "rules_files: [one, two]  # a.yaml:3, -o\n"
            "priority: info  # a.yaml:1\n"
            "rules: [{disable: {rule: \"*\"}}, {enable: {tag: x}}]  # a.yaml:4, b.yaml:3\n"
            "json_output: false  # b.yaml:4\n"
            "webserver.listen_port: 80  # a.yaml:5\n"
            "containers.host_root: /host  # $HOST_ROOT\n");
}

TEST(ConfigShow, HidesSecrets) {
  ASSERT_EQ(::setenv("SAKER_TEST_SECRET", "secret1", 1), 0);
  const std::string shown = lines_of_set_keys(
      tree_of("a.yaml",
              "http_output:\n"
              "  url: https://me:secret2@host/x?y=a@b\n"
              "  headers: {X-Key: '${SAKER_TEST_SECRET}', X-None: ''}\n"
              "kafka_output:\n"
              "  security: {password: secret3}\n"
              "  tls: {key_password: secret4}\n"
              "  properties: {sasl: {password: secret5}, ssl.key.password: secret6}\n"));
  EXPECT_EQ(shown,
            "http_output.url: \"https://***@host/x?y=a@b\"  # a.yaml:2\n"
            "http_output.headers: {X-Key: \"***\", X-None: \"\"}  # a.yaml:3\n"
            "kafka_output.security.password: \"***\"  # a.yaml:5\n"
            "kafka_output.tls.key_password: \"***\"  # a.yaml:6\n"
            "kafka_output.properties: {sasl: {password: \"***\"}, ssl.key.password: \"***\"}"
            "  # a.yaml:7\n");
}

TEST(ConfigShow, IsAConfigurationThatSaysTheSame) {
  const std::string shown =
      to_text(shown_values(tree_of("a.yaml",
                                   "engine: {modern_ebpf: {buf_size_preset: 2}}\n"
                                   "rules: [{disable: {tag: 'a b'}}]\n"
                                   "kafka_output: {topic: 'x: #y', brokers: ['h:1', g]}\n"
                                   "http_output: {user_agent: ''}\n")));
  EXPECT_EQ(shown.find("ring_size_bytes"), std::string::npos) << "another key sets it";
  const ConfigNode again = tree_of("shown", shown);
  EXPECT_EQ(to_text(shown_values(again)).find("# default"), std::string::npos);
  Diagnostics diagnostics;
  const Config config = make_config(again, diagnostics);
  EXPECT_EQ(config.ring_bytes, 2U << 20U);
  EXPECT_EQ(config.sinks.back().text("topic"), "x: #y");
  EXPECT_EQ(config.rule_selection.size(), 1U);
}

TEST(ConfigShow, JsonHasTypes) {
  std::vector<ShownValue> values = shown_values(tree_of(
      "a.yaml",
      "json_output: on\nring_size_bytes: 65536\nrules_files: [x]\nstatic_fields: {a: 1}\n"));
  std::erase_if(values, [](const ShownValue& value) { return value.origins.empty(); });
  std::string out;
  JsonWriter json(out);
  write_json(json, values);
  EXPECT_EQ(out, R"([{"key":"rules_files","value":["x"],"origins":["a.yaml:3"]},)"
                 R"({"key":"static_fields","value":{"a":"1"},"origins":["a.yaml:4"]},)"
                 R"({"key":"json_output","value":true,"origins":["a.yaml:1"]},)"
                 R"({"key":"ring_size_bytes","value":65536,"origins":["a.yaml:2"]}])");
}

}  // namespace
}  // namespace saker
