// SPDX-License-Identifier: Apache-2.0
// The conformance corpus of evaluation: eval.jsonl ($SAKER_SHARED/corpus/README.md describes it).
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "engine/lang/evaluator.h"
#include "engine/lang/parser.h"
#include "engine/lang/types.h"
#include "tests/engine/lang/mock_fields.h"
#include "tests/support/corpus.h"

namespace saker::lang {
namespace {

using saker::test::Json;
using test::MockFields;

// Quirks of the reference that are decided otherwise, by case, with what holds here instead.
// engine/README.md gives the reasons.
const std::map<std::string_view, std::string_view> kDecidedOtherwise = {};

Value to_value(MockFields& fields, const Json& json, const TypeDef& type) {
  if (json.is_null()) {
    return Value::missing();
  }
  if (json.kind == Json::Kind::kBool) {
    return Value::of_bool(json.boolean);
  }
  if (json.kind == Json::Kind::kDouble) {
    return Value::of_double(json.real);
  }
  if (json.kind == Json::Kind::kInt) {
    return type.type_class == kSignedClass   ? Value::of_int(json.integer)
           : type.type_class == kDoubleClass ? Value::of_double(static_cast<double>(json.integer))
                                             : Value::of_uint(static_cast<uint64_t>(json.integer));
  }
  if (type.type_class == kIpClass || type.type_class == kNetClass) {
    const std::optional<IpAddress> ip = parse_ip(json.text);
    EXPECT_TRUE(ip) << json.text;
    return ip ? Value::of_ip(*ip) : Value::missing();
  }
  return Value::of_text(fields.keep(json.text));
}

std::vector<Value> to_values(MockFields& fields, const Json& array, const TypeDef& type) {
  std::vector<Value> values;
  for (const Json& item : array.items) {
    values.push_back(to_value(fields, item, type));
  }
  return values;
}

FieldType type_named(const std::string& name) {
  const std::optional<FieldType> type = find_type(name);
  EXPECT_TRUE(type) << name;
  return type.value_or(FieldType::kCharBuf);
}

void add_field(MockFields& fields, const std::string& key, const Json& field) {
  const FieldType type = type_named(field["type"].text);
  uint16_t flags = 0;
  for (const Json& flag : field["flags"].items) {
    flags = static_cast<uint16_t>(flags | (flag.text == "no_rhs" ? kFieldNoRhs : 0) |
                                  (flag.text == "no_transformer" ? kFieldNoTransformer : 0));
  }
  const FieldShape shape = field["list"].boolean    ? FieldShape::kList
                           : field.has("ends")      ? FieldShape::kEnds
                           : field.has("ancestors") ? FieldShape::kAncestors
                                                    : FieldShape::kOne;
  const bool declared = field.has("declared_type");
  fields.declare(key, declared ? type_named(field["declared_type"].text) : type, shape, flags);
  const TypeDef& def = type_def(type);
  if (field.has("value_hex")) {
    fields.set_text(key, field.bytes("value"));
  } else if (shape == FieldShape::kOne) {
    fields.set(key, to_value(fields, field["value"], def));
  } else {
    const char* values = shape == FieldShape::kList   ? "value"
                         : shape == FieldShape::kEnds ? "ends"
                                                      : "ancestors";
    fields.set_list(key, to_values(fields, field[values], def));
  }
}

struct Outcome {
  std::string result;  // as in the corpus: true, false, compile_error
  std::string errors;
  int64_t warnings = 0;
};

Outcome run(const Json& test_case) {
  MockFields fields;
  for (const auto& [key, field] : test_case["fields"].members) {
    add_field(fields, key, field);
  }
  const ParseResult parsed = parse_condition(test_case["condition"].text, kRuleConditionDepth);
  if (const auto* error = std::get_if<ParseError>(&parsed)) {
    return {"compile_error", error->message, 0};
  }
  Outcome outcome;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  std::vector<Finding> findings;
  const bool ok = compiler.add(*std::get<ExprPtr>(parsed), findings).has_value();
  for (const Finding& finding : findings) {
    outcome.warnings += finding.is_error ? 0 : 1;
    outcome.errors += finding.is_error ? finding.message + "\n" : "";
  }
  if (!ok) {
    outcome.result = "compile_error";
    return outcome;
  }
  const Program program = std::move(compiler).finish();
  Evaluator evaluator(program);
  evaluator.start();
  const Event event;
  outcome.result = evaluator.holds(0, event) ? "true" : "false";
  return outcome;
}

TEST(EvalCorpus, ConditionsHoldAsInTheReference) {
  const auto path = saker::test::shared_path("corpus/eval.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  int count = 0;
  for (const Json& test_case : saker::test::read_json_lines(*path)) {
    const std::string& id = test_case["id"].text;
    SCOPED_TRACE(id + ": " + test_case["condition"].text);
    const Outcome outcome = run(test_case);
    const auto decided = kDecidedOtherwise.find(id);
    const std::string expected = decided != kDecidedOtherwise.end() ? std::string(decided->second)
                                                                    : test_case["expect"].text;
    if (expected == "compiles") {
      EXPECT_NE(outcome.result, "compile_error") << outcome.errors;
    } else {
      EXPECT_EQ(outcome.result, expected) << outcome.errors;
    }
    if (test_case.has("warnings")) {
      EXPECT_EQ(outcome.warnings, test_case["warnings"].integer);
    }
    if (test_case.has("error")) {
      EXPECT_EQ("filter error: " + outcome.errors, test_case["error"].text + "\n");
    }
    ++count;
  }
  RecordProperty("cases", count);
  EXPECT_GE(count, 800);
}

}  // namespace
}  // namespace saker::lang
