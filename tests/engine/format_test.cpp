// SPDX-License-Identifier: Apache-2.0
#include "engine/format.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/event.h"
#include "tests/engine/lang/mock_fields.h"

namespace saker {
namespace {

using lang::test::MockFields;

// The message, or "error: MESSAGE" with the place as [BEGIN,END).
std::string rendered(MockFields& fields, std::string_view text) {
  const auto parsed = OutputTemplate::parse(text, fields.catalog());
  if (const auto* error = std::get_if<FormatError>(&parsed)) {
    return "error: " + error->message + " [" + std::to_string(error->span.begin) + "," +
           std::to_string(error->span.end) + ")";
  }
  std::string out;
  const Event event;
  std::get<OutputTemplate>(parsed).render(out, event, BufferFormat::kDots);
  return out;
}

class OutputTemplateTest : public testing::Test {
 protected:
  OutputTemplateTest() {
    fields_.declare("proc.name", FieldType::kCharBuf);
    fields_.declare("proc.pid", FieldType::kInt64);
    fields_.declare("proc.names", FieldType::kCharBuf, FieldShape::kList);
    fields_.declare("proc.aname", FieldType::kCharBuf, FieldShape::kAncestors);
    fields_.declare("proc.apid", FieldType::kInt64, FieldShape::kAncestors);
    fields_.set("proc.apid[0]", Value::of_int(10));
    fields_.declare("fd.ip", FieldType::kIpAddr, FieldShape::kEnds, kFieldConditionOnly);
    fields_.declare("evt.gone", FieldType::kCharBuf);
    fields_.declare("proc.args", FieldType::kCharBuf, FieldShape::kList);
    fields_.set_list("proc.args",
                     {Value::of_text("-o"), Value::of_text("file"), Value::of_text("-v")});
    fields_.set_text("proc.name", "init");
    fields_.set_text("proc.aname[2]", "grandparent");
    fields_.set("proc.pid", Value::of_int(-7));
    const std::vector<Value> texts = {Value::of_text("a"), Value::of_text("b c")};
    fields_.set_list("proc.names", texts);
    fields_.set_list("proc.aname", texts);
  }

  MockFields fields_;
};

TEST_F(OutputTemplateTest, FillsInFields) {
  struct Row {
    std::string_view text;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{"", ""},
           Row{"no fields", "no fields"},
           Row{"name=%proc.name.", "name=init."},
           Row{"%proc.name%proc.pid", "init-7"},
           Row{"%proc.names!", "(a,b c)!"},  // the longest name wins
           Row{"%proc.aname", "a b c"},
           Row{"%proc.aname[2]]", "grandparent]"},
           Row{"%proc.apid", "10"},
           Row{"%evt.gone", "<NA>"},
           Row{"*%evt.gone", "<NA>"},
           Row{"100* %proc.name", "100* init"},
           Row{"%2proc.name|", "in|"},
           Row{"%6proc.name|", "init  |"},
           Row{"%6evt.gone|", "<NA>  |"},
           Row{"%toupper(proc.name)", "INIT"},
           Row{"%3toupper( tolower(proc.name) )|", "INI|"},
           Row{"%concat(proc.name, proc.aname[2])", "initgrandparent"},
           Row{"%join(\")\", (proc.name, proc.pid))", "init)-7"},
           Row{"%toupper(evt.gone)", "<NA>"},
           Row{"%getopt(proc.args, \"o:v\")[o].", "file."},
           Row{"%getopt(proc.args, \"o:v\").", "(o,file,v)."},
           Row{"%4len(proc.args)|%basename(proc.aname[2])", "3   |grandparent"},
           Row{"%toupper(proc.names)", "(A,B C)"},
       }) {
    EXPECT_EQ(rendered(fields_, row.text), row.expected) << row.text;
  }
}

TEST_F(OutputTemplateTest, RefusesWhatIsNoField) {
  struct Row {
    std::string_view text;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{"100%", "error: a '%' at the end names no field [3,4)"},
           Row{"100% sure", "error: a '%' must be followed by the name of a field [3,4)"},
           Row{"50%%", "error: a '%' must be followed by the name of a field [2,3)"},
           Row{"%proc.nobody.", "error: unknown field 'proc.nobody' [1,12)"},
           Row{"%name", "error: unknown field 'name' [1,5)"},
           Row{"%9999proc.name", "error: a width is at most 1024 [1,5)"},
           Row{"%99999999999999999999proc.name", "error: a width is at most 1024 [1,21)"},
           Row{"%toupper(proc.name", "error: missing ')' [1,9)"},
           Row{"%toupper (proc.name)", "error: unknown field 'toupper' [1,8)"},
           Row{"%proc.aname[2", "error: missing ']' [1,12)"},
           Row{"%fd.ip", "error: field 'fd.ip' is for conditions only [1,6)"},
       }) {
    EXPECT_EQ(rendered(fields_, row.text), row.expected) << row.text;
  }
  EXPECT_TRUE(rendered(fields_, "%strange(proc.name)").starts_with("error: "));
  EXPECT_TRUE(rendered(fields_, "%toupper(proc.pid)").starts_with("error: "));
  EXPECT_TRUE(rendered(fields_, "%toupper(val(proc.name))").starts_with("error: "));
}

