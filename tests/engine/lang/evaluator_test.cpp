// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/evaluator.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "tests/engine/lang/harness.h"
#include "tests/support/alloc_counter.h"

namespace saker::lang {
namespace {

using test::MockFields;

int extractions = 0;

Value count_extraction(const Event&, const FieldArgs&) noexcept {
  ++extractions;
  return Value::of_uint(7);
}

Program compile(const FieldCatalog& fields, const std::vector<std::string>& conditions) {
  std::vector<Finding> findings;
  Compiler compiler(fields, EventCatalog::builtin());
  for (const std::string& condition : conditions) {
    EXPECT_TRUE(compiler.add(*test::must_parse(condition), findings))
        << condition << ": " << test::to_text(findings);
  }
  return std::move(compiler).finish();
}

class CountedFields {
 public:
  [[nodiscard]] const FieldCatalog& catalog() const { return catalog_; }

 private:
  static FieldDef row(std::string_view name) {
    FieldDef def;
    def.name = name;
    def.type = FieldType::kUint64;
    def.extract = count_extraction;
    return def;
  }
  FieldDef rows_[2] = {row("t.n"), row("t.m")};
  std::span<const FieldDef> table_ = rows_;
  FieldCatalog catalog_{std::span(&table_, 1)};
};

TEST(Evaluator, ComputesALeftHandSideOncePerEvent) {
  const CountedFields fields;
  const Program program =
      compile(fields.catalog(), {"t.n = 7 and t.n != 8", "not t.n = 7 or t.m = 7"});
  EXPECT_EQ(program.operands().size(), 2U);
  Evaluator evaluator(program);
  const Event event;
  for (int round = 1; round <= 3; ++round) {
    extractions = 0;
    evaluator.start();
    EXPECT_TRUE(evaluator.holds(0, event));
    EXPECT_EQ(extractions, 1);
    EXPECT_TRUE(evaluator.holds(1, event));
    EXPECT_EQ(extractions, 2);
  }
}

// The right-hand side is extracted by each evaluation.
TEST(Evaluator, EvaluatesAPredicateOncePerEvent) {
  const CountedFields fields;
  const Program program =
      compile(fields.catalog(), {"t.n = val(t.m) and t.n >= val(t.m)", "not t.n = val(t.m)",
                                 "t.n == val(t.m) or t.n = val(t.m)"});
  EXPECT_EQ(program.predicates().size(), 3U);  // `=` and `==` are two texts
  Evaluator evaluator(program);
  const Event event;
  for (int round = 1; round <= 3; ++round) {
    extractions = 0;
    evaluator.start();
    EXPECT_TRUE(evaluator.holds(0, event));
    EXPECT_EQ(extractions, 1 + 2);
    EXPECT_FALSE(evaluator.holds(1, event));
    EXPECT_EQ(extractions, 1 + 2);
    EXPECT_TRUE(evaluator.holds(2, event));
    EXPECT_EQ(extractions, 1 + 3);
  }
}

TEST(Evaluator, StopsAsSoonAsTheOutcomeIsKnown) {
  const CountedFields fields;
  const Program program = compile(
      fields.catalog(), {"t.n = 1 and t.m = 7", "t.n = 7 or t.m = 1", "not (t.n = 7 or t.m = 2)"});
  Evaluator evaluator(program);
  const Event event;
  for (const auto& [condition, expected] : {std::pair{0U, false}, {1U, true}, {2U, false}}) {
    extractions = 0;
    evaluator.start();
    EXPECT_EQ(evaluator.holds(condition, event), expected);
    EXPECT_EQ(extractions, 1);
  }
}

TEST(Evaluator, HandlesAThousandLevels) {
  const CountedFields fields;
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += i % 2 == 0 ? "t.n = 7 and (" : "t.m = 1 or (";
  }
  text += "t.n = 7" + std::string(1000, ')');
  const Program program = compile(fields.catalog(), {text});
  Evaluator evaluator(program);
  evaluator.start();
  EXPECT_TRUE(evaluator.holds(0, Event()));
}

TEST(Evaluator, AllocatesNothingForAnEvent) {
  MockFields fields;
  fields.declare("t.text", FieldType::kCharBuf);
  fields.declare("t.missing", FieldType::kCharBuf);
  fields.declare("t.list", FieldType::kCharBuf, FieldShape::kList);
  fields.declare("t.up", FieldType::kCharBuf, FieldShape::kAncestors);
  fields.declare("t.n", FieldType::kUint64);
  fields.declare("t.ip", FieldType::kIpAddr, FieldShape::kEnds);
  fields.set_text("t.text", "/usr/bin/a name that is longer than what fits into a small string");
  fields.set_list("t.list", {Value::of_text("-a"), Value::of_text("value of the option a")});
  fields.set_list("t.up", {Value::of_text("bash"), Value::of_text("systemd")});
  fields.set("t.n", Value::of_uint(12));
  fields.set_list("t.ip", {Value::of_ip({}), Value::of_ip({})});
  const std::vector<std::string> conditions = {
      "t.text = a or t.text in (a, b) or t.text contains zzz or t.text icontains ZZZ",
      "t.text startswith b or t.text endswith b or t.text glob *zz* or t.text iglob *ZZ*",
      "t.text pmatch (/etc, /var/*) or t.missing exists or t.missing != a",
      "t.up = zsh or t.list intersects (b, c) or t.n in (1, 2, 3) or t.ip = 10.0.0.1",
      "toupper(t.text) = b or len(t.list) = 7 or concat(t.text,\"x\") = b",
      "join(\",\", (t.text, t.n)) = b or basename(t.text) = b or b64(t.text) = b",
      "getopt(t.list, \"a:\")[a] = b or getopt(t.list, \"a:\") intersects (b)",
      "t.text = oneof (a, b) or t.text = val(t.missing)"};
  const Program program = compile(fields.catalog(), conditions);
  Evaluator evaluator(program);
  Event event;
  const uint64_t before = saker::test::allocation_count();
  ASSERT_GT(before, 0U);
  for (int round = 0; round < 100; ++round) {
    event.scratch().reset();
    evaluator.start();
    for (size_t i = 0; i < conditions.size(); ++i) {
      ASSERT_FALSE(evaluator.holds(i, event)) << conditions[i];
    }
  }
  EXPECT_EQ(saker::test::allocation_count(), before);
}

}  // namespace
}  // namespace saker::lang
