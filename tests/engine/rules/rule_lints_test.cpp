// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/rule_lints.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/engine/rules/harness.h"

namespace saker {
namespace {

using test::findings;
using test::load;
using test::rendered;
using test::rule;

// The codes of the warnings about a rule for openat with this further condition.
std::string codes(std::string_view condition) {
  std::string text;
  const LoadResult result = load({rule("r", "evt.type = openat and " + std::string(condition))});
  EXPECT_NE(result.rules, nullptr) << condition;
  for (const Diagnostic& item : result.diagnostics.items()) {
    text += (text.empty() ? "" : " ") + std::string(item.code.name);
  }
  return text;
}

struct Row {
  std::string_view condition;
  std::string_view codes;
};

TEST(RuleLints, FindWhatNeverMatches) {
  constexpr std::string_view kNever = "LINT_NEVER_MATCHES";
  constexpr Row kRows[] = {
      {"proc.name = a and proc.name = b", kNever},
      {"proc.name = a and not proc.name = a", kNever},
      {"proc.name in (a, b) and not proc.name in (a, b, c)", kNever},
      {"fd.name startswith /etc and fd.name = /tmp/x", kNever},
      {"fd.name endswith .so and fd.name endswith .txt", kNever},
      {"proc.pid > 5 and proc.pid < 3", kNever},
      {"proc.pid >= 5 and proc.pid <= 5 and proc.pid != 5", kNever},
      {"fd.sport = 70000", kNever},
      {"fd.typechar = z", kNever},
      {"evt.type = close", kNever},
      {"evt.arg.sig = SIGKILL", kNever},
      {"(proc.name = a or proc.name = b) and proc.name in (c, d)", kNever},
      {"(proc.pname = x or (proc.name = a and proc.name = b))", kNever},
      {"proc.name = a and proc.pname = b", ""},
      {"not proc.name = a and not proc.name = b", ""},
      {"proc.aname = a and proc.aname = b", ""},
      {"fd.ip = 10.0.0.1 and fd.ip = 10.0.0.2", ""},
      {"fd.name startswith /etc and fd.name startswith /etc/ssh", ""},
      {"evt.arg.flags contains O_CREAT", ""},
      {"evt.num = 0", ""},
      {"(proc.name = a or evt.num = 0)", ""},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(codes(row.condition), row.codes) << row.condition;
  }
}

TEST(RuleLints, FindAlertsAboutWhatOnlyRulesThatActAreAskedAbout) {
  LoadOptions options;
  options.enforcement.mode = Enforcement::kAudit;
  const auto found = [&](std::string_view condition, std::string_view more = "") {
    return rendered(load({rule("r", condition, more)}, options));
  };
  const std::string_view text =
      "a.yaml:3:14-57: warning: this rule can never match: only rules that act are asked about its "
      "events [LINT_NEVER_MATCHES]\n";
  EXPECT_TRUE(found("evt.type in (capable, kernel_module_request)").starts_with(text));
  EXPECT_EQ(found("evt.type = capable", "  action: deny\n"), "");
  EXPECT_EQ(found("evt.type in (capable, capset)"), "");
}

TEST(RuleLints, FindComparisonsThatAreConstantOrCostly) {
  constexpr std::string_view kConstant = "LINT_CONSTANT_COMPARISON";
  constexpr std::string_view kCheaper = "LINT_CHEAPER_OPERATOR";
  constexpr Row kRows[] = {
      {"user.uid >= 0", kConstant},
      {"not proc.name in ()", kConstant},
      {"(proc.name != a or proc.name != b)", kConstant},
      {"(proc.name != a and proc.name != b)", ""},
      {"user.uid > 0", ""},
      {"fd.name glob /etc/*", kCheaper},
      {"fd.name glob *.so", kCheaper},
      {"fd.name glob /a", kCheaper},
      {"fd.name glob /a/*/b", ""},
      {"fd.name glob /a?", ""},
      {"fd.name iglob /1/*", kCheaper},
      {"fd.name iglob /a/*", ""},
      {"fd.name icontains /1/", kCheaper},
      {"fd.name icontains /a/", ""},
      {"fd.name regex '(/a|/b)'", kCheaper},
      {"fd.name regex '(/a|/b.*)'", ""},
      {"(proc.name = a or proc.name = b or proc.name = c)", kCheaper},
      {"(proc.name = a or proc.name = b)", ""},
  };
  for (const Row& row : kRows) {
    EXPECT_EQ(codes(row.condition), row.codes) << row.condition;
  }
}

TEST(RuleLints, ShowWhereInMacrosTheyFoundSomething) {
  EXPECT_EQ(findings({"- macro: is_b\n  condition: proc.name = b\n" +
                      rule("r", "evt.type = open and proc.name = a and is_b")}),
            "a.yaml:2:14-26: warning: this rule can never match: 'proc.name = a' and "
            "'proc.name = b' exclude each other [LINT_NEVER_MATCHES]\n"
            "  condition: proc.name = b\n"
            "             ~~~~~~~~~~~~~\n"
            "a.yaml:5:52-55: note: macro 'is_b' is used by rule 'r'\n");
}

// Whether the second rule is shadowed by the first.
bool is_shadowed(std::string_view earlier, std::string_view later,
                 RuleMatching matching = RuleMatching::kFirst) {
  LoadOptions options;
  options.matching = matching;
  const LoadResult result = load({rule("a", earlier) + rule("b", later)}, options);
  EXPECT_NE(result.rules, nullptr);
  for (const Diagnostic& item : result.diagnostics.items()) {
    if (item.code == code::kShadowedRule) {
      return true;
    }
  }
  return false;
}

TEST(RuleLints, FindShadowedRules) {
  EXPECT_TRUE(is_shadowed("evt.type = open", "evt.type = open"));
  EXPECT_TRUE(is_shadowed("evt.type in (open, openat)", "proc.name = x and evt.type = open"));
  EXPECT_TRUE(is_shadowed("evt.type = open and fd.name startswith /etc",
                          "evt.type = open and fd.name startswith /etc/ssh"));
  EXPECT_TRUE(is_shadowed("evt.type = open and fd.name startswith /etc",
                          "evt.type = open and fd.name in (/etc/a, /etc/b)"));
  EXPECT_TRUE(is_shadowed("evt.type = open and (proc.name = a or proc.pname = b)",
                          "evt.type = open and proc.pname = b"));
  EXPECT_FALSE(is_shadowed("evt.type = open", "evt.type = open", RuleMatching::kAll));
  EXPECT_FALSE(is_shadowed("evt.type = open and proc.name = x", "evt.type = open"));
  EXPECT_FALSE(is_shadowed("evt.type = open", "evt.type in (open, openat)"));
  EXPECT_FALSE(is_shadowed("evt.type = open and fd.name startswith /etc/ssh",
                           "evt.type = open and fd.name startswith /etc"));
}

TEST(RuleLints, FindExceptionsThatAnyoneCanPass) {
  const auto exception = [](std::string_view fields) {
    return findings(
        {rule("r", "evt.type = open",
              "  exceptions:\n    - {name: e, fields: " + std::string(fields) + "}\n")});
  };
  EXPECT_EQ(exception("[proc.name, proc.pname], values: [[a, b]]"),
            "a.yaml:7:25-46: warning: anyone can pass this exception: a process chooses its own "
            "proc.name and proc.pname [LINT_FORGEABLE_EXCEPTION]\n"
            "  - {name: e, fields: [proc.name, proc.pname], values: [[a, b]]}\n"
            "                      ~~~~~~~~~~~~~~~~~~~~~~\n"
            "hint: compare proc.exepath too; in containers also proc.is_exe_upper_layer with "
            "false\n");
  EXPECT_EQ(exception("[proc.name, proc.exepath], values: [[a, b]]"), "");
  EXPECT_EQ(exception("[proc.name]"), "");
}

}  // namespace
}  // namespace saker
