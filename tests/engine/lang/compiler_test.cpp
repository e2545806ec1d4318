// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/compiler.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/event_catalog.h"
#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

using test::MockFields;

struct Row {
  std::string_view condition;
  std::string_view findings;
};

const Row kRows[] = {
    {"proc.name = a and evt.type in (open, openat)", ""},
    {"proc.naem = a", "error: unknown field 'proc.naem' [did you mean 'proc.name'?]\n"},
    {"evt.type = opne", "error: unknown event type 'opne' [did you mean 'open'?]\n"},
    {"evt.type = val(proc.name)",
     "error: field 'evt.type' cannot be compared with another field\n"},
    {"t.n = x or t.n = 0x10",
     "error: 'x' is not a decimal number of 64 bits\n"
     "error: '0x10' is not a decimal number of 64 bits\n"},
    {"t.n > 18446744073709551616",
     "error: '18446744073709551616' is not a decimal number of 64 bits\n"},
    {"t.flag = True", "error: 'True' is not 'true' or 'false'\n"},
    {"t.port = nosuchservice",
     "error: 'nosuchservice' is not a port number or the name of a service\n"},
    {"t.ip in (1.2.3, ::1, x)",
     "error: '1.2.3' is not an IPv4 or IPv6 address\n"
     "error: 'x' is not an IPv4 or IPv6 address\n"},
    {"t.net = 10.0.0.1", "error: '10.0.0.1' is not a network, written ADDRESS/PREFIX\n"},
    {"t.net = 10.0.0.1/33", "error: '10.0.0.1/33' is not a network, written ADDRESS/PREFIX\n"},
    {"t.flag < 1",
     "error: operator '<' cannot be applied to 't.flag', which is of type BOOL "
     "[it accepts exists, ==, =, !=, intersects, in]\n"},
    {"t.list = a",
     "error: operator '=' cannot be applied to 't.list', which is of list of CHARBUF "
     "[it accepts exists, intersects, in]\n"},
    {"proc.name regex '('", "error: operator 'regex': missing ): (\n"},
    {"t.bytes bcontains 123",
     "error: operator 'bcontains': an even number of hexadecimal digits is expected\n"},
    {"proc.name = \"a\\x00\"", "error: a text cannot contain a NUL byte\n"},
    {"proc.name pmatch val(fd.name)", "error: operator 'pmatch' needs a constant\n"},
    {"proc.name = val(t.n)",
     "error: 'proc.name' is of type CHARBUF, but 'val(t.n)' is of type UINT64 "
     "[both sides must be of the same type]\n"},
    {"t.norhs = val(proc.name)", "error: field 't.norhs' cannot be compared with another field\n"},
    {"t.output exists", "error: field 't.output' can only be used in outputs\n"},
    {"some_macro", "error: unknown macro 'some_macro'\n"},
    // Warnings.
    {"proc.name = fd.name",
     "warning: 'fd.name' is the name of a field but is compared as a text "
     "[to compare with the field write val(fd.name)]\n"},
    {"proc.name = 'tolower(fd.name)'",
     "warning: 'tolower(fd.name)' looks like a transformer but is compared as a text "
     "[to use the transformer write it without quotes and blanks]\n"},
    {"fd.name regex .*\\.log",
     "warning: the regular expression '.*\\.log' is a plain text search "
     "['endswith' does the same at a fraction of the cost]\n"},
    {"fd.name regex '^/etc/x$'",
     "warning: the regular expression '^/etc/x$' is a plain text search "
     "['=' does the same at a fraction of the cost]\n"},
    {"fd.name regex .*[ab] or fd.name regex a\\db",
     "error: operator 'regex': invalid escape "
     "sequence: \\d\n"},
    {"ka.x = <NA>",
     "warning: comparing with <NA> does not tell whether the field has a value "
     "[use 'exists' or 'not ... exists']\n"},
    {"evt.dir = < and not evt.dir = >", "warning: field 'evt.dir' is deprecated\n"},
};

