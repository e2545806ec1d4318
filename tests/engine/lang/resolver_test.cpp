// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/resolver.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/parser.h"
#include "tests/support/corpus.h"

namespace saker::lang {
namespace {

// Names for resolve(); macros may use those added before them.
class Vocabulary {
 public:
  void macro(const std::string& name, const std::string& text) {
    auto source = std::make_shared<const SourceText>(name, text);
    Resolution resolution = resolve(*parse(text), definitions(), findings);
    trees_.push_back(std::move(resolution.tree));
    macros_[name] = {name, source, trees_.back().get(), resolution.complete, "", ""};
  }
  void list(const std::string& name, const std::vector<std::string>& items) {
    ListDef& def = lists_[name];
    def.name = name;
    for (const std::string& item : items) {
      def.items.push_back({item, false, {}});
    }
  }
  void set_problem(const std::string& name, const std::string& problem) {
    macros_[name].problem = problem;
  }

  static ExprPtr parse(const std::string& text) {
    ParseResult parsed = parse_condition(text);
    EXPECT_TRUE(std::holds_alternative<ExprPtr>(parsed)) << text;
    return std::move(std::get<ExprPtr>(parsed));
  }

  Definitions definitions() {
    Definitions result;
    result.macro = [this](std::string_view name) -> const MacroDef* {
      const auto found = macros_.find(name);
      return found == macros_.end() ? nullptr : &found->second;
    };
    result.list = [this](std::string_view name) -> const ListDef* {
      const auto found = lists_.find(name);
      return found == lists_.end() ? nullptr : &found->second;
    };
    result.macro_hint = [](std::string_view name) { return "hint for " + std::string(name); };
    result.budget = &budget;
    return result;
  }

  // The text form, or the messages of the findings.
  std::string resolved(const std::string& text) {
    findings.clear();
    const Resolution resolution = resolve(*parse(text), definitions(), findings);
    if (resolution.complete) {
      return to_text(*resolution.tree);
    }
    std::string messages;
    for (const Finding& finding : findings) {
      messages +=
          std::string(finding.code.name) + " " + finding.message + " (" + finding.hint + ")\n";
    }
    return messages;
  }

  ExpansionBudget budget{1'000'000, 1'000'000};
  std::vector<Finding> findings;