TEST_F(OutputTemplateTest, SuggestsTheNearestField) {
  const auto parsed = OutputTemplate::parse("%proc.nam", fields_.catalog());
  const auto& error = std::get<FormatError>(parsed);
  EXPECT_EQ(error.hint, "did you mean 'proc.name'?");
  EXPECT_TRUE(error.unknown_field);
}

TEST_F(OutputTemplateTest, ListsFieldsOnceInOrderAndThoseInsideTransformers) {
  const auto parsed = OutputTemplate::parse(
      "%proc.pid %toupper(proc.name) %proc.pid %proc.aname[2] %concat(proc.name, evt.gone)",
      fields_.catalog());
  std::string names;
  for (const OutputTemplate::Field& field : std::get<OutputTemplate>(parsed).fields()) {
    names += field.name + " ";
  }
  EXPECT_EQ(names, "evt.gone proc.aname[2] proc.name proc.pid ");
}

TEST(AppendText, FollowsThePrintFormat) {
  struct Row {
    Value value;
    FieldType type;
    PrintFormat format;
    std::string_view expected;
  };
  IpAddress v4;
  v4.bytes = {127, 0, 0, 1};
  IpAddress v6;
  v6.is_v6 = true;
  v6.bytes[15] = 1;
  for (const Row& row : {
           Row{Value::of_bool(true), FieldType::kBool, PrintFormat::kDecimal, "true"},
           Row{Value::of_bool(false), FieldType::kBool, PrintFormat::kDecimal, "false"},
           Row{Value::of_int(-1), FieldType::kInt64, PrintFormat::kDecimal, "-1"},
           Row{Value::of_uint(~0ull), FieldType::kUint64, PrintFormat::kId, "18446744073709551615"},
           Row{Value::of_uint(0xbeef), FieldType::kUint32, PrintFormat::kHex, "BEEF"},
           Row{Value::of_uint(0755), FieldType::kUint32, PrintFormat::kOctal, "755"},
           Row{Value::of_uint(42), FieldType::kRelTime, PrintFormat::kPaddedDecimal, "000000042"},
           Row{Value::of_uint(12345678901), FieldType::kRelTime, PrintFormat::kPaddedDecimal,
               "12345678901"},
           Row{Value::of_double(2.25), FieldType::kDouble, PrintFormat::kDecimal, "2.2"},
           Row{Value::of_double(-1e308), FieldType::kDouble, PrintFormat::kDecimal, ""},
           Row{Value::of_text("a\x01z"), FieldType::kCharBuf, PrintFormat::kDecimal, "a\x01z"},
           Row{Value::of_text(std::string_view("a\0\xff", 3)), FieldType::kByteBuf,
               PrintFormat::kDecimal, "a.."},
           Row{Value::of_ip(v4), FieldType::kIpAddr, PrintFormat::kDecimal, "127.0.0.1"},
           Row{Value::of_ip(v6), FieldType::kIpAddr, PrintFormat::kDecimal, "::1"},
           Row{Value::missing(), FieldType::kInt64, PrintFormat::kDecimal, "<NA>"},
           Row{Value::of_list({}), FieldType::kCharBuf, PrintFormat::kDecimal, "()"},
       }) {
    FieldDef def;
    def.format = row.format;
    std::string out;
    append_text(out, row.value, row.type, &def, BufferFormat::kDots);
    if (row.expected.empty()) {
      EXPECT_EQ(out.size(), 312u) << out;  // sign, 309 digits, point, one digit
    } else {
      EXPECT_EQ(out, row.expected);
    }
  }
}

TEST(AppendText, ShowsBytesInTheConfiguredForm) {
  const std::vector<Value> bytes = {Value::of_text("ok\n"), Value::of_text("\xff")};
  const auto shown = [](const Value& value, FieldType type, BufferFormat buffers) {
    std::string out;
    append_text(out, value, type, nullptr, buffers);
    return out;
  };
  EXPECT_EQ(shown(bytes[0], FieldType::kByteBuf, BufferFormat::kDots), "ok.");
  EXPECT_EQ(shown(bytes[0], FieldType::kByteBuf, BufferFormat::kBase64), "b2sK");
  EXPECT_EQ(shown(bytes[0], FieldType::kCharBuf, BufferFormat::kBase64), "ok\n");
  EXPECT_EQ(shown(Value::of_list(bytes), FieldType::kByteBuf, BufferFormat::kBase64),
            "(b2sK,/w==)");
}

}  // namespace
}  // namespace saker
