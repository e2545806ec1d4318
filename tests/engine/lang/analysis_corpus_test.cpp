// SPDX-License-Identifier: Apache-2.0
// The kinds evttypes, condition_warnings and inventory of the conformance corpus analysis.jsonl.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "engine/lang/event_analysis.h"
#include "engine/lang/operators.h"
#include "engine/lang/parser.h"
#include "engine/lang/transformers.h"
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

TEST(AnalysisCorpus, EventsAndWarningsOfConditionsAreThoseOfTheReference) {
  const auto path = saker::test::shared_path("corpus/analysis.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  std::map<std::string, int> counts;
  for (const Json& test_case : saker::test::read_json_lines(*path)) {
    SCOPED_TRACE(test_case["id"].text + ": " + test_case["condition"].text);
    const std::string& kind = test_case["kind"].text;
    ++counts[kind];
    if (kind == "evttypes") {
      run_evttypes(test_case);
    } else if (kind == "condition_warnings") {
      run_warnings(test_case);
    }
  }
  EXPECT_GE(counts["evttypes"], 100);
  EXPECT_GE(counts["condition_warnings"], 15);
}

}  // namespace
}  // namespace saker::lang
