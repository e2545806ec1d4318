// SPDX-License-Identifier: Apache-2.0
// One run finds all that is wrong with the rule files, and nothing that only follows from it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/engine/rules/harness.h"

namespace saker {
namespace {

using test::findings;
using test::load;
using test::rendered;
using test::rule;

constexpr std::string_view kMistakes =
    "- list: servers\n"
    "  items: [nginx, httpd]\n"
    "- macro: spawned\n"
    "  condition: evt.type in (execve, execveat) and proc.nam exists\n"
    "- rule: Twice\n"
    "  desc: d\n"
    "  desc: e\n"
    "  condition: spawned and proc.pid contains 5\n"
    "  output: o\n"
    "  priority: WARNIN\n"
    "- macro: unread\n"
    "  condition: \"evt.type = open\n"
    "- rule: User of unread\n"
    "  desc: d\n"
    "  condition: unread and spawnd and proc.pid = one\n"
    "  output: opened %fd.nam\n"
    "  priority: Error\n"
    "- rule: Indented\n"
    "  desc: d\n"
    "   condition: evt.type = open\n"
    "- rule: Indented\n"
    "  condition: and proc.name = x\n"
    "  override: {condition: append}\n"
    "- rule: Regex\n"
    "  desc: d\n"
    "  condition: evt.type = opeen and fd.name regex \"a(b\"\n"
    "  priority: Error\n"
    "- rule: Exceptions\n"
    "  desc: d\n"
    "  condition: evt.type = open and fd.name ends with x\n"
    "  output: o\n"
    "  priority: Error\n"
    "  exceptions:\n"
    "    - {name: e, fields: [proc.exepath, proc.pid], values: [[/bin/sh]]}\n"
    "- rule: Regex\n"
    "  tags: [x]\n"
    "  override: {tag: append, tags: append}\n"
    "- list: serverz\n"
    "  items: [x]\n"
    "  override: {items: append}\n";

constexpr std::string_view kFindings =
    "a.yaml:7:3-6: error: key 'desc' is already there [LOAD_ERR_YAML_PARSE]\n"
    "  desc: e\n"
    "  ~~~~\n"
    "hint: it stands in line 6 too; keep one of them\n"
    "a.yaml:12:14: error: not valid YAML: this quote is not closed [LOAD_ERR_YAML_PARSE]\n"
    "  condition: \"evt.type = open\n"
    "             ~\n"
    "a.yaml:20:13: error: not valid YAML: illegal map value [LOAD_ERR_YAML_PARSE]\n"
    "  condition: evt.type = open\n"
    "           ^\n"
    "hint: is the indentation that of the line above? A text with ': ' needs quotes\n"
    "a.yaml:10:13-18: error: unknown priority 'WARNIN' [LOAD_ERR_YAML_VALIDATE]\n"
    "  priority: WARNIN\n"
    "            ~~~~~~\n"
    "hint: it is one of Emergency, Alert, Critical, Error, Warning, Notice, Informational, "
    "Debug\n"
    "a.yaml:24:9-13: error: rule 'Regex' has no 'output' [LOAD_ERR_YAML_VALIDATE]\n"
    "  - rule: Regex\n"
    "          ~~~~~\n"
    "a.yaml:37:14-16: error: 'tag' cannot be overridden [LOAD_ERR_YAML_VALIDATE]\n"
    "  override: {tag: append, tags: append}\n"
    "             ~~~\n"
    "hint: did you mean 'tags'?\n"
    "a.yaml:38:9-15: error: list 'serverz' is not there to be appended to [LOAD_ERR_VALIDATE]\n"
    "  - list: serverz\n"
    "          ~~~~~~~\n"
    "hint: did you mean 'servers'?\n"
    "a.yaml:4:49-56: error: unknown field 'proc.nam' [LOAD_ERR_COMPILE_CONDITION]\n"
    "  condition: evt.type in (execve, execveat) and proc.nam exists\n"
    "                                                ~~~~~~~~\n"
    "a.yaml:8:14-20: note: macro 'spawned' is used by rule 'Twice'\n"
    "hint: did you mean 'proc.name'?\n"
    "a.yaml:8:35-42: error: operator 'contains' cannot be applied to 'proc.pid', which is "
    "of type INT64 [LOAD_ERR_COMPILE_CONDITION]\n"
    "  condition: spawned and proc.pid contains 5\n"
    "                                  ~~~~~~~~\n"
    "hint: it accepts exists, <=, <, >=, >, ==, =, !=, intersects, in\n"
    "a.yaml:15:25-30: error: unknown macro 'spawnd' [LOAD_ERR_VALIDATE]\n"
    "  condition: unread and spawnd and proc.pid = one\n"
    "                        ~~~~~~\n"
    "hint: did you mean 'spawned'?\n"
    "a.yaml:16:19-24: error: unknown field 'fd.nam' [LOAD_ERR_COMPILE_OUTPUT]\n"
    "  output: opened %fd.nam\n"
    "                  ~~~~~~\n"
    "hint: did you mean 'fd.num'?\n"
    "a.yaml:15:47-49: error: 'one' is not a decimal number of 64 bits "
    "[LOAD_ERR_COMPILE_CONDITION]\n"
    "  condition: unread and spawnd and proc.pid = one\n"
    "                                              ~~~\n"
    "a.yaml:26:25-29: error: unknown event type 'opeen' [LOAD_ERR_COMPILE_CONDITION]\n"
    "  condition: evt.type = opeen and fd.name regex \"a(b\"\n"
    "                        ~~~~~\n"
    "hint: did you mean 'open'?\n"
    "a.yaml:26:49-53: error: operator 'regex': missing ): a(b [LOAD_ERR_COMPILE_CONDITION]\n"
    "  condition: evt.type = opeen and fd.name regex \"a(b\"\n"
    "                                                ~~~~~\n"
    "a.yaml:30:42-45: error: expected an operator [LOAD_ERR_COMPILE_CONDITION]\n"
    "  condition: evt.type = open and fd.name ends with x\n"
    "                                         ~~~~\n"
    "a.yaml:34:60-67: error: each of 'values' must have as many entries as 'fields': 2 "
    "[LOAD_ERR_VALIDATE]\n"
    "  - {name: e, fields: [proc.exepath, proc.pid], values: [[/bin/sh]]}\n"
    "                                                         ~~~~~~~~\n";

TEST(Recovery, EveryMistakeOfAFileIsShown) {
  const LoadResult result = load({kMistakes});
  EXPECT_EQ(result.rules, nullptr);
  EXPECT_EQ(rendered(result), kFindings);
}

TEST(Recovery, ReportsAllFindingsOfAllFiles) {
  const LoadResult result = load(
      {"- list: l\n- macro: m\n  condition: (\n" + rule("r", "evt.type = open and proc.nam = x"),
       "- rule: s\n  desc: d\n"});
  EXPECT_EQ(result.rules, nullptr);
  EXPECT_EQ(result.diagnostics.count(Severity::kError), 6u) << rendered(result);
}

TEST(Recovery, ReferencesToBrokenNamesAreNoFurtherErrors) {
  const LoadResult result = load({"- macro: m\n  condition: (\n- list: l\n  items: x\n" +
                                  rule("r", "evt.type = open and m and proc.name in (l)")});
  EXPECT_EQ(result.diagnostics.count(Severity::kError), 2u) << rendered(result);
}

TEST(Recovery, NamesThatCannotBeReadAreNoFurtherErrors) {
  EXPECT_EQ(
      findings({"- macro: m\n  condition: \"x\n"
                "- list: 'l' # names\n  items: [\n"
                "- {rule: r, desc: d: e\n"
                "-\n  macro: n\n   condition: x\n",
                rule("s", "evt.type = open and m and n and proc.name in (l)"),
                "- rule: r\n  condition: and evt.type = open\n"
                "  override: {condition: append}\n"
                "- macro: m\n  condition: and evt.type = open\n"
                "  override: {condition: append}\n"
                "- list: l\n  items: [a]\n  override: {items: append}\n"}),
      "a.yaml:2:14: error: not valid YAML: this quote is not closed [LOAD_ERR_YAML_PARSE]\n"
      "  condition: \"x\n"
      "             ~\n"
      "a.yaml:4:11: error: not valid YAML: end of sequence flow not found [LOAD_ERR_YAML_PARSE]\n"
      "  items: [\n"
      "          ^\n"
      "a.yaml:5:20: error: not valid YAML: end of map flow not found [LOAD_ERR_YAML_PARSE]\n"
      "  - {rule: r, desc: d: e\n"
      "                     ^\n"
      "a.yaml:8:13: error: not valid YAML: illegal map value [LOAD_ERR_YAML_PARSE]\n"
      "  condition: x\n"
      "           ^\n"
      "hint: is the indentation that of the line above? A text with ': ' needs quotes\n");
}

// A newer version or the plugin would know the fields and events that we do not.
TEST(Recovery, RequirementsThatAreNotMetExplainUnknownFields) {
  EXPECT_EQ(findings({"- required_engine_version: 0.64.0\n" +
                      rule("r", "new.field = 1 and evt.type = new",
                           "  exceptions: [{name: e, fields: new.other, values: [x]}]\n")}),
            "a.yaml:1:28-33: error: this file needs engine version 0.64.0 [LOAD_ERR_VALIDATE]\n"
            "  - required_engine_version: 0.64.0\n"
            "                             ~~~~~~\n"
            "hint: this is version 0.63.0\n");
  EXPECT_EQ(
      findings({"- required_plugin_versions:\n  - name: json\n    version: 0.7.0\n"
                "- rule: r\n  desc: d\n  condition: evt.type = open and json.value = x\n"
                "  output: '%json.value'\n  priority: Error\n" +
                rule("s", "evt.type = open and proc.pid = x and m")}),
      "a.yaml:2:11-14: error: this file needs plugin 'json' 0.7.0 [LOAD_ERR_VALIDATE]\n"
      "  - name: json\n"
      "          ~~~~\n"
      "a.yaml:11:51: error: unknown macro 'm' [LOAD_ERR_VALIDATE]\n"
      "  condition: evt.type = open and proc.pid = x and m\n"
      "                                                  ~\n"
      "a.yaml:11:45: error: 'x' is not a decimal number of 64 bits [LOAD_ERR_COMPILE_CONDITION]\n"
      "  condition: evt.type = open and proc.pid = x and m\n"
      "                                            ~\n");
}

}  // namespace
}  // namespace saker
