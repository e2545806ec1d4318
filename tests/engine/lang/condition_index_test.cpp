// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/condition_index.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

#include "engine/event.h"
#include "engine/lang/compiler.h"
#include "tests/engine/lang/harness.h"

namespace saker::lang {
namespace {

using test::MockFields;

// Whether an index of one condition proposes it for a value of t.a, and maybe one of t.b.
bool proposes(std::string_view condition, std::string_view a,
              std::optional<std::string_view> b = std::nullopt, std::string_view event = "open") {
  MockFields fields;
  fields.declare("t.a", FieldType::kCharBuf);
  fields.declare("t.b", FieldType::kCharBuf);
  fields.declare("t.up", FieldType::kCharBuf, FieldShape::kAncestors);
  fields.declare("t.ip", FieldType::kIpAddr, FieldShape::kEnds);
  fields.declare("evt.type", FieldType::kCharBuf);
  fields.set_text("t.a", a);
  fields.set_list("t.up", {Value::of_text("x"), Value::of_text(a)});
  fields.set_list("t.ip", {Value::of_ip({}), Value::of_ip(parse_ip(a).value_or(IpAddress{}))});
  if (b) {
    fields.set_text("t.b", *b);
  }
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  const auto info = compiler.add(*test::must_parse(condition), findings);
  EXPECT_TRUE(info) << condition << test::to_text(findings);
  const Program program = std::move(compiler).finish();
  const ConditionIndex index(program, {info->events});
  Evaluator evaluator(program);
  evaluator.start();
  CandidateSet found(1);
  const auto code = EventCatalog::builtin().find(event)._Find_first();
  bool is_proposed = false;
  const Event no_record;
  index.find(static_cast<EventCode>(code), no_record, evaluator, found);
  found.drain([&](uint32_t) { return is_proposed = true; });
  return is_proposed;
}

struct Case {
  std::string_view condition;
  std::string_view match;
  std::string_view other;
};

TEST(ConditionIndex, FindsAConditionByWhatItNames) {
  constexpr Case kCases[] = {
      {"t.a = x", "x", "y"},
      {"t.a in (x, y)", "y", "z"},
      {"t.a = oneof (x, y)", "y", "z"},
      {"t.a startswith /etc/", "/etc/passwd", "/usr/passwd"},
      {"t.a endswith .so", "a.so", "a.sh"},
      {"t.a glob /home/*/.ssh", "/home/me/.ssh", "/root/.ssh"},
      {"t.a pmatch (/etc/ssh, /home/*/.ssh)", "/home/me", "/root"},
      {"t.a pmatch (//etc//ssh/)", "/etc/ssh", "/etc"},
      {"t.b exists and t.a = x", "x", "y"},
      {"t.a = x or t.a = y", "y", "z"},
      {"(t.b exists or t.b = b) and (t.a = x or t.a startswith /etc/)", "/etc/x", "y"},
      {"not (t.a != x or not t.a = x)", "x", "y"},
      {"t.up = y", "y", "z"},
      {"t.ip = 10.0.0.1", "10.0.0.1", "10.0.0.2"},
      {"t.ip in (\"::1\", 10.0.0.1)", "::1", "::2"},
      {"evt.type = close or t.a = x", "x", "y"},
  };
  for (const Case& c : kCases) {
    EXPECT_TRUE(proposes(c.condition, c.match)) << c.condition;
    EXPECT_FALSE(proposes(c.condition, c.other)) << c.condition;
  }
}

TEST(ConditionIndex, FindsAConditionWithoutAnAnchorByItsGuard) {
  constexpr Case kCases[] = {
      {"tolower(t.a) = x", "X", "y"},
      {"t.a glob *x", "ax", "b"},
      {"t.a startswith /", "/b", "b"},
      {"t.a pmatch (/, /etc)", "/b", "b"},
      {"not (not t.a contains xyz or t.b exists)", "axyzb", "b"},
  };
  for (const Case& c : kCases) {
    EXPECT_TRUE(proposes(c.condition, c.match)) << c.condition;
    EXPECT_FALSE(proposes(c.condition, c.other)) << c.condition;
  }
}

TEST(ConditionIndex, ProposesWhatNamesNothingForEachOfItsEvents) {
  for (const std::string_view condition :
       {"not t.a = x", "t.a != x", "t.a exists", "t.a = x or not t.b = y", "t.a = x or t.b exists",
        "evt.type = open"}) {
    EXPECT_TRUE(proposes(condition, "other")) << condition;
  }
}

TEST(ConditionIndex, TriesAllThatLookForPathsForAPathWithRepeatedSlashes) {
  EXPECT_TRUE(proposes("t.a pmatch (/etc/ssh)", "//etc//ssh/x"));
  EXPECT_FALSE(proposes("t.a startswith /etc/ssh", "//etc//ssh/x"));
}

TEST(ConditionIndex, HasAnAnchorForEachKindOfEvent) {
  constexpr std::string_view kCondition =
      "(evt.type = open and t.a = x) or (evt.type = close and t.b = y)";
  EXPECT_TRUE(proposes(kCondition, "x", "z", "open"));
  EXPECT_FALSE(proposes(kCondition, "z", "y", "open"));
  EXPECT_TRUE(proposes(kCondition, "z", "y", "close"));
  EXPECT_FALSE(proposes(kCondition, "x", "z", "close"));
  EXPECT_FALSE(proposes(kCondition, "x", "y", "connect"));
}

TEST(ConditionIndex, NeverProposesWhatCannotHold) {
  EXPECT_FALSE(proposes("t.a in ()", "x"));
  EXPECT_FALSE(proposes("t.a exists and t.b = anyof ()", "x", "y"));
}

}  // namespace
}  // namespace saker::lang
