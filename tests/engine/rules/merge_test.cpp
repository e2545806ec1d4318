// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/merge.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "engine/rules/reader.h"

namespace saker {
namespace {

struct Merged {
  explicit Merged(std::initializer_list<std::string_view> files) {
    size_t number = 0;
    for (const std::string_view yaml : files) {
      auto source = std::make_shared<const SourceText>("r.yaml", std::string(yaml));
      for (Item& item : read_rule_file(source, diagnostics)) {
        store.apply(std::move(item), number, diagnostics);
      }
      ++number;
    }
  }

  // Errors only: "CODE MESSAGE" one per line.
  [[nodiscard]] std::string errors() const {
    std::string text;
    for (const Diagnostic& item : diagnostics.items()) {
      if (item.severity == Severity::kError) {
        text += std::string(item.code.name) + " " + item.message + "\n";
      }
    }
    return text;
  }
  [[nodiscard]] std::string items(std::string_view list) const {
    std::string text;
    for (const Text& item : store.find_list(list)->items) {
      text += item.value + " ";
    }
    return text;
  }

  Diagnostics diagnostics;
  DefinitionStore store;
};

constexpr std::string_view kRule =
    "- rule: r\n  desc: d\n  condition: c1\n  output: o1\n  priority: Error\n  tags: [b]\n"
    "  enabled: false\n";

TEST(Merge, RedefinitionReplacesAndKeepsThePlaceInTheOrder) {
  const Merged merged(
      {kRule,
       "- rule: s\n  desc: d\n  condition: c\n  output: o\n  priority: Error\n"
       "- rule: r\n  desc: d2\n  condition: c2\n  output: o2\n  priority: Alert\n"});
  EXPECT_EQ(merged.errors(), "");
  ASSERT_EQ(merged.store.rules().size(), 2u);
  const RuleDefinition& rule = merged.store.rules()[0];
  EXPECT_EQ(rule.name.value, "r");
  EXPECT_EQ(join(rule.condition), "c2");
  EXPECT_EQ(rule.priority, Priority::kAlert);
  EXPECT_TRUE(rule.enabled);
  EXPECT_TRUE(rule.tags.empty());
  EXPECT_EQ(rule.file, 1u);
}

TEST(Merge, AppendJoinsTextsByOneBlank) {
  const Merged merged({kRule, "- rule: r\n  condition: and c2\n  append: true\n  tags: [z]\n"});
  EXPECT_EQ(merged.errors(), "");
  EXPECT_EQ(join(merged.store.rules()[0].condition), "c1 and c2");
  EXPECT_EQ(merged.store.rules()[0].tags.size(), 1u);  // append: true does not look at it
}

TEST(Merge, OverrideAppendsFirstThenReplaces) {
  const Merged merged(
      {kRule,
       "- rule: r\n  condition: and c2\n  output: o2\n  desc: e\n  enabled: true\n  tags: [a]\n"
       "  priority: Debug\n  action: kill\n  enforcement: audit\n"
       "  override: {action: replace, enforcement: replace, condition: append, output: append, "
       "desc: replace, enabled: replace,"
       " tags: append, priority: replace}\n"});
  EXPECT_EQ(merged.errors(), "");
  const RuleDefinition& rule = merged.store.rules()[0];
  EXPECT_EQ(join(rule.condition), "c1 and c2");
  EXPECT_EQ(join(rule.output), "o1 o2");
  EXPECT_EQ(join(rule.description), "e");
  EXPECT_TRUE(rule.enabled);
  EXPECT_EQ(rule.tags.size(), 2u);
  EXPECT_EQ(rule.priority, Priority::kDebug);
  EXPECT_EQ(rule.action, RuleAction::kKill);
  EXPECT_EQ(rule.enforcement, Enforcement::kAudit);
}

TEST(Merge, ListsAndMacrosAppendReplaceAndDefine) {
  const Merged merged({"- list: l\n  items: [a]\n- macro: m\n  condition: c1\n",
                       "- list: l\n  items: [b]\n  override: {items: append}\n"
                       "- macro: m\n  condition: or c2\n  override: {condition: append}\n"
                       "- list: new\n  items: [c]\n  override: {items: replace}\n"
                       "- macro: fresh\n  condition: c3\n  override: {condition: replace}\n"});
  EXPECT_EQ(merged.errors(), "");
  EXPECT_EQ(merged.items("l"), "a b ");
  EXPECT_EQ(merged.items("new"), "c ");
  EXPECT_EQ(join(merged.store.find_macro("m")->condition), "c1 or c2");
  EXPECT_EQ(join(merged.store.find_macro("fresh")->condition), "c3");
}

TEST(Merge, AMacroSeesWhatIsAboveItsLastChange) {
  const Merged merged(
      {"- macro: a\n  condition: x\n- macro: b\n  condition: x\n- macro: a\n  condition: b\n"});
  const MacroDefinition& a = *merged.store.find_macro("a");
  const MacroDefinition& b = *merged.store.find_macro("b");
  EXPECT_LT(a.order, b.order);
  EXPECT_LT(b.order, a.sees_before);
  EXPECT_EQ(b.sees_before, b.order);
}

TEST(Merge, ChangesNeedWhatTheyChange) {
  struct Row {
    std::string_view yaml;
    std::string_view errors;
  };
  for (const Row& row : {
           Row{"- list: l\n  items: [a]\n  append: true\n",
               "LOAD_ERR_VALIDATE list 'l' is not there to be appended to\n"},
           Row{"- macro: m\n  condition: a\n  override: {condition: append}\n",
               "LOAD_ERR_VALIDATE macro 'm' is not there to be appended to\n"},
           Row{"- rule: r\n  condition: a\n  append: true\n",
               "LOAD_ERR_VALIDATE rule 'r' is not there to be changed\n"},
           Row{"- rule: r\n  condition: a\n  override: {condition: replace}\n",
               "LOAD_ERR_VALIDATE rule 'r' is not there to be changed\n"},
           Row{"- rule: r\n  enabled: true\n",
               "LOAD_ERR_VALIDATE rule 'r' is not there to be changed\n"},
       }) {
    EXPECT_EQ(Merged({row.yaml}).errors(), row.errors) << row.yaml;
  }
}

TEST(Merge, ARuleKeepsItsSource) {
  constexpr std::string_view kOther =
      "- rule: r\n  desc: d\n  condition: c\n  output: o\n  priority: Error\n  source: other\n";
  constexpr std::string_view kError =
      "LOAD_ERR_VALIDATE rule 'r' is there already, for source 'syscall'\n";
  EXPECT_EQ(Merged({kRule, kOther}).errors(), kError);
  EXPECT_EQ(
      Merged({kRule, "- rule: r\n  condition: x\n  append: true\n  source: other\n"}).errors(),
      kError);
  EXPECT_EQ(Merged({kRule,
                    "- rule: r\n  condition: x\n  source: other\n"
                    "  override: {condition: replace}\n"})
                .errors(),
            kError);
  const Merged kept({kOther, kRule});
  EXPECT_EQ(kept.errors(), "");
  EXPECT_EQ(kept.store.rules()[0].source.value, "other");
}

TEST(Merge, AppendsValuesToExceptions) {
  constexpr std::string_view kWithException =
      "- rule: r\n  desc: d\n  condition: c\n  output: o\n  priority: Error\n"
      "  exceptions: [{name: e, fields: [f.a], values: [[x]]}]\n";
  struct Row {
    std::string_view exception;
    size_t exceptions;
    size_t values;
    std::string_view errors;
  };
  for (const Row& row : {
           Row{"{name: e, values: [[y], [z]]}", 1, 3, ""},
           Row{"{name: e}", 1, 1, ""},
           Row{"{name: n, fields: [f.b], values: [[y]]}", 2, 1, ""},
           Row{"{name: n, values: [[y]]}", 1, 1,
               "LOAD_ERR_VALIDATE exception 'n' is new, so it needs 'fields' and 'values'\n"},
           Row{"{name: e, fields: [f.b], values: [[y]]}", 1, 1,
               "LOAD_ERR_VALIDATE exception 'e' is there already; only 'values' can be appended "
               "to it\n"},
       }) {
    for (const std::string_view how : {"append: true", "override: {exceptions: append}"}) {
      const Merged merged({kWithException, "- rule: r\n  " + std::string(how) +
                                               "\n  exceptions: [" + std::string(row.exception) +
                                               "]\n"});
      EXPECT_EQ(merged.errors(), row.errors) << row.exception;
      const auto& exceptions = merged.store.rules()[0].exceptions;
      EXPECT_EQ(exceptions.size(), row.exceptions) << row.exception;
      EXPECT_EQ(exceptions[0].values.size(), row.values) << row.exception;
    }
  }
}

TEST(Merge, NewExceptionsNeedFields) {
  EXPECT_EQ(Merged({"- rule: r\n  desc: d\n  condition: c\n  output: o\n  priority: Error\n"
                    "  exceptions: [{name: e, values: [[x]]}]\n"})
                .errors(),
            "LOAD_ERR_VALIDATE exception 'e' has no 'fields'\n");
}

}  // namespace
}  // namespace saker