void declare_all(MockFields& fields) {
  for (const char* name : {"proc.name", "fd.name", "evt.type", "ka.x"}) {
    fields.declare(name, FieldType::kCharBuf);
  }
  fields.declare("evt.dir", FieldType::kCharBuf, FieldShape::kOne, kFieldDeprecated);
  fields.declare("t.norhs", FieldType::kCharBuf, FieldShape::kOne, kFieldNoRhs);
  fields.declare("t.output", FieldType::kCharBuf, FieldShape::kOne, kFieldOutputOnly);
  fields.declare("t.cwd", FieldType::kCharBuf, FieldShape::kOne, kFieldNeedsCwd);
  fields.declare("t.n", FieldType::kUint64);
  fields.declare("t.flag", FieldType::kBool);
  fields.declare("t.port", FieldType::kPort);
  fields.declare("t.ip", FieldType::kIpAddr);
  fields.declare("t.net", FieldType::kIpNet);
  fields.declare("t.bytes", FieldType::kByteBuf);
  fields.declare("t.list", FieldType::kCharBuf, FieldShape::kList);
}

TEST(Compiler, ReportsAllThatIsWrong) {
  MockFields fields;
  declare_all(fields);
  for (const Row& row : kRows) {
    EXPECT_EQ(test::to_text(test::check(fields, row.condition)), row.findings) << row.condition;
  }
}

TEST(Compiler, RefusesTextsAbove255Bytes) {
  MockFields fields;
  declare_all(fields);
  EXPECT_EQ(test::to_text(test::check(fields, "proc.name = " + std::string(255, 'a'))), "");
  EXPECT_EQ(test::to_text(test::check(fields, "proc.name in (b, " + std::string(256, 'a') + ")")),
            "error: the constant has 256 bytes, at most 255 are allowed\n");
}

TEST(Compiler, FindingsPointAtTheText) {
  MockFields fields;
  declare_all(fields);
  const std::vector<Finding> findings =
      test::check(fields, "t.n = 1 and (proc.nam = a or t.flag < 1 or t.n in (1, x))");
  ASSERT_EQ(findings.size(), 3U);
  EXPECT_EQ(findings[0].span, (Span{13, 21}));
  EXPECT_TRUE(findings[0].unknown_filter);
  EXPECT_EQ(findings[1].span, (Span{36, 37}));
  EXPECT_FALSE(findings[1].unknown_filter);
  EXPECT_EQ(findings[2].span, (Span{54, 55}));
  EXPECT_EQ(findings[2].code.name, "LOAD_ERR_COMPILE_CONDITION");
}

TEST(Compiler, EqualComparisonsOfAllConditionsAreShared) {
  MockFields fields;
  declare_all(fields);
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  for (const char* text : {"proc.name = a and fd.name in (x, y)", "not proc.name = \"a\"",
                           "fd.name in ('x', y) or t.n = 1", "proc.name = val(fd.name)"}) {
    EXPECT_TRUE(compiler.add(*test::must_parse(text), findings));
  }
  const Program program = std::move(compiler).finish();
  EXPECT_EQ(program.size(), 4U);
  EXPECT_EQ(program.predicates().size(), 4U);
}

TEST(Compiler, TellsWhatTheFieldsNeed) {
  MockFields fields;
  declare_all(fields);
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  for (int i = 0; i < 2; ++i) {  // the second time from the shared predicate
    const auto info = compiler.add(*test::must_parse("not tolower(t.cwd) = a"), findings);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->field_flags, kFieldNeedsCwd);
  }
}

TEST(Compiler, AConditionWithAnErrorIsNotAdded) {
  MockFields fields;
  declare_all(fields);
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  EXPECT_FALSE(compiler.add(*test::must_parse("proc.name = a and nosuch.field = b"), findings));
  EXPECT_TRUE(compiler.add(*test::must_parse("t.n = 1"), findings));
  EXPECT_EQ(std::move(compiler).finish().size(), 1U);
}

}  // namespace
}  // namespace saker::lang
