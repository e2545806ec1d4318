// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/predicate.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/types.h"
#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

using test::MockFields;

class Fields : public MockFields {
 public:
  Fields() {
    declare("t.list", FieldType::kCharBuf, FieldShape::kList);
    declare("t.other", FieldType::kCharBuf, FieldShape::kList);
    declare("t.none", FieldType::kCharBuf, FieldShape::kList);
    declare("t.up", FieldType::kCharBuf, FieldShape::kAncestors);
    declare("t.orphan", FieldType::kCharBuf, FieldShape::kAncestors);
    declare("t.ends", FieldType::kIpAddr, FieldShape::kEnds);
    declare("t.noends", FieldType::kIpAddr, FieldShape::kEnds);
    declare("t.names", FieldType::kCharBuf, FieldShape::kNames);
    declare("t.unnamed", FieldType::kCharBuf, FieldShape::kNames);
    declare("t.nowhere", FieldType::kCharBuf, FieldShape::kNames);
    declare("t.near", FieldType::kUint64, FieldShape::kDistance);
    set_list("t.list", texts({"a", "b"}));
    set_list("t.other", texts({"b", "c"}));
    set_list("t.none", {});
    set_list("t.up", texts({"bash", "sshd", "systemd"}));
    set_text("t.up[1]", "sshd");
    set_list("t.orphan", {});
    set_list("t.ends", {Value::of_ip(*parse_ip("10.0.0.1")), Value::of_ip(*parse_ip("8.8.8.8"))});
    set_list("t.noends", {});
    set_list("t.names", texts({"a.example", "b.example"}));
    set_list("t.unnamed", {});
    set("t.nowhere", Value::missing());
    set("t.near", Value::of_uint(5));
  }

 private:
  static std::vector<Value> texts(const std::vector<std::string_view>& items) {
    std::vector<Value> values;
    for (const std::string_view item : items) {
      values.push_back(Value::of_text(item));
    }
    return values;
  }
};

struct Row {
  std::string_view condition;
  std::string_view result;
};

constexpr Row kRows[] = {
    // List fields.
    {"t.list in (a, b, c)", "true"},
    {"t.list in (a)", "false"},
    {"t.list intersects (b, x)", "true"},
    {"t.list intersects (x)", "false"},
    {"t.list exists", "true"},
    {"t.none in (a)", "true"},
    {"t.none in ()", "false"},
    {"t.none intersects (a)", "false"},
    {"t.list in val(t.other)", "false"},
    {"t.list intersects val(t.other)", "true"},
    {"toupper(t.list) in (A, B)", "true"},
    {"len(t.none) = 0", "true"},
    // Ancestors: any of them.
    {"t.up = sshd", "true"},
    {"t.up = zsh", "false"},
    {"t.up != sshd", "true"},
    {"t.up in (zsh, systemd)", "true"},
    {"t.up startswith sys", "true"},
    {"t.up = anyof (zsh, systemd)", "true"},
    {"t.up = allof (bash, systemd)", "true"},
    {"t.up = oneof (bash, systemd)", "false"},
    {"t.up[1] = sshd", "true"},
    {"t.up[1] != sshd", "false"},
    {"t.up[7] exists", "false"},
    {"t.up exists", "true"},
    {"t.orphan exists", "false"},
    {"t.orphan != a", "false"},
    // Ends of a connection: either; `!=` both.
    {"t.ends = 8.8.8.8", "true"},
    {"t.ends != 8.8.8.8", "false"},
    {"t.ends != 1.1.1.1", "true"},
    {"t.ends in (1.1.1.1, 10.0.0.1)", "true"},
    {"t.ends intersects (1.1.1.1, 10.0.0.1)", "true"},
    {"t.ends = anyof (1.1.1.1, 10.0.0.1)", "true"},
    {"t.ends != allof (1.1.1.1, 2.2.2.2)", "true"},
    {"t.ends != allof (1.1.1.1, 8.8.8.8)", "false"},
    {"t.noends exists", "false"},
    {"t.noends != 8.8.8.8", "false"},
    // Names: any of them; `!=` none of them, as of a thing that has no name.
    {"t.names = b.example", "true"},
    {"t.names = c.example", "false"},
    {"t.names in (c.example, a.example)", "true"},
    {"t.names != b.example", "false"},
    {"t.names != c.example", "true"},
    {"t.names = oneof (a.example, c.example)", "true"},
    {"t.names exists", "true"},
    {"t.unnamed = a.example", "false"},
    {"t.unnamed in (a.example)", "false"},
    {"t.unnamed != a.example", "true"},
    {"t.unnamed exists", "false"},
    {"t.nowhere != a.example", "false"},
    {"not t.nowhere = a.example", "true"},
    // A distance is at most the constant.
    {"t.near = 5", "true"},
    {"t.near = 4", "false"},
    {"t.near exists", "true"},
};

TEST(Predicate, QuantifiesOverFieldsWithSeveralValues) {
  Fields fields;
  for (const Row& row : kRows) {
    EXPECT_EQ(test::evaluate(fields, row.condition), row.result) << row.condition;
  }
}

TEST(Predicate, ADistanceOnlyTakesEquality) {
  Fields fields;
  EXPECT_EQ(test::evaluate(fields, "t.near < 4"),
            "error: operator '<' cannot be applied to 't.near', which is of type UINT64 "
            "[it accepts exists, =]\n");
}

TEST(Predicate, NamesOnlyTakeEqualityAndLists) {
  Fields fields;
  EXPECT_EQ(test::evaluate(fields, "t.names endswith .example"),
            "error: operator 'endswith' cannot be applied to 't.names', which is of type CHARBUF "
            "[it accepts exists, ==, =, !=, in]\n");
}

}  // namespace
}  // namespace saker::lang
