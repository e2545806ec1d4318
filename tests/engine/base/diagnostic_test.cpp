// SPDX-License-Identifier: Apache-2.0
#include "engine/base/diagnostic.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace saker {
namespace {

Diagnostic at(std::string text, std::string_view marked, std::string message) {
  Diagnostic diagnostic;
  const auto begin = static_cast<uint32_t>(text.find(marked));
  diagnostic.span = {begin, begin + static_cast<uint32_t>(marked.size())};
  diagnostic.source = std::make_shared<SourceText>("rules/shell.yaml", std::move(text));
  diagnostic.message = std::move(message);
  return diagnostic;
}

TEST(Diagnostic, ShowsPlaceCodeLineAndHint) {
  Diagnostic diagnostic =
      at("- rule: x\n  condition: evt.type = execve and proc.exepaht = /bin/sh\n", "proc.exepaht",
         "unknown field 'proc.exepaht'");
  diagnostic.code = code::kCompileCondition;
  diagnostic.hint = "did you mean 'proc.exepath'?";
  EXPECT_EQ(render(diagnostic),
            "rules/shell.yaml:2:36-47: error: unknown field 'proc.exepaht' "
            "[LOAD_ERR_COMPILE_CONDITION]\n"
            "  condition: evt.type = execve and proc.exepaht = /bin/sh\n"
            "                                   ~~~~~~~~~~~~\n"
            "hint: did you mean 'proc.exepath'?");
}

TEST(Diagnostic, WithoutASourceIsOneLine) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::kWarning;
  diagnostic.message = "option '-x' does nothing";
  EXPECT_EQ(render(diagnostic), "warning: option '-x' does nothing");
}

TEST(Diagnostic, AnEmptyPlaceIsACaret) {
  Diagnostic diagnostic = at("a = \n", "\n", "expected a value");
  diagnostic.span.end = diagnostic.span.begin;
  EXPECT_EQ(render(diagnostic),
            "rules/shell.yaml:1:5: error: expected a value\n"
            "  a = \n"
            "      ^");
}

TEST(Diagnostic, APlaceOverSeveralLinesMarksTheFirst) {
  EXPECT_EQ(render(at("x\n  one\n  two\n", "one\n  two", "no")),
            "rules/shell.yaml:2:3-5: error: no\n"
            "  one\n"
            "  ~~~");
}

TEST(Diagnostic, TabsAndWideTextsKeepTheMarkBelowTheText) {
  EXPECT_EQ(render(at("\tn\xc3\xa4me\t= x\n", "=", "no")),
            "rules/shell.yaml:1:8: error: no\n"
            "  n\xc3\xa4me = x\n"
            "       ~");
}

TEST(Diagnostic, HostileTextIsMadeSafe) {
  EXPECT_EQ(render(at("a\x1b[2J\xff b\n", "b", "bad \x07name")),
            "rules/shell.yaml:1:8: error: bad ?name\n"
            "  a?[2J? b\n"
            "         ~");
}

TEST(Diagnostic, LongLinesAreCutAroundThePlace) {
  const std::string text = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  EXPECT_EQ(render(at(text, "HERE", "no")),
            "rules/shell.yaml:1:5001-5004: error: no\n"
            "  ..." +
                std::string(60, 'a') + "HERE" + std::string(60, 'b') + "...\n" + "  " +
                std::string(63, ' ') + "~~~~");
}

TEST(Diagnostic, TellsWhereAMacroIsUsed) {
  Diagnostic diagnostic = at("M1 M2 R", "M1", "no");
  const auto& source = diagnostic.source;
  diagnostic.contexts = {
      {"rule", "shell", source, {6, 7}},  {"rule condition", "", source, {6, 7}},
      {"macro", "outer", source, {6, 7}}, {"macro condition", "", source, {3, 5}},
      {"macro", "inner", source, {3, 5}}, {"macro condition", "", source, {0, 2}}};
  EXPECT_EQ(render(diagnostic),
            "rules/shell.yaml:1:1-2: error: no\n"
            "  M1 M2 R\n"
            "  ~~\n"
            "rules/shell.yaml:1:4-5: note: macro 'inner' is used by macro 'outer'\n"
            "rules/shell.yaml:1:7: note: macro 'outer' is used by rule 'shell'");
}

TEST(Diagnostics, OnlyErrorsAreErrors) {
  Diagnostics diagnostics;
  Diagnostic warning;
  warning.severity = Severity::kWarning;
  diagnostics.add(warning);
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.add(Diagnostic{});
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.count(Severity::kWarning), 1u);
}

TEST(Diagnostics, KeepsABoundedNumberAndCountsAll) {
  Diagnostics diagnostics;
  Diagnostic warning;
  warning.severity = Severity::kWarning;
  for (int i = 0; i < 3000; ++i) {
    diagnostics.add(warning);
  }
  diagnostics.add(Diagnostic{});
  EXPECT_EQ(diagnostics.items().size(), Diagnostics::kMaxKept + 1);
  EXPECT_EQ(diagnostics.items().back().severity, Severity::kError);
  EXPECT_EQ(diagnostics.count(Severity::kWarning), 3000u);
}

TEST(Closest, FindsTypingMistakesOnly) {
  struct Row {
    std::string_view name;
    std::string_view expected;
  };
  for (const Row& row : {
           Row{"proc.exepaht", "proc.exepath"},  // neighbours swapped
           Row{"proc.nam", "proc.name"},         // letter missing
           Row{"pproc.name", "proc.name"},       // letter too many
           Row{"prok.name", "proc.name"},        // another letter
           Row{"proc.name", ""},                 // not a mistake
           Row{"something.else", ""},
           Row{"x", ""},
       }) {
    EXPECT_EQ(closest(row.name, {"proc.exepath", "proc.exe", "proc.name", "y"}), row.expected)
        << row.name;
  }
}

TEST(Closest, PrefersTheNearest) {
  EXPECT_EQ(closest("proc.pnamee", {"proc.name", "proc.pname"}), "proc.pname");
}

TEST(Closest, GivesUpOnEndlessNames) {
  EXPECT_EQ(closest(std::string(1000000, 'a'), {std::string_view("aaaa")}), "");
}

}  // namespace
}  // namespace saker
