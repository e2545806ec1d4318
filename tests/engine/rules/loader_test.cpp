// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/loader.h"

#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/describe.h"
#include "tests/engine/rules/harness.h"

namespace saker {
namespace {

using test::findings;
using test::load;
using test::rendered;
using test::rule;

TEST(Loader, LoadsRulesInOrder) {
  const LoadResult result =
      load({rule("b", "evt.type = open", "  tags: [z, a, z]\n") + rule("a", "evt.type = execve")});
  EXPECT_EQ(rendered(result), "");
  ASSERT_NE(result.rules, nullptr);
  ASSERT_EQ(result.rules->rules().size(), 2u);
  const Rule& first = result.rules->rules()[0];
  EXPECT_EQ(first.name, "b");
  EXPECT_EQ(first.condition, "evt.type = open");
  EXPECT_EQ(first.tags, (std::vector<std::string>{"a", "z"}));
  EXPECT_EQ(result.rules->program().size(), 2u);
}

TEST(Loader, KnowsTheEventsThatARuleCanHoldFor) {
  const LoadResult result = load({rule("opens", "evt.type = open") +
                                  rule("both", "evt.type in (open, execve) and proc.name = x")});
  ASSERT_NE(result.rules, nullptr);
  const EventCatalog& events = EventCatalog::builtin();
  const EventSet both = events.find("open") | events.find("execve");
  EXPECT_EQ(result.rules->rules()[0].events, events.find("open"));
  EXPECT_EQ(result.rules->rules()[1].events, both);
  EXPECT_EQ(result.rules->wanted_events(), both);
}

TEST(Loader, AsksForTheEventsThatTheWorkingDirectoryNeeds) {
  const LoadResult result = load({rule("r", "evt.type = open and proc.cwd = /tmp/")});
  ASSERT_NE(result.rules, nullptr);
  EXPECT_TRUE((result.rules->wanted_events() & EventCatalog::builtin().find("chdir")).any());
  EXPECT_TRUE((result.rules->wanted_events() & EventCatalog::builtin().find("fchdir")).any());
}

TEST(Loader, UnknownFieldsAreShownWithTheNearestName) {
  EXPECT_EQ(findings({rule("r", "evt.type = execve and proc.exepaht = /bin/sh")}),
            "a.yaml:3:36-47: error: unknown field 'proc.exepaht' [LOAD_ERR_COMPILE_CONDITION]\n"
            "  condition: evt.type = execve and proc.exepaht = /bin/sh\n"
            "                                   ~~~~~~~~~~~~\n"
            "hint: did you mean 'proc.exepath'?\n");
}

TEST(Loader, MistakesInFoldedTextsAreShownInTheirLine) {
  EXPECT_EQ(findings({rule("r",
                           ">\n    evt.type = execve\n      and proc.exepaht exists\n"
                           "    and proc.name = x")}),
            "a.yaml:5:11-22: error: unknown field 'proc.exepaht' [LOAD_ERR_COMPILE_CONDITION]\n"
            "  and proc.exepaht exists\n"
            "      ~~~~~~~~~~~~\n"
            "hint: did you mean 'proc.exepath'?\n");
}

TEST(Loader, UnclosedQuotesAreShownWhereTheyBegin) {
  EXPECT_EQ(
      findings({rule("r", "evt.type = open and proc.name = \"sh")}),
      "a.yaml:3:46: error: unclosed quote: expected a closing \" [LOAD_ERR_COMPILE_CONDITION]\n"
      "  condition: evt.type = open and proc.name = \"sh\n"
      "                                             ~\n"
      "hint: a quote behind a backslash does not end the text\n");
}

TEST(Loader, OperatorsMustFitTheType) {
  EXPECT_EQ(
      findings({rule("r", "evt.type = open and proc.pid contains 5")}),
      "a.yaml:3:43-50: error: operator 'contains' cannot be applied to 'proc.pid', which is of "
      "type INT64 [LOAD_ERR_COMPILE_CONDITION]\n"
      "  condition: evt.type = open and proc.pid contains 5\n"
      "                                          ~~~~~~~~\n"
      "hint: it accepts exists, <=, <, >=, >, ==, =, !=, intersects, in\n");
}

TEST(Loader, MacrosShowTheirTextAndWhereTheyAreUsed) {
  EXPECT_EQ(findings({"- macro: is_sh\n  condition: proc.nam = sh\n"
                      "- macro: shell\n  condition: is_sh or proc.name = bash\n",
                      rule("r", "evt.type = execve and shell")}),
            "a.yaml:2:14-21: error: unknown field 'proc.nam' [LOAD_ERR_COMPILE_CONDITION]\n"
            "  condition: proc.nam = sh\n"
            "             ~~~~~~~~\n"
            "a.yaml:4:14-18: note: macro 'is_sh' is used by macro 'shell'\n"
            "b.yaml:3:36-40: note: macro 'shell' is used by rule 'r'\n"
            "hint: did you mean 'proc.name'?\n");
}

TEST(Loader, AMistakeInAMacroIsReportedOnce) {
  const LoadResult result =
      load({"- macro: m\n  condition: proc.nam = sh\n" + rule("r", "evt.type = open and m") +
            rule("s", "evt.type = open and m")});
  EXPECT_EQ(result.diagnostics.items().size(), 1u) << rendered(result);
}

TEST(Loader, UnknownMacrosAreShownWithTheNearestName) {
  EXPECT_EQ(findings({"- macro: is_shell\n  condition: proc.name = sh\n" +
                      rule("r", "evt.type = open and is_shel")}),
            "a.yaml:5:34-40: error: unknown macro 'is_shel' [LOAD_ERR_VALIDATE]\n"
            "  condition: evt.type = open and is_shel\n"
            "                                 ~~~~~~~\n"
            "hint: did you mean 'is_shell'?\n"
            "a.yaml:1:10-17: warning: macro 'is_shell' is not used [LOAD_UNUSED_MACRO]\n"
            "  - macro: is_shell\n"
            "           ~~~~~~~~\n");
}

TEST(Loader, MacrosMayUseThoseAboveThemOnly) {
  EXPECT_EQ(findings({"- macro: a\n  condition: b\n- macro: b\n  condition: proc.name = sh\n" +
                      rule("r", "evt.type = open and (a or b)")}),
            "a.yaml:2:14: error: unknown macro 'b' [LOAD_ERR_VALIDATE]\n"
            "  condition: b\n"
            "             ~\n"
            "hint: it is defined in line 3; a macro may use those above it only\n");
  EXPECT_EQ(findings({"- macro: a\n  condition: a\n" + rule("r", "evt.type = open and a")}),
            "a.yaml:2:14: error: unknown macro 'a' [LOAD_ERR_VALIDATE]\n"
            "  condition: a\n"
            "             ~\n"
            "hint: a macro cannot contain itself\n");
}

TEST(Loader, CyclesOfMacrosAreShown) {
  EXPECT_EQ(findings({"- macro: a\n  condition: proc.name = x\n- macro: b\n  condition: a\n"
                      "- macro: a\n  condition: b\n" +
                      rule("r", "evt.type = open and a")}),
            "a.yaml:4:14: error: macro 'a' contains itself [LOAD_ERR_VALIDATE]\n"
            "  condition: a\n"
            "             ~\n"
            "hint: a -> b -> a\n");
}

TEST(Loader, ARuleMayUseMacrosOfItsOwnAndEarlierFiles) {
  EXPECT_EQ(
      findings({rule("r", "evt.type = open and m"), "- macro: m\n  condition: proc.name = x\n"}),
      "a.yaml:3:34: error: unknown macro 'm' [LOAD_ERR_VALIDATE]\n"
      "  condition: evt.type = open and m\n"
      "                                 ~\n"
      "hint: it is defined in a file that is loaded later: b.yaml:1\n"
      "b.yaml:1:10: warning: macro 'm' is not used [LOAD_UNUSED_MACRO]\n"
      "  - macro: m\n"
      "           ~\n");
}

TEST(Loader, DuplicateKeysAreRefused) {
  const LoadResult result = load({rule("r", "evt.type = open", "  desc: two\n")});
  EXPECT_EQ(result.rules, nullptr);
  EXPECT_EQ(rendered(result),
            "a.yaml:6:3-6: error: key 'desc' is already there [LOAD_ERR_YAML_PARSE]\n"
            "  desc: two\n"
            "  ~~~~\n"
            "hint: it stands in line 2 too; keep one of them\n");
}

TEST(Loader, UnknownKeysAreIgnoredWithAWarning) {
  const LoadResult result = load({rule("r", "evt.type = open", "  tag: [x]\n")});
  EXPECT_EQ(rendered(result),
            "a.yaml:6:3-5: warning: unknown key 'tag' in a rule, ignored [LOAD_UNKNOWN_KEY]\n"
            "  tag: [x]\n"
            "  ~~~\n"
            "hint: did you mean 'tags'?\n");
  EXPECT_NE(result.rules, nullptr);
}

TEST(Loader, UnknownPrioritiesAreShown) {
  EXPECT_EQ(findings({"- rule: r\n  desc: d\n  condition: evt.type = open\n  output: o\n"
                      "  priority: WARNIN\n"}),
            "a.yaml:5:13-18: error: unknown priority 'WARNIN' [LOAD_ERR_YAML_VALIDATE]\n"
            "  priority: WARNIN\n"
            "            ~~~~~~\n"
            "hint: it is one of Emergency, Alert, Critical, Error, Warning, Notice, "
            "Informational, Debug\n");
}

TEST(Loader, GarbageIsRefused) {
  EXPECT_EQ(findings({std::string_view("\x7f"
                                       "ELF\x02\x01\0",
                                       7)}),
            "a.yaml:1:7: error: this is not a text: it has a NUL byte [LOAD_ERR_YAML_PARSE]\n"
            "  ?ELF???\n"
            "        ~\n"
            "hint: is this a YAML file, and in UTF-8 (not UTF-16)?\n");
}

TEST(Loader, UnknownOutputFieldsAreShown) {
  EXPECT_EQ(findings({"- rule: r\n  desc: d\n  condition: evt.type = open\n"
                      "  output: >\n    opened %fd.name\n    by %proc.nam (%proc.pid)\n"
                      "  priority: Error\n"}),
            "a.yaml:6:9-16: error: unknown field 'proc.nam' [LOAD_ERR_COMPILE_OUTPUT]\n"
            "  by %proc.nam (%proc.pid)\n"
            "      ~~~~~~~~\n"
            "hint: did you mean 'proc.name'?\n");
}

TEST(Loader, AppendedTextsAreShownInTheirOwnFile) {
  EXPECT_EQ(findings({rule("r", "evt.type = open"),
                      "- rule: r\n  condition: and proc.nam = x\n"
                      "  override: {condition: append}\n"}),
            "b.yaml:2:18-25: error: unknown field 'proc.nam' [LOAD_ERR_COMPILE_CONDITION]\n"
            "  condition: and proc.nam = x\n"
            "                 ~~~~~~~~\n"
            "hint: did you mean 'proc.name'?\n");
}

TEST(Loader, ExceptionsBecomePartOfTheCondition) {
  struct Row {
    std::string exception;
    std::string compiled;
  };
  LoadOptions options;
  options.describe = true;
  for (const Row& row : {
           Row{"{name: e, fields: [proc.name, proc.pid], comps: [=, in], values: [[a, 1], [b, [2, "
               "3]]]}",
               "(evt.type = open and not ((proc.name = a and proc.pid in (1)) or (proc.name = b "
               "and proc.pid in (2, 3))))"},
           Row{"{name: e, fields: [proc.name], values: [[a]]}",
               "(evt.type = open and not proc.name = a)"},
           Row{"{name: e, fields: proc.name, values: [a, b c]}",
               "(evt.type = open and not proc.name in (a, \"b c\"))"},
           Row{"{name: e, fields: fd.name, comps: startswith anyof, values: [/a, /b]}",
               "(evt.type = open and not fd.name startswith anyof (/a, /b))"},
           Row{"{name: e, fields: [proc.name], values: [[\"'x) or (evt.type = open'\"]]}",
               "(evt.type = open and not proc.name = \"x) or (evt.type = open\")"},
           Row{"{name: e, fields: [proc.name], comps: [in], values: [[(l)]]}",
               "(evt.type = open and not proc.name in (one, two))"},
           Row{"{name: e, fields: [proc.name]}", "evt.type = open"},
       }) {
    const LoadResult result =
        load({"- list: l\n  items: [one, two]\n" +
              rule("r", "evt.type = open", "  exceptions:\n    - " + row.exception + "\n")},
             options);
    ASSERT_NE(result.rules, nullptr) << row.exception << "\n" << rendered(result);
    EXPECT_EQ(lang::to_text(*result.description->rules[0].condition.resolved), row.compiled)
        << row.exception;
  }
}

TEST(Loader, MistakesInExceptionsAreShown) {
  struct Row {
    std::string_view exception;
    std::string_view error;
  };
  for (const Row& row : {
           Row{"{name: e, fields: [proc.nam], values: [[a]]}", "unknown field 'proc.nam'"},
           Row{"{name: e, fields: [proc.name], comps: [=, in], values: [[a]]}",
               "'fields' and 'comps' of an exception must have the same length"},
           Row{"{name: e, fields: [proc.name], comps: [like], values: [[a]]}",
               "'like' is not an operator that an exception can use"},
           Row{"{name: e, fields: [proc.name], comps: [oneof], values: [[a]]}",
               "'oneof' is not an operator that an exception can use"},
           Row{"{name: e, fields: [proc.name], comps: [exists], values: [[a]]}",
               "'exists' is not an operator that an exception can use"},
           Row{"{name: e, fields: proc.name, comps: =, values: [a]}",
               "'=' compares with one value; here a list is given"},
           Row{"{name: e, fields: [proc.name], values: [[a, b]]}",
               "each of 'values' must have as many entries as 'fields': 1"},
           Row{"{name: e, fields: [proc.name], values: [a]}",
               "each of 'values' must have as many entries as 'fields': 1"},
           Row{"{name: e, fields: proc.name, values: [[a]]}",
               "'fields' is one text, so each of 'values' must be one too"},
           Row{"{name: e, fields: [], values: [[]]}", "'fields' of an exception is empty"},
       }) {
    const LoadResult result = load({rule(
        "r", "evt.type = open", "  exceptions:\n    - " + std::string(row.exception) + "\n")});
    ASSERT_EQ(result.diagnostics.items().size(), 1u) << row.exception << rendered(result);
    EXPECT_EQ(result.diagnostics.items()[0].message, row.error) << row.exception;
    EXPECT_EQ(result.diagnostics.items()[0].code.name, "LOAD_ERR_VALIDATE");
  }
}

// A value is a value: it cannot end the exception and begin a condition of its own.
TEST(Loader, FindingsInExceptionsNameThem) {
  const LoadResult result =
      load({rule("r", "evt.type = open",
                 "  exceptions:\n    - {name: e, fields: [proc.pid], values: [[x]]}\n")});
  ASSERT_EQ(result.diagnostics.items().size(), 1U) << rendered(result);
  std::string chain;
  for (const DiagnosticContext& context : result.diagnostics.items()[0].contexts) {
    chain += std::string(context.item_type) + " " + context.item_name + ";";
  }
  EXPECT_EQ(chain, "rule r;rule condition ;exception e;");
}

TEST(Loader, ValuesOfExceptionsCannotChangeTheCondition) {
  for (const std::string_view value : {"x) or (evt.type=open", "x or evt.type=open"}) {
    LoadOptions options;
    options.describe = true;
    const LoadResult result =
        load({rule("r", "evt.type = open",
                   "  exceptions:\n    - {name: e, fields: [proc.name], values: [['" +
                       std::string(value) + "']]}\n")},
             options);
    ASSERT_NE(result.rules, nullptr) << rendered(result);
    EXPECT_EQ(lang::to_text(*result.description->rules[0].condition.resolved),
              "(evt.type = open and not proc.name = \"" + std::string(value) + "\")");
  }
  EXPECT_EQ(load({rule("r", "evt.type = open",
                       "  exceptions:\n    - {name: e, fields: [proc.name], values: "
                       "[[\"x\\tor\\tproc.pid=1\"]]}\n")})
                .diagnostics.count(Severity::kError),
            0u);
  EXPECT_EQ(load({rule("r", "evt.type = open",
                       "  exceptions:\n    - {name: e, fields: [proc.name], values: "
                       "[[\"'x' or proc.pid=1\"]]}\n")})
                .diagnostics.count(Severity::kError),
            1u);
}

TEST(Loader, SkipIfUnknownFilterDropsTheRuleOnly) {
  for (const std::string_view condition :
       {"evt.type = open and proc.nobody = x", "evt.type = nothing"}) {
    const LoadResult result = load(
        {rule("r", condition, "  skip-if-unknown-filter: true\n") + rule("s", "evt.type = open")});
    ASSERT_NE(result.rules, nullptr) << rendered(result);
    EXPECT_EQ(result.rules->rules().size(), 1u);
    ASSERT_EQ(result.diagnostics.items().size(), 1u) << rendered(result);
    EXPECT_EQ(result.diagnostics.items()[0].code.name, "LOAD_UNKNOWN_FILTER");
  }
  EXPECT_EQ(
      load({rule("r", "evt.type = open and proc.name < (", "  skip-if-unknown-filter: true\n")})
          .rules,
      nullptr);
}

TEST(Loader, RulesOfUnknownSourcesAreLeftOut) {
  const LoadResult result = load({"- macro: m\n  condition: ka.verb = get\n" +
                                  rule("r", "m and jevt.value exists", "  source: k8s_audit\n")});
  ASSERT_NE(result.rules, nullptr);
  EXPECT_TRUE(result.rules->rules().empty());
  ASSERT_GE(result.diagnostics.items().size(), 1u);
  EXPECT_EQ(result.diagnostics.items()[0].code.name, "LOAD_UNKNOWN_SOURCE");
}

TEST(Loader, BroadRulesAreWarnedAbout) {
  const LoadResult result = load({rule("r", "proc.name = x")});
  ASSERT_NE(result.rules, nullptr);
  ASSERT_EQ(result.diagnostics.items().size(), 1u);
  EXPECT_EQ(result.diagnostics.items()[0].code.name, "LOAD_NO_EVTTYPE");
  EXPECT_EQ(findings({rule("r", "proc.name = x", "  warn_evttypes: false\n")}), "");
}

TEST(Loader, UnusedNamesAreWarnedAbout) {
  EXPECT_EQ(findings({"- list: l\n  items: [a]\n- list: k\n  items: [l]\n"
                      "- macro: m\n  condition: proc.name in (k)\n"}),
            "a.yaml:5:10: warning: macro 'm' is not used [LOAD_UNUSED_MACRO]\n"
            "  - macro: m\n"
            "           ~\n");
}

TEST(Loader, SeverityAndSelectionDecideWhichRulesAreKept) {
  const std::string yaml =
      rule("one", "evt.type = open", "  tags: [x]\n") +
      rule("two", "evt.type = open", "  enabled: false\n  tags: [y]\n") +
      "- rule: three\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: Debug\n";
  const auto names = [&](LoadOptions options) {
    std::string text;
    const LoadResult result = load({yaml}, options);
    for (const Rule& kept : result.rules->rules()) {
      text += kept.name + " ";
    }
    return text;
  };
  const auto disable = [](RulePattern::By by, std::string pattern) {
    return RuleSelection{false, {by, {std::move(pattern), nullptr, {}}}};
  };
  const auto enable = [](RulePattern::By by, std::string pattern) {
    return RuleSelection{true, {by, {std::move(pattern), nullptr, {}}}};
  };
  using By = RulePattern::By;
  LoadOptions options;
  EXPECT_EQ(names(options), "one three ");
  options.minimum_priority = Priority::kNotice;
  EXPECT_EQ(names(options), "one ");
  options = {};
  options.selection = {disable(By::kName, "*"), enable(By::kName, "t*o")};
  EXPECT_EQ(names(options), "two ");
  options.selection = {disable(By::kTag, "x"), enable(By::kTag, "y")};
  EXPECT_EQ(names(options), "two three ");
  options.selection = {disable(By::kName, "On*")};
  EXPECT_EQ(names(options), "one three ");
}

TEST(Loader, WarnsOfASelectionThatSelectsNothing) {
  const auto config = std::make_shared<const SourceText>("saker.yaml", "disable: {rule: Sheell}");
  LoadOptions options;
  options.selection = {{false, {RulePattern::By::kName, {"Sheell", config, {16, 22}}}},
                       {false, {RulePattern::By::kTag, {"proces", config, {16, 22}}}},
                       {false, {RulePattern::By::kName, {"Sh*", config, {16, 22}}}}};
  const LoadResult result =
      load({rule("Shell", "evt.type = open", "  tags: [process]\n")}, options);
  ASSERT_NE(result.rules, nullptr);
  EXPECT_EQ(test::rendered(result),
            "saker.yaml:1:17-22: warning: no rule is called 'Sheell'; nothing is switched\n"
            "  disable: {rule: Sheell}\n"
            "                  ~~~~~~\n"
            "hint: did you mean 'Shell'?\n"
            "saker.yaml:1:17-22: warning: no rule has tag 'proces'; nothing is switched\n"
            "  disable: {rule: Sheell}\n"
            "                  ~~~~~~\n"
            "hint: did you mean 'process'?\n");
}

TEST(Loader, RulesThatAreLeftOutAreCheckedAllTheSame) {
  EXPECT_EQ(load({rule("r", "evt.type = open and proc.nam = x", "  enabled: false\n")}).rules,
            nullptr);
}

TEST(Loader, RemembersTheGreatestEngineVersion) {
  EXPECT_EQ(load({"- required_engine_version: 15\n", "- required_engine_version: 0.9.0\n"})
                .required_engine_version,
            "0.15.0");
}

TEST(Loader, TheRemovedContainerFieldIsCutOut) {
  const LoadResult result =
      load({"- rule: r\n  desc: d\n  condition: evt.type = open\n"
            "  output: x %container.info y %proc.nam\n  priority: Error\n"});
  EXPECT_EQ(rendered(result),
            "a.yaml:4:11-39: warning: '%container.info' is no field any more, ignored "
            "[LOAD_DEPRECATED_ITEM]\n"
            "  output: x %container.info y %proc.nam\n"
            "          ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "hint: name the container fields to print: %container.id %container.name\n"
            "a.yaml:4:32-39: error: unknown field 'proc.nam' [LOAD_ERR_COMPILE_OUTPUT]\n"
            "  output: x %container.info y %proc.nam\n"
            "                               ~~~~~~~~\n"
            "hint: did you mean 'proc.name'?\n");
}

// Inputs that are made to be slow or to use up memory. The limit of processor time is generous: it
// is for what never ends, and sanitizers run here too.
class HostileRules : public testing::Test {
 protected:
  void TearDown() override { EXPECT_LT((std::clock() - start_) / CLOCKS_PER_SEC, 60); }

