// SPDX-License-Identifier: Apache-2.0
// The template cases of the conformance corpus: a template, values of fields, and the message.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/event.h"
#include "engine/format.h"
#include "tests/engine/lang/mock_fields.h"
#include "tests/support/corpus.h"

namespace saker {
namespace {

using lang::test::MockFields;
using test::Json;

// The type of the reference without PT_.
FieldType type_of(std::string_view name) {
  return name == "INT64"    ? FieldType::kInt64
         : name == "UINT64" ? FieldType::kUint64
         : name == "BOOL"   ? FieldType::kBool
                            : FieldType::kCharBuf;
}

void set_value(MockFields& fields, std::string_view key, const Json& value) {
  if (value.kind == Json::Kind::kText) {
    fields.set_text(key, value.text);
  } else if (value.kind == Json::Kind::kInt) {
    fields.set(key, Value::of_int(value.integer));
  }
}

void declare(MockFields& fields, std::string_view key, const Json& field) {
  const bool is_ancestors = field.has("ancestors");
  fields.declare(key, type_of(field["type"].text),
                 is_ancestors ? FieldShape::kAncestors : FieldShape::kOne);
  if (!is_ancestors) {
    set_value(fields, key, field["value"]);
    return;
  }
  set_value(fields, std::string(key) + "[0]", field["self"]);
  std::vector<Value> ancestors;
  for (const Json& ancestor : field["ancestors"].items) {
    ancestors.push_back(Value::of_text(fields.keep(ancestor.text)));
  }
  if (!ancestors.empty()) {
    fields.set_list(key, ancestors);
  }
}

// Templates also name fields that no case gives a value.
void declare_all(MockFields& fields, const Json& given) {
  for (const std::string_view name : {"proc.name", "proc.aname", "evt.num", "evt.arg.path"}) {
    if (!given.has(name)) {
      fields.declare(name, name == "evt.num" ? FieldType::kUint64 : FieldType::kCharBuf);
    }
  }
  for (const auto& [name, field] : given.members) {
    declare(fields, name, field);
  }
}

using Texts = std::map<std::string, std::string>;

// The fields of the template with their values; `missing` stands for those without one.
Texts values_of(const OutputTemplate& output, std::string_view missing) {
  const Event event;
  Texts texts;
  for (const OutputTemplate::Field& field : output.fields()) {
    const Value value = field.operand->eval(event);
    std::string& text = texts[field.name];
    append_text(text, value, field.operand->type(), field.operand->field(), BufferFormat::kDots);
    text = value.is_missing() ? missing : text;
  }
  return texts;
}

// Without the results of transformers, which are only in the message here.
Texts expected_values(const Json& values) {
  Texts texts;
  for (const auto& [name, value] : values.members) {
    if (name.find('(') == std::string::npos) {
      texts[name] = value.is_null() ? "null" : value.text;
    }
  }
  return texts;
}

void check_case(const OutputTemplate& output, const Json& expect, bool is_json) {
  std::string message;
  output.render(message, Event(), BufferFormat::kDots);
  const bool is_complete = !expect.has("complete") || expect["complete"].boolean;
  if (!is_complete) {
    // The library ends the message at the first missing value; rules ask it to go on.
    EXPECT_TRUE(is_json || message.starts_with(expect["text"].text)) << message;
  } else if (is_json) {
    EXPECT_EQ(values_of(output, "null"), expected_values(test::parse_json(expect["text"].text)));
  } else {
    EXPECT_EQ(message, expect["text"].text);
  }
  const Texts values = values_of(output, "<NA>");
  for (const auto& [name, text] : expected_values(expect["values"])) {  // not always all of them
    const auto value = values.find(name);
    ASSERT_NE(value, values.end()) << name;
    EXPECT_EQ(value->second, text) << name;
  }
}

TEST(TemplateCorpus, EachCaseGivesItsMessageAndValues) {
  const auto path = test::shared_path("corpus/output.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  size_t cases = 0;
  for (const Json& json : test::read_json_lines(*path)) {
    if (json["kind"].text != "template") {
      continue;
    }
    ++cases;
    SCOPED_TRACE(json["id"].text);
    MockFields fields;
    declare_all(fields, json["fields"]);
    const auto parsed = OutputTemplate::parse(json["template"].text, fields.catalog());
    const Json& expect = json["expect"];
    const auto* output = std::get_if<OutputTemplate>(&parsed);
    EXPECT_EQ(output == nullptr, expect["error"].boolean);
    if (output != nullptr && expect.has("text")) {
      check_case(*output, expect, json["format"].text == "json");
    }
  }
  EXPECT_EQ(cases, 40U);
}

}  // namespace
}  // namespace saker
