// SPDX-License-Identifier: Apache-2.0
#include "engine/alert.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/record_writer.h"
#include "engine/state/process.h"
#include "tests/engine/lang/mock_fields.h"
#include "tests/support/field_world.h"
#include "tests/support/schema_check.h"

namespace saker {
namespace {

using lang::test::MockFields;

// An event at second 1000 of host "box", and fields with values of every kind.
class AlertTest : public testing::Test {
 protected:
  AlertTest() {
    writer_.begin(EV_SYSCALL, 5, ev_task{});
    writer_.body(ev_syscall{});  // number 0: read
    world_.boot_to_epoch_ns = 1'000'000'000'000;
    world_.hostname = "box";
    EXPECT_EQ(event_.decode(writer_.finish()), DecodeError::kNone);
    event_.attach(world_, process_, 1);
  }

  std::shared_ptr<const Alert> described(std::string_view output) {
    rule_.name = "r";
    rule_.priority = Priority::kWarning;
    rule_.tags = {"a", "b"};
    rule_.output_template = parsed(output);
    auto alert = describe(event_, rule_);
    EXPECT_EQ(test::schema_problem_of(*alert), "");
    return alert;
  }
  OutputTemplate parsed(std::string_view text) {
    auto result = OutputTemplate::parse(text, fields_.catalog());
    if (const auto* error = std::get_if<FormatError>(&result)) {
      ADD_FAILURE() << error->message;
      return {};
    }
    return std::move(std::get<OutputTemplate>(result));
  }

  MockFields fields_;
  Rule rule_;