 private:
  std::clock_t start_ = std::clock();
};

TEST_F(HostileRules, LongListsLoad) {
  std::string yaml = "- list: l\n  items:\n";
  for (int i = 0; i < 100'000; ++i) {
    yaml += "    - item" + std::to_string(i) + "\n";
  }
  const LoadResult result = load({yaml + rule("r", "evt.type = open and proc.name in (l)")});
  EXPECT_NE(result.rules, nullptr);
}

TEST_F(HostileRules, MacrosThatDoubleAreRefused) {
  std::string yaml = "- macro: m0\n  condition: proc.name = x or proc.name = y\n";
  for (int i = 1; i < 60; ++i) {
    const std::string below = "m" + std::to_string(i - 1);
    yaml += "- macro: m" + std::to_string(i) + "\n  condition: " + below + " or " + below + "\n";
  }
  const LoadResult result = load({yaml + rule("r", "evt.type = open and m59")});
  EXPECT_EQ(result.rules, nullptr);
  ASSERT_GE(result.diagnostics.items().size(), 1u);
  EXPECT_NE(result.diagnostics.items()[0].message.find("grows too large"), std::string::npos);
}

TEST_F(HostileRules, ListsThatDoubleAreRefused) {
  std::string yaml = "- list: l0\n  items: [a, b]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string below = "l" + std::to_string(i - 1);
    yaml += "- list: l" + std::to_string(i) + "\n  items: [" + below + ", " + below + "]\n";
  }
  const LoadResult result = load({yaml + rule("r", "evt.type = open and proc.name in (l59)")});
  EXPECT_EQ(result.rules, nullptr);
}

TEST_F(HostileRules, ChainsOfNamesDoNotUseUpTheStack) {
  std::string yaml;
  constexpr int kNames = 20'000;
  for (int i = 0; i < kNames; ++i) {
    yaml += "- macro: m" + std::to_string(i) + "\n  condition: proc.name = x\n";
  }
  for (int i = 0; i < kNames; ++i) {  // each now uses the next one
    const std::string next = std::to_string((i + 1) % kNames);
    yaml += "- macro: m" + std::to_string(i) + "\n  condition: m" + next + "\n";
    yaml += "- list: l" + std::to_string(i) + "\n  items: [l" + next + "]\n";
  }
  const LoadResult result =
      load({yaml + rule("r", "evt.type = open and m0 and proc.name in (l0)")});
  EXPECT_EQ(result.rules, nullptr);
}

TEST_F(HostileRules, DeepConditionsAreRefused) {
  for (const std::string_view part : {"(", "not "}) {
    std::string condition;
    for (int i = 0; i < 200'000; ++i) {
      condition += part;
    }
    EXPECT_EQ(load({rule("r", condition)}).rules, nullptr);
  }
}

TEST_F(HostileRules, ManyMistakesAreBounded) {
  std::string yaml;
  for (int i = 0; i < 20'000; ++i) {
    yaml += "- rule: r" + std::to_string(i) + "\n  nonsense: 1\n";
  }
  const LoadResult result = load({yaml});
  EXPECT_LE(result.diagnostics.items().size(), 2 * Diagnostics::kMaxKept);
  EXPECT_EQ(result.diagnostics.count(Severity::kError), 80'000u);
}

TEST_F(HostileRules, ALargeFileLoadsOrIsRefused) {
  std::string yaml;
  for (int i = 0; yaml.size() < 4'000'000; ++i) {
    yaml += rule("r" + std::to_string(i),
                 "evt.type = execve and proc.name in (a, b) and not "
                 "proc.pname = sh");
  }
  const LoadResult result = load({yaml});
  EXPECT_NE(result.rules, nullptr);
}

}  // namespace
}  // namespace saker
