// SPDX-License-Identifier: Apache-2.0
// Runs the conformance corpus for what is said about conditions
// (SAKER_SHARED/corpus/analysis.jsonl).
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/strings.h"
#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "engine/lang/event_analysis.h"
#include "engine/lang/inventory.h"
#include "engine/lang/parser.h"
#include "tests/engine/lang/mock_fields.h"
#include "tests/support/corpus.h"

namespace saker::lang {
namespace {

using saker::test::Json;
using test::MockFields;

ExprPtr parse(const std::string& text) {
  ParseResult result = parse_condition(text);
  EXPECT_TRUE(std::holds_alternative<ExprPtr>(result)) << text;
  return std::holds_alternative<ExprPtr>(result) ? std::move(std::get<ExprPtr>(result)) : nullptr;
}

EventSet named(const Json& names) {
  EventSet set;
  for (const Json& name : names.items) {
    const EventSet found = EventCatalog::builtin().find(name.text);
    EXPECT_TRUE(found.any()) << name.text;
    set |= found;
  }
  return set;
}

EventSet expected_events(const Json& expect) {
  const EventCatalog& catalog = EventCatalog::builtin();
  if (expect.has("same_as")) {
    return possible_events(*parse(expect["same_as"].text), catalog);
  }
  const Json& set = expect["set"];
  return set.has("only")     ? named(set["only"])
         : set.has("except") ? catalog.all() & ~named(set["except"])
         : set.has("all")    ? catalog.all()
                             : EventSet();
}

void declare_texts(MockFields& fields) {
  for (const char* name :
       {"evt.type", "proc.name", "fd.name", "ka.field", "jevt.field", "safe.field"}) {
    fields.declare(name, FieldType::kCharBuf);
  }
  fields.declare("evt.dir", FieldType::kCharBuf, FieldShape::kOne, kFieldDeprecated);
}

std::vector<Finding> check(const std::string& condition) {
  MockFields fields;
  declare_texts(fields);
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  compiler.add(*parse(condition), findings);
  return findings;
}

void run_evttypes(const Json& test_case) {
  const std::string& condition = test_case["condition"].text;
  const Json& expect = test_case["expect"];
  if (!expect.has("error")) {
    EXPECT_EQ(possible_events(*parse(condition), EventCatalog::builtin()), expected_events(expect));
    return;
  }
  const std::vector<Finding> findings = check(condition);
  const bool failed = std::any_of(findings.begin(), findings.end(),
                                  [](const Finding& finding) { return finding.is_error; });
  EXPECT_EQ(failed, expect["error"].boolean);
}

void run_warnings(const Json& test_case) {
  std::set<std::string> codes;
  for (const Finding& finding : check(test_case["condition"].text)) {
    EXPECT_FALSE(finding.is_error) << finding.message;
    codes.insert(std::string(finding.code.name));
  }
  std::set<std::string> expected;
  for (const Json& code : test_case["expect"]["warnings"].items) {
    expected.insert(code.text);
  }
  EXPECT_EQ(codes, expected);
}

std::set<std::string> texts(const Json& array) {
  std::set<std::string> result;
  for (const Json& item : array.items) {
    result.insert(item.text);
  }
  return result;
}

void run_details(const Json& test_case) {
  const std::set<std::string> lists = texts(test_case["known_lists"]);
  const Inventory inventory =
      take_inventory(*parse(test_case["condition"].text),
                     [&](std::string_view name) { return lists.count(std::string(name)) != 0; });
  const std::map<std::string, std::set<std::string>> actual = {
      {"macros", inventory.macros},
      {"lists", inventory.lists},
      {"fields", inventory.fields},
      {"operators", inventory.operators},
      {"transformers", inventory.transformers}};
  for (const auto& [key, expected] : test_case["expect"].members) {
    EXPECT_EQ(actual.at(key), texts(expected)) << key;
  }
}

void run_wildcard(const Json& test_case) {
  const std::vector<Json>& args = test_case["args"].items;
  ASSERT_EQ(args.size(), 2U);
  EXPECT_EQ(matches_wildcard(args[1].text, args[0].text), test_case["expect"].boolean);
}

// Null: not run, with the reason behind it.
struct Kind {
  std::string_view name;
  void (*run)(const Json& test_case);
};
constexpr Kind kKinds[] = {
    {"evttypes", run_evttypes},
    {"condition_warnings", run_warnings},
    {"condition_details", run_details},
    {"wildcard", run_wildcard},
    {"tree_equal", nullptr},          // syntax_corpus_test.cpp
    {"quoting", nullptr},             // syntax_corpus_test.cpp
    {"interval_ms", nullptr},         // no setting is an interval in that notation
    {"sanitize_rule_name", nullptr},  // names of rules are in no metric
    {"is_unix_scheme", nullptr},      // no setting is a gRPC address
};

TEST(AnalysisCorpus, WhatIsSaidOfConditionsIsThatOfTheReference) {
  const auto path = saker::test::shared_path("corpus/analysis.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  std::map<std::string, int> counts;
  for (const Json& test_case : saker::test::read_json_lines(*path)) {
    SCOPED_TRACE(test_case["id"].text + ": " + test_case["condition"].text);
    const std::string& name = test_case["kind"].text;
    const auto* kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                    [&](const Kind& row) { return row.name == name; });
    ASSERT_NE(kind, std::end(kKinds)) << name;
    if (kind->run != nullptr) {
      ++counts[name];
      kind->run(test_case);
    }
  }
  EXPECT_GE(counts["evttypes"], 100);
  EXPECT_GE(counts["condition_warnings"], 15);
  EXPECT_GE(counts["condition_details"], 4);
  EXPECT_GE(counts["wildcard"], 9);
  for (const auto& [name, count] : counts) {
    RecordProperty(name, count);
  }
}

}  // namespace
}  // namespace saker::lang
