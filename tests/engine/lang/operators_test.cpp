// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/operators.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/lang/types.h"
#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

using test::MockFields;

std::set<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  return {std::istream_iterator<std::string>(stream), {}};
}

constexpr std::string_view kOrder = "= == != < <= > >= in intersects exists";
constexpr std::string_view kEquality = "= == != in intersects exists";
constexpr std::string_view kTexts =
    "= == != < <= > >= contains icontains startswith endswith glob iglob regex in intersects "
    "pmatch exists";
constexpr std::string_view kBytes =
    "= == != contains startswith endswith bcontains bstartswith in intersects exists";

struct MatrixRow {
  std::string_view types;
  std::string_view operators;
  std::string_view constant;
};

// Table 2.2 of the specification.
constexpr MatrixRow kMatrix[] = {
    {"INT8 INT16 INT32 INT64 UINT8 UINT16 UINT32 UINT64 ERRNO FD PID SYSCALLID SIGTYPE RELTIME "
     "ABSTIME PORT FLAGS8 FLAGS16 FLAGS32 ENUMFLAGS8 ENUMFLAGS16 ENUMFLAGS32 MODE DOUBLE",
     kOrder, "1"},
    {"BOOL", kEquality, "true"},
    {"CHARBUF FSPATH FSRELPATH", kTexts, "1"},
    {"BYTEBUF", kBytes, "3031"},
    {"IPADDR", kEquality, "10.0.0.1"},
    {"IPNET", kEquality, "10.0.0.0/8"},
    {"UID GID L4PROTO SOCKFAMILY SOCKADDR SOCKTUPLE FDLIST SIGSET DYN", "exists", "1"},
};

std::string right_hand_side(const OperatorDef& op, std::string_view constant) {
  return op.rhs == RhsKind::kNone ? ""
         : op.rhs == RhsKind::kList
             ? " (" + std::string(constant) + ")"
             : " " + std::string(op.rhs == RhsKind::kNumber ? "1" : constant);
}

bool is_accepted(FieldType type, FieldShape shape, const std::string& condition) {
  MockFields fields;
  fields.declare("t.f", type, shape);
  for (const Finding& finding : test::check(fields, condition)) {
    if (finding.is_error) {
      return false;
    }
  }
  return true;
}

TEST(Operators, AcceptTheTypesOfTheTable) {
  size_t seen = 0;
  for (const MatrixRow& row : kMatrix) {
    const std::set<std::string> accepted = words(row.operators);
    for (const std::string& name : words(row.types)) {
      const std::optional<FieldType> type = find_type(name);
      ASSERT_TRUE(type) << name;
      ++seen;
      for (const OperatorDef& op : operators()) {
        const std::string condition =
            "t.f " + std::string(op.name) + right_hand_side(op, row.constant);
        EXPECT_EQ(is_accepted(*type, FieldShape::kOne, condition),
                  accepted.contains(std::string(op.name)))
            << name << ": " << condition;
      }
    }
  }
  EXPECT_EQ(seen, types().size());
}

TEST(Operators, ListFieldsOnlyTakeListOperators) {
  for (const OperatorDef& op : operators()) {
    const bool expected = op.name == "in" || op.name == "intersects" || op.name == "exists";
    EXPECT_EQ(is_accepted(FieldType::kCharBuf, FieldShape::kList,
                          "t.f " + std::string(op.name) + right_hand_side(op, "1")),
              expected)
        << op.name;
  }
  EXPECT_FALSE(is_accepted(FieldType::kCharBuf, FieldShape::kList, "t.f = anyof (a)"));
}

TEST(Operators, ModifiersFollowTheTypeOfTheField) {
  EXPECT_TRUE(is_accepted(FieldType::kUint64, FieldShape::kOne, "t.f != allof (1, 2)"));
  EXPECT_FALSE(is_accepted(FieldType::kUint64, FieldShape::kOne, "t.f contains anyof (1)"));
  EXPECT_TRUE(is_accepted(FieldType::kIpAddr, FieldShape::kOne, "t.f = oneof (::1)"));
  EXPECT_TRUE(is_accepted(FieldType::kCharBuf, FieldShape::kOne, "t.f regex anyof (a, b)"));
}

struct Row {
  std::string_view condition;
  std::string_view result;
};