 private:
  std::map<std::string, MacroDef, std::less<>> macros_;
  std::map<std::string, ListDef, std::less<>> lists_;
  std::vector<ExprPtr> trees_;
};

TEST(Resolver, ReplacesMacrosByTheirTrees) {
  Vocabulary names;
  names.macro("inner", "a.a = 1 or a.b = 2");
  names.macro("outer", "not inner");
  EXPECT_EQ(names.resolved("outer and x.y exists"), "(not (a.a = 1 or a.b = 2) and x.y exists)");
}

TEST(Resolver, ReplacesListsWhereTheirNameIsAValue) {
  struct Row {
    std::string text;
    std::string expected;
  };
  Vocabulary names;
  names.list("two", {"a", "b c"});
  names.list("one", {"x"});
  names.list("none", {});
  for (const Row& row : {
           Row{"p.n in (z, two, y)", "p.n in (z, a, \"b c\", y)"},
           Row{"p.n in (none)", "p.n in ()"},
           Row{"p.n in (z, none)", "p.n in (z)"},
           Row{"p.n in ('two')", "p.n in (two)"},
           Row{"p.n in one", "p.n in (x)"},
           Row{"p.n = one", "p.n = x"},
           Row{"p.n = 'one'", "p.n = one"},
           Row{"p.n startswith oneof (two)", "p.n startswith oneof (a, \"b c\")"},
           Row{"p.n in (unknown)", "p.n in (unknown)"},
           Row{"p.n in unknown", "p.n in unknown"},
           Row{"p.n = /two", "p.n = /two"},
           Row{"p.n in two",
               "LOAD_ERR_COMPILE_CONDITION list 'two' stands for 2 values where one is expected "
               "(write FIELD in (two))\n"},
           Row{"p.n = none",
               "LOAD_ERR_COMPILE_CONDITION list 'none' stands for 0 values where one is expected "
               "(write FIELD in (none))\n"},
       }) {
    EXPECT_EQ(names.resolved(row.text), row.expected) << row.text;
  }
}

TEST(Resolver, ReportsAllUnknownMacros) {
  Vocabulary names;
  names.list("shells", {"sh"});
  EXPECT_EQ(names.resolved("foo and a.b = 1 or not bar"),
            "LOAD_ERR_VALIDATE unknown macro 'foo' (hint for foo)\n"
            "LOAD_ERR_VALIDATE unknown macro 'bar' (hint for bar)\n");
  EXPECT_EQ(names.resolved("shells"),
            "LOAD_ERR_VALIDATE unknown macro 'shells' ('shells' is a list; write FIELD in "
            "(shells))\n");
}

TEST(Resolver, SaysWhyAMacroCannotBeUsed) {
  Vocabulary names;
  names.macro("m", "a.b = 1");
  names.set_problem("m", "macro 'm' contains itself");
  EXPECT_EQ(names.resolved("m"), "LOAD_ERR_VALIDATE macro 'm' contains itself ()\n");
}

TEST(Resolver, NodesOfMacrosTellWhereTheyAreUsed) {
  Vocabulary names;
  names.macro("inner", "a.a = 1");
  names.macro("outer", "x.x = 1 and inner");
  std::vector<Finding> findings;
  const ExprPtr expr =
      resolve(*Vocabulary::parse("c.c = 1 and outer"), names.definitions(), findings).tree;
  ASSERT_NE(expr, nullptr);
  const auto& top = std::get<And>(expr->node).children;
  EXPECT_EQ(top[0]->origin, nullptr);
  const auto& outer = std::get<And>(top[1]->node).children;
  EXPECT_EQ(outer[0]->origin->macro, "outer");
  EXPECT_EQ(outer[0]->origin->parent, nullptr);
  EXPECT_EQ(outer[0]->origin->reference.begin, 12u);
  const Origin& inner = *outer[1]->origin;
  EXPECT_EQ(inner.macro, "inner");
  EXPECT_EQ(inner.source->text(), "a.a = 1");
  EXPECT_EQ(inner.reference.begin, 12u);  // in the text of outer
  ASSERT_NE(inner.parent, nullptr);
  EXPECT_EQ(inner.parent->macro, "outer");
  EXPECT_EQ(inner.parent->source->text(), "x.x = 1 and inner");
}

TEST(Resolver, GrowthIsBounded) {
  Vocabulary names;
  names.budget = {1000, 1000};
  names.macro("m0", "a.a = 1 and a.b = 2");
  for (int i = 1; i < 30; ++i) {
    const std::string below = "m" + std::to_string(i - 1);
    names.macro("m" + std::to_string(i), below + " and " + below);
  }
  names.macro("ok", "a.a = 1");
  EXPECT_EQ(names.resolved("m29"), "");  // its error was reported with the macro
  names.budget.macro_nodes = 2;
  EXPECT_EQ(names.resolved("m0"),
            "LOAD_ERR_COMPILE_CONDITION the condition grows too large when macro 'm0' is "
            "replaced ()\n");
  names.list("long", std::vector<std::string>(600, "x"));
  EXPECT_EQ(names.resolved("a.a in (long) and a.b in (long)"),
            "LOAD_ERR_COMPILE_CONDITION the conditions grow too large when list 'long' is "
            "replaced ()\n");
}

TEST(Resolver, DepthIsBounded) {
  Vocabulary names;
  names.macro("m0", "a.a = 1");
  for (int i = 1; i <= 60; ++i) {
    // 40 levels each.
    std::string text = "m" + std::to_string(i - 1);
    for (int level = 0; level < 20; ++level) {
      text = "a.b = 1 or (a.c = 1 and (" + text + "))";
    }
    names.macro("m" + std::to_string(i), text);
  }
  EXPECT_NE(names.resolved("m49").find("a.a = 1"), std::string::npos);
  EXPECT_EQ(names.resolved("m60"), "");  // its error was reported with the macro
}

// The cases of kind macro_resolve.
TEST(Resolver, FollowsTheConformanceCorpus) {
  const auto path = test::shared_path("corpus/loader.jsonl");
  if (!path) {
    GTEST_SKIP() << "SAKER_SHARED is not set";
  }
  size_t cases = 0;
  for (const test::Json& json : test::read_json_lines(*path)) {
    if (json["kind"].text != "macro_resolve") {
      continue;
    }
    ++cases;
    Vocabulary names;
    const auto& macros = json["macros"].members;
    for (auto macro = macros.rbegin(); macro != macros.rend(); ++macro) {
      names.macro(macro->key, macro->value.text);  // users stand in front of what they use
    }
    const std::string result = names.resolved(json["condition"].text);
    if (json["expect"]["ok"].boolean) {
      const std::string& expected = json["compiled"]["condition"].text;
      EXPECT_EQ(result,
                expected.empty() ? to_text(*Vocabulary::parse(json["condition"].text)) : expected)
          << json["id"].text;
    } else {
      EXPECT_EQ(result.find(" and "), std::string::npos) << json["id"].text << ": " << result;
    }
  }
  EXPECT_EQ(cases, 6u);
}

}  // namespace
}  // namespace saker::lang
