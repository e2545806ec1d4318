// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace saker {
namespace {

struct Read {
  explicit Read(std::string_view yaml)
      : source(std::make_shared<const SourceText>("r.yaml", std::string(yaml))),
        items(read_rule_file(source, diagnostics)) {}

  // "CODE MESSAGE" of each finding, one per line.
  [[nodiscard]] std::string findings() const {
    std::string text;
    for (const Diagnostic& item : diagnostics.items()) {
      text += std::string(item.code.name) + " " + item.message + "\n";
    }
    return text;
  }

  std::shared_ptr<const SourceText> source;
  Diagnostics diagnostics;
  std::vector<Item> items;
};

constexpr std::string_view kRule =
    "- rule: r\n  desc: d\n  condition: c\n  output: o\n  priority: Error\n";

TEST(Reader, ReadsEveryKeyOfARule) {
  const Read read(
      "- rule: ' shell '\n  desc: >\n    some\n    text\n  condition: a.b exists\n  output: o\n"
      "  priority: INFO\n  source: syscall\n  enabled: no\n  tags: [x, 7]\n"
      "  warn_evttypes: False\n  skip-if-unknown-filter: \"yes\"\n  capture: true\n"
      "  capture_duration: 500\n  action: deny\n  enforcement: on\n"
      "  exceptions:\n    - name: e\n      fields: [f.a, f.b]\n      comps: [=, in]\n"
      "      values: [[x, [y, z]]]\n");
  EXPECT_EQ(read.findings(), "");
  ASSERT_EQ(read.items.size(), 1u);
  const Item& item = read.items[0];
  EXPECT_FALSE(item.broken);
  EXPECT_EQ(item.name.value, "shell");
  EXPECT_EQ(item.description->value, "some text");
  EXPECT_EQ(item.priority, Priority::kInformational);
  EXPECT_EQ(item.enabled, false);
  EXPECT_EQ(item.warn_evttypes, false);
  EXPECT_EQ(item.skip_if_unknown_filter, true);
  EXPECT_EQ(item.action, RuleAction::kDeny);
  EXPECT_EQ(item.enforcement, Enforcement::kOn);
  EXPECT_EQ(item.tags->at(1).value, "7");
  const ExceptionItem& exception = item.exceptions->at(0);
  EXPECT_TRUE(exception.fields->is_sequence);
  EXPECT_EQ(exception.comps->texts[1].value, "in");
  EXPECT_EQ(exception.values->at(0).values[1].texts[1].value, "z");
}

TEST(Reader, FindsWhatIsWrongWithAnItem) {
  struct Row {
    std::string_view yaml;
    std::string_view findings;
  };
  for (const Row& row : {
           Row{"- rule:\n",
               "LOAD_ERR_YAML_VALIDATE 'rule' is empty\n"
               "LOAD_ERR_YAML_VALIDATE rule '' has no 'condition'\n"
               "LOAD_ERR_YAML_VALIDATE rule '' has no 'output'\n"
               "LOAD_ERR_YAML_VALIDATE rule '' has no 'desc'\n"
               "LOAD_ERR_YAML_VALIDATE rule '' has no 'priority'\n"},
           Row{"- rule: r\n  desc: d\n  condition: c\n  priority: Error\n",
               "LOAD_ERR_YAML_VALIDATE rule 'r' has no 'output'\n"},
           Row{"- macro: m\n", "LOAD_ERR_YAML_VALIDATE macro 'm' has no 'condition'\n"},
           Row{"- list: l\n", "LOAD_ERR_YAML_VALIDATE list 'l' has no 'items'\n"},
           Row{"- list: l\n  items: x\n", "LOAD_ERR_YAML_VALIDATE 'items' must be a sequence\n"},
           Row{"- list: l\n  items: [[x]]\n",
               "LOAD_ERR_YAML_VALIDATE each of 'items' must be a text\n"},
           Row{"- macro: m\n  condition: [x]\n",
               "LOAD_ERR_YAML_VALIDATE 'condition' must be a text\n"},
           Row{"- macro: m\n  condition: ' '\n", "LOAD_ERR_YAML_VALIDATE 'condition' is empty\n"},
           Row{"- macro: 2m\n  condition: x\n",
               "LOAD_INVALID_MACRO_NAME '2m' cannot be used as a macro\n"},
           Row{"- list: a b\n  items: []\n",
               "LOAD_INVALID_LIST_NAME 'a b' cannot be used as a list\n"},
           Row{"- macro: m\n  condition: x\n  append: maybe\n",
               "LOAD_ERR_YAML_VALIDATE 'append' must be true or false\n"},
           Row{"- macro: m\n  condition: x\n  priority: Error\n",
               "LOAD_UNKNOWN_KEY unknown key 'priority' in a macro, ignored\n"},
           Row{"- required_engine_version: new\n",
               "LOAD_ERR_YAML_VALIDATE 'new' is not an engine version\n"},
           Row{"- required_plugin_versions:\n  - name: x\n",
               "LOAD_ERR_YAML_VALIDATE a plugin requirement is a map with 'name' and "
               "'version'\n"},
           Row{"- required_plugin_versions:\n  - name: x\n    version: 1\n",
               "LOAD_ERR_YAML_VALIDATE '1' is not a version\n"},
           Row{"- required_plugin_versions:\n  - name: x\n    version: 1.0.0\n    alternatives:\n"
               "    - {name: x, version: 2.0.0}\n",
               "LOAD_ERR_VALIDATE plugin 'x' is named twice in one entry\n"},
           Row{"- required_engine_version: 1\n  override: {list: append}\n",
               "LOAD_UNKNOWN_KEY unknown key 'override' in a required_engine_version, ignored\n"},
           Row{"- strange: x\n", "LOAD_UNKNOWN_ITEM unknown item 'strange', ignored\n"},
           Row{"- 5\n", "LOAD_ERR_YAML_VALIDATE an item of a rule file is a map\n"},
           Row{"rule: x\n", "LOAD_ERR_YAML_VALIDATE a rule file is a sequence of items\n"},
           Row{"this is no rule file",
               "LOAD_ERR_YAML_VALIDATE a rule file is a sequence of items\n"},
       }) {
    EXPECT_EQ(Read(row.yaml).findings(), row.findings) << row.yaml;
  }
}

TEST(Reader, ChecksTypesOfRuleKeys) {
  struct Row {
    std::string_view line;
    std::string_view findings;
  };
  for (const Row& row : {
           Row{"enabled: 1", "LOAD_ERR_YAML_VALIDATE 'enabled' must be true or false\n"},
           Row{"capture_duration: -1",
               "LOAD_ERR_YAML_VALIDATE 'capture_duration' must be a whole number, zero or "
               "greater\n"},
           Row{"action: block", "LOAD_ERR_YAML_VALIDATE unknown action 'block'\n"},
           Row{"action: Deny", "LOAD_ERR_YAML_VALIDATE unknown action 'Deny'\n"},
           Row{"action: [deny]", "LOAD_ERR_YAML_VALIDATE 'action' must be a text\n"},
           Row{"enforcement: true", "LOAD_ERR_YAML_VALIDATE unknown enforcement 'true'\n"},
           Row{"tags: x", "LOAD_ERR_YAML_VALIDATE 'tags' must be a sequence\n"},
           Row{"source: ''", ""},
           Row{"exceptions: x", "LOAD_ERR_YAML_VALIDATE 'exceptions' must be a sequence\n"},
           Row{"exceptions: [x]", "LOAD_ERR_YAML_VALIDATE each of 'exceptions' must be a map\n"},
           Row{"exceptions: [{fields: x}]", "LOAD_ERR_YAML_VALIDATE an exception has no 'name'\n"},
           Row{"exceptions: [{name: e, fields: x, value: y}]",
               "LOAD_UNKNOWN_KEY unknown key 'value' in an exception\n"},
           Row{"exceptions: [{name: e, fields: [x], values: [[{a: b}]]}]",
               "LOAD_ERR_YAML_VALIDATE each of 'values' must be a text or a sequence\n"},
       }) {
    EXPECT_EQ(Read(std::string(kRule) + "  " + std::string(row.line)).findings(), row.findings)
        << row.line;
  }
}

TEST(Reader, ChecksThatOverrideAndKeysNameEachOther) {
  struct Row {
    std::string_view yaml;
    std::string_view findings;
  };
  for (const Row& row : {
           Row{"- rule: r\n  desc: d\n  override: {desc: replace}\n", ""},
           Row{"- rule: r\n  desc: d\n  override: {desc: replace, output: append}\n",
               "LOAD_ERR_YAML_VALIDATE 'override' names 'output', which is not given\n"},
           Row{"- rule: r\n  desc: d\n  enabled: true\n  override: {desc: replace}\n",
               "LOAD_ERR_YAML_VALIDATE 'enabled' is given, but 'override' does not name it\n"},
           Row{"- rule: r\n  priority: Error\n  override: {priority: append}\n",
               "LOAD_ERR_YAML_VALIDATE 'priority' cannot be appended to, only replaced\n"},
           Row{"- rule: r\n  desc: d\n  override: {desc: remove}\n",
               "LOAD_ERR_YAML_VALIDATE an override is 'append' or 'replace'\n"},
           Row{"- rule: r\n  source: x\n  override: {source: replace}\n",
               "LOAD_ERR_YAML_VALIDATE 'source' cannot be overridden\n"},
           Row{"- list: l\n  items: [x]\n  append: true\n  override: {items: append}\n",
               "LOAD_DEPRECATED_ITEM 'append' is the older form of 'override'\n"
               "LOAD_ERR_YAML_VALIDATE 'append: true' and 'override' exclude each other\n"},
       }) {
    EXPECT_EQ(Read(row.yaml).findings(), row.findings) << row.yaml;
  }
}

TEST(Reader, ARuleWithOnlyEnabledIsAToggle) {
  const Read read("- rule: r\n  enabled: false\n");
  EXPECT_TRUE(read.items[0].toggle);
  EXPECT_EQ(read.findings(), "LOAD_DEPRECATED_ITEM a rule with only 'enabled' is an older form\n");
}

TEST(Reader, SkipsEmptyDocumentsAndItems) {
  const Read read("---\n---\n- \n- macro: m\n  condition: x\n");
  EXPECT_EQ(read.findings(), "");
  EXPECT_EQ(read.items.size(), 1u);
}

TEST(Reader, AppliesTheFirstKindThatIsThere) {
  const Read read("- rule: r\n  macro: m\n  condition: c\n");
  EXPECT_EQ(read.items[0].kind, ItemKind::kMacro);
  EXPECT_EQ(read.findings(), "LOAD_UNKNOWN_KEY unknown key 'rule' in a macro, ignored\n");
}

TEST(Reader, ReadsEngineVersions) {
  EXPECT_EQ(Read("- required_engine_version: 15\n").items[0].engine_version, (Version{{0, 15, 0}}));
  EXPECT_EQ(Read("- required_engine_version: 1.2.3\n").items[0].engine_version,
            (Version{{1, 2, 3}}));
}

TEST(Version, SatisfiesOlderOnesOfItsMajorNumber) {
  const Version ours{{0, 63, 0}};
  EXPECT_TRUE(ours.satisfies({{0, 63, 0}}));
  EXPECT_TRUE(ours.satisfies({{0, 9, 9}}));
  EXPECT_FALSE(ours.satisfies({{0, 63, 1}}));
  EXPECT_FALSE(ours.satisfies({{1, 0, 0}}));
}

TEST(Version, RefusesOtherTexts) {
  for (const std::string_view text :
       {"", "1", "1.2", "1.2.3.4", "1.2.x", "-1.2.3", "1..3", "99999999999.0.0"}) {
    EXPECT_FALSE(Version::parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace saker