constexpr Row kRows[] = {
    // Text, byte by byte.
    {"t.text = /usr/bin/Cat", "true"},
    {"t.text == /usr/bin/cat", "false"},
    {"t.text != /usr/bin/cat", "true"},
    {"t.text contains bin", "true"},
    {"t.text contains ''", "true"},
    {"t.text icontains BIN/C", "true"},
    {"t.text startswith /usr", "true"},
    {"t.text endswith Cat", "true"},
    {"t.text glob /usr/*t", "true"},
    {"t.text iglob */CAT", "true"},
    {"t.text regex /usr/.*", "true"},
    {"t.text pmatch (/usr/bin)", "true"},
    {"t.text in (a, /usr/bin/Cat)", "true"},
    {"t.text in ()", "false"},
    {"t.text intersects (a)", "false"},
    {"t.text > 1", "false"},  // '/' comes before '1'
    {"t.text < 1", "true"},
    // Numbers.
    {"t.u = 255", "true"},
    {"t.u > -1", "false"},  // wraps to the largest number
    {"t.u <= 255", "true"},
    {"t.u in (1, 255)", "true"},
    {"t.i = -3", "true"},
    {"t.i < -2", "true"},
    {"t.i > -4", "true"},
    {"t.i < 4294967295", "true"},
    {"t.small = 256", "false"},  // a constant is not cut to the width of the type
    {"t.small < 256", "true"},
    {"t.small < -1", "true"},
    {"t.real >= 2", "true"},
    {"t.real < 3", "true"},
    {"t.port = https", "true"},
    {"t.port in (80, 443)", "true"},
    {"t.flag = true", "true"},
    {"t.flag != false", "true"},
    // Addresses and networks.
    {"t.ip = 10.1.2.3", "true"},
    {"t.ip = ::1", "false"},
    {"t.ip != ::1", "true"},
    {"t.ip in (::1, 10.1.2.3)", "true"},
    {"t.net = 10.1.9.9/16", "true"},
    {"t.net != 10.1.0.0/16", "false"},
    {"t.net = 0.0.0.0/0", "true"},
    {"t.net = 10.1.2.2/32", "false"},
    {"t.net != ::/1", "true"},
    {"t.net in (11.0.0.0/8, 10.0.0.0/9)", "true"},
    {"t.net = anyof (11.0.0.0/8, 10.0.0.0/9)", "true"},
    {"t.net != allof (11.0.0.0/8, 12.0.0.0/8)", "true"},
    // Bytes.
    {"t.bytes bcontains 6200", "true"},
    {"t.bytes bstartswith 61", "true"},
    {"t.bytes endswith \"\\x00\"", "true"},
    {"t.bytes = \"ab\\x00\"", "true"},
    // A missing value satisfies nothing.
    {"t.missing exists", "false"},
    {"t.missing != a", "false"},
    {"not t.missing = a", "true"},
    {"t.missing = allof (a)", "false"},
    {"t.missing = val(t.text)", "false"},
    {"t.empty exists", "true"},
    {"t.empty = ''", "true"},
};

void declare_all(MockFields& fields) {
  fields.declare("t.text", FieldType::kCharBuf);
  fields.declare("t.missing", FieldType::kCharBuf);
  fields.declare("t.empty", FieldType::kCharBuf);
  fields.declare("t.u", FieldType::kUint64);
  fields.declare("t.i", FieldType::kInt64);
  fields.declare("t.small", FieldType::kUint8);
  fields.declare("t.real", FieldType::kDouble);
  fields.declare("t.port", FieldType::kPort);
  fields.declare("t.flag", FieldType::kBool);
  fields.declare("t.ip", FieldType::kIpAddr);
  fields.declare("t.net", FieldType::kIpNet);
  fields.declare("t.bytes", FieldType::kByteBuf);
  fields.set_text("t.text", "/usr/bin/Cat");
  fields.set_text("t.empty", "");
  fields.set("t.u", Value::of_uint(255));
  fields.set("t.i", Value::of_int(-3));
  fields.set("t.small", Value::of_uint(0));
  fields.set("t.real", Value::of_double(2.5));
  fields.set("t.port", Value::of_uint(443));
  fields.set("t.flag", Value::of_bool(true));
  fields.set("t.ip", Value::of_ip(*parse_ip("10.1.2.3")));
  fields.set("t.net", Value::of_ip(*parse_ip("10.1.2.3")));
  fields.set_text("t.bytes", std::string_view("ab\0", 3));
}

TEST(Operators, CompareValuesWithConstants) {
  MockFields fields;
  declare_all(fields);
  for (const Row& row : kRows) {
    EXPECT_EQ(test::evaluate(fields, row.condition), row.result) << row.condition;
  }
}

TEST(Operators, EachHasADocumentationAndIsFoundByItsName) {
  for (const OperatorDef& op : operators()) {
    EXPECT_FALSE(op.doc.empty()) << op.name;
    EXPECT_EQ(find_operator(op.name), &op);
    EXPECT_EQ(match_operator(std::string(op.name) + " x"), &op);
  }
}

}  // namespace
}  // namespace saker::lang