 private:
  RecordWriter writer_;
  Event event_;
  EventWorld world_;
  Process process_;
};

TEST_F(AlertTest, CarriesTheRuleAndTheEvent) {
  const auto alert = described("no field");
  EXPECT_EQ(alert->time_ns, 1'000'000'000'005);
  EXPECT_EQ(alert->priority, Priority::kWarning);
  EXPECT_EQ(alert->rule, "r");
  EXPECT_EQ(alert->source, "syscall");
  EXPECT_EQ(alert->hostname, "box");
  EXPECT_EQ(alert->message, "no field");
  EXPECT_EQ(alert->tags, (std::vector<std::string>{"a", "b"}));
}

TEST_F(AlertTest, FieldsAreSortedAndTimesAreNumbers) {
  fields_.declare("a.first", FieldType::kCharBuf);
  fields_.declare("z.last", FieldType::kCharBuf);
  fields_.declare("evt.time", FieldType::kCharBuf, FieldShape::kOne, kFieldEpochTime);
  fields_.declare("evt.time.iso8601", FieldType::kCharBuf, FieldShape::kOne, kFieldEpochTime);
  fields_.set_text("evt.time", "00:16:40");
  fields_.set_text("evt.time.iso8601", "1970-01-01");
  const auto names = [](const Alert& alert) {
    std::string text;
    for (const auto& [name, value] : alert.fields) {
      text += name + " ";
    }
    return text;
  };
  EXPECT_EQ(names(*described("")), "");
  EXPECT_EQ(names(*described("%z.last %a.first %z.last")), "a.first z.last ");
  const auto alert = described("%evt.time.iso8601 %evt.time");
  EXPECT_EQ(names(*alert), "evt.time evt.time.iso8601 ");
  EXPECT_EQ(alert->message, "1970-01-01 00:16:40");
  for (const auto& [name, value] : alert->fields) {
    EXPECT_EQ(value, OutputValue{int64_t{1'000'000'000'005}}) << name;
  }
}

TEST_F(AlertTest, FieldsAreFoundByTheirName) {
  Alert alert;
  EXPECT_EQ(find_field(alert, "b"), nullptr);
  alert.fields = {{"a", {int64_t{1}}}, {"c", {int64_t{3}}}};
  EXPECT_EQ(*find_field(alert, "a"), OutputValue{int64_t{1}});
  EXPECT_EQ(*find_field(alert, "c"), OutputValue{int64_t{3}});
  for (const char* absent : {"", "b", "cc"}) {
    EXPECT_EQ(find_field(alert, absent), nullptr) << absent;
  }
}

TEST_F(AlertTest, FieldsKeepTheirTypes) {
  fields_.declare("f.text", FieldType::kCharBuf);
  fields_.declare("f.bool", FieldType::kBool);
  fields_.declare("f.int", FieldType::kInt64);
  fields_.declare("f.uint", FieldType::kUint64);
  fields_.declare("f.list", FieldType::kInt64, FieldShape::kList);
  fields_.declare("f.parents", FieldType::kCharBuf, FieldShape::kAncestors);
  fields_.declare("f.names", FieldType::kCharBuf, FieldShape::kNames);
  fields_.declare("f.unnamed", FieldType::kCharBuf, FieldShape::kNames);
  fields_.declare("f.gone", FieldType::kInt64);
  fields_.declare("f.ip", FieldType::kIpAddr);
  fields_.set_text("f.text", "a\xff");
  fields_.set("f.bool", Value::of_bool(true));
  fields_.set("f.int", Value::of_int(-5));
  fields_.set("f.uint", Value::of_uint(~0ull));
  fields_.set_list("f.list", {Value::of_int(1), Value::missing()});
  fields_.set_list("f.parents", {Value::of_text("sh"), Value::of_text("init")});
  fields_.set_list("f.names", {Value::of_text("a.example"), Value::of_text("b.example")});
  fields_.set_list("f.unnamed", {});
  IpAddress ip;
  ip.bytes = {10, 0, 0, 1};
  fields_.set("f.ip", Value::of_ip(ip));
  const auto alert = described(
      "%f.text %f.bool %f.int %f.uint %f.list %f.parents %f.names %f.unnamed %f.gone %f.ip "
      "%toupper(f.text)");
  EXPECT_EQ(alert->message,
            "a\xff true -5 18446744073709551615 (1,<NA>) sh init a.example b.example <NA> <NA> "
            "10.0.0.1 A\xff");
  const std::vector<std::pair<std::string, OutputValue>> expected = {
      {"f.bool", {true}},
      {"f.gone", {std::monostate()}},
      {"f.int", {int64_t{-5}}},
      {"f.ip", {std::string("10.0.0.1")}},
      {"f.list", {OutputList{{int64_t{1}}, {std::monostate()}}}},
      {"f.names", {std::string("a.example b.example")}},
      {"f.parents", {std::string("sh init")}},
      {"f.text", {std::string("a\xff")}},
      {"f.uint", {~uint64_t{0}}},
      {"f.unnamed", {std::monostate()}},
  };
  EXPECT_EQ(alert->fields, expected);
}

TEST_F(AlertTest, NumbersStayNumbersUnlessTheirFormSaysMore) {
  struct Row {
    FieldType type;
    PrintFormat format;
    Value value;
    OutputValue expected;
  };
  const Row rows[] = {
      {FieldType::kInt64, PrintFormat::kDecimal, Value::of_int(-1), {int64_t{-1}}},
      {FieldType::kInt64, PrintFormat::kId, Value::of_int(7), {int64_t{7}}},
      {FieldType::kUint32, PrintFormat::kHex, Value::of_uint(0xab), {std::string("AB")}},
      {FieldType::kUint32, PrintFormat::kOctal, Value::of_uint(0644), {std::string("644")}},
      {FieldType::kUint64,
       PrintFormat::kPaddedDecimal,
       Value::of_uint(5),
       {std::string("000000005")}},
      {FieldType::kRelTime, PrintFormat::kPaddedDecimal, Value::of_uint(5), {uint64_t{5}}},
      {FieldType::kAbsTime, PrintFormat::kPaddedDecimal, Value::of_uint(5), {uint64_t{5}}},
      {FieldType::kPort, PrintFormat::kDecimal, Value::of_uint(443), {uint64_t{443}}},
      {FieldType::kDouble, PrintFormat::kDecimal, Value::of_double(0.25), {0.25}},
  };
  std::string output;
  for (size_t i = 0; i < std::size(rows); ++i) {
    const std::string name = "f.n" + std::to_string(i);
    fields_.declare(name, rows[i].type, FieldShape::kOne, 0, rows[i].format);
    fields_.set(name, rows[i].value);
    output += "%" + name + " ";
  }
  const auto alert = described(output);
  EXPECT_EQ(alert->message, "-1 7 AB 644 000000005 000000005 000000005 443 0.2 ");
  ASSERT_EQ(alert->fields.size(), std::size(rows));
  for (size_t i = 0; i < std::size(rows); ++i) {
    EXPECT_EQ(alert->fields[i].second, rows[i].expected) << alert->fields[i].first;
  }
}

// Whatever text they give in messages.
TEST_F(AlertTest, AllTimesOfEventsAreNumbers) {
  test::FieldWorld world;
  const Event& event = world.syscall("openat", 3);
  size_t times = 0;
  for (const FieldDef* def : FieldCatalog::builtin().all()) {
    const bool is_time = def->name.starts_with("evt.time") || def->name.starts_with("evt.datetime");
    if (!is_time && !def->name.starts_with("evt.rawtime") &&
        !def->name.starts_with("evt.reltime")) {
      continue;
    }
    ++times;
    auto output = OutputTemplate::parse("%" + std::string(def->name), FieldCatalog::builtin());
    rule_.output_template = std::move(std::get<OutputTemplate>(output));
    const auto alert = describe(event, rule_);
    const OutputValue& value = alert->fields.front().second;
    if (is_time) {
      EXPECT_EQ(value, OutputValue{alert->time_ns}) << def->name;
    } else {
      EXPECT_TRUE(std::holds_alternative<uint64_t>(value.value)) << def->name;
    }
  }
  EXPECT_EQ(times, 11U);
}

TEST_F(AlertTest, ExtraFieldsAreTypedOrTextAndComeBeforeThoseOfTheOutput) {
  fields_.declare("f.int", FieldType::kInt64);
  fields_.declare("f.text", FieldType::kCharBuf);
  fields_.declare("f.time", FieldType::kCharBuf, FieldShape::kOne, kFieldEpochTime);
  fields_.set("f.int", Value::of_int(7));
  fields_.set_text("f.text", "t");
  rule_.extra_fields = {{"f.int", "", parsed("%f.int")},
                        {"f.time", "", parsed("%f.time")},
                        {"a.key", "n=%f.int", parsed("n=%f.int")},
                        {"f.text", "is %f.text", parsed("is %f.text")}};
  const auto alert = described("%f.text %f.int");
  EXPECT_EQ(alert->message, "t 7");
  const std::vector<std::pair<std::string, OutputValue>> expected = {
      {"a.key", {std::string("n=7")}},
      {"f.int", {int64_t{7}}},
      {"f.text", {std::string("is t")}},
      {"f.time", {int64_t{1'000'000'000'005}}},
  };
  EXPECT_EQ(alert->fields, expected);
}

TEST_F(AlertTest, BytesLookAlikeInMessageAndFields) {
  fields_.declare("f.data", FieldType::kByteBuf);
  fields_.set_text("f.data", "a\xff");
  const auto dots = described("%f.data");
  EXPECT_EQ(dots->message, "a.");
  EXPECT_EQ(dots->fields.front().second, OutputValue{std::string("a.")});
  rule_.buffer_format = BufferFormat::kBase64;
  const auto base64 = described("%f.data");
  EXPECT_EQ(base64->message, "Yf8=");
  EXPECT_EQ(base64->fields.front().second, OutputValue{std::string("Yf8=")});
}

}  // namespace
}  // namespace saker
