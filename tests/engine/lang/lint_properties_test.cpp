// SPDX-License-Identifier: Apache-2.0
// What the lints say of random conditions must be true of random values of their fields.
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "engine/lang/contradiction.h"
#include "engine/lang/form.h"
#include "engine/rules/shadowing.h"
#include "tests/engine/lang/condition_generator.h"
#include "tests/engine/lang/harness.h"
#include "tests/engine/lang/interpreter.h"
#include "tests/engine/lang/mock_fields.h"

namespace saker::lang {
namespace {

constexpr int kRounds = 30;

// Random conditions over mock fields, compiled and in the form of the lints.
class Sample {
 public:
  Sample(uint32_t seed, int conditions, int parts, int depth) : generator_(seed) {
    test::ConditionGenerator::declare(fields_);
    compiler_ = std::make_unique<Compiler>(fields_.catalog(), EventCatalog::builtin());
    atoms_ = std::make_unique<AtomTable>(fields_.catalog(), EventCatalog::builtin());
    table_ = std::make_unique<FormTable>(*atoms_);
    for (int i = 0; i < conditions; ++i) {
      std::string text = generator_.condition(depth);
      for (int part = 1; part < parts; ++part) {
        text += " and " + generator_.condition(depth);
      }
      add(text);
    }
  }

  // A condition that says more than an earlier one.
  void add_stricter(size_t than) { add(texts[than] + " and " + generator_.condition(1)); }

  void next_values() {
    generator_.set_values(fields_);
    event_.scratch().reset();
  }
  [[nodiscard]] bool holds(size_t i) { return holds(*trees_[i]); }
  [[nodiscard]] bool holds(const Expr& expr) {
    return test::interpret(expr, fields_.catalog(), event_);
  }

  std::vector<std::string> texts;
  std::vector<FormNode> forms;

 private:
  void add(const std::string& text) {
    texts.push_back(text);
    trees_.push_back(test::must_parse(text));
    std::vector<Finding> findings;
    const auto info = compiler_->add(*trees_.back(), findings);
    ASSERT_TRUE(info) << text << test::to_text(findings);
    forms.push_back(table_->add(*trees_.back(), info->comparisons));
  }

  test::ConditionGenerator generator_;
  test::MockFields fields_;
  std::unique_ptr<Compiler> compiler_;
  std::unique_ptr<AtomTable> atoms_;
  std::unique_ptr<FormTable> table_;
  std::vector<ExprPtr> trees_;
  Event event_;
};

TEST(LintProperties, WhatNeverMatchesHoldsForNoValues) {
  size_t found = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Sample sample(seed, 20, 4, 1);
    ContradictionFinder finder;
    std::vector<bool> never;
    for (const FormNode& form : sample.forms) {
      never.push_back(finder.find(form, EventCatalog::builtin().all()).has_value());
      found += never.back() ? 1 : 0;
    }
    for (int round = 0; round < kRounds; ++round) {
      sample.next_values();
      for (size_t i = 0; i < never.size(); ++i) {
        EXPECT_FALSE(never[i] && sample.holds(i)) << "seed " << seed << ": " << sample.texts[i];
      }
    }
  }
  EXPECT_GT(found, 30u);
}

TEST(LintProperties, AShadowedConditionHoldsOnlyWhenTheEarlierOneDoes) {
  size_t found = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Sample sample(seed, 30, 1, 1);
    for (size_t i = 0; i < 10; ++i) {
      sample.add_stricter(i);
    }
    Shadowing shadowing;
    std::vector<std::pair<size_t, size_t>> shadows;
    for (size_t i = 0; i < sample.forms.size(); ++i) {
      if (const auto shadow = shadowing.find(sample.forms[i])) {
        shadows.emplace_back(shadow->rule, i);
      }
      shadowing.add(sample.forms[i]);
    }
    found += shadows.size();
    for (int round = 0; round < kRounds; ++round) {
      sample.next_values();
      for (const auto& [earlier, later] : shadows) {
        EXPECT_TRUE(sample.holds(earlier) || !sample.holds(later))
            << "seed " << seed << ": " << sample.texts[earlier] << " / " << sample.texts[later];
      }
    }
  }
  EXPECT_GT(found, 400u);
}

// Whether the operand of the comparison has a value.
Expr exists(const Literal& literal) {
  Comparison comparison;
  comparison.lhs = std::get<Comparison>(literal.place->node).lhs;
  comparison.op = "exists";
  return {std::move(comparison), {}, nullptr};
}

TEST(LintProperties, ComparisonsHoldAndImplyAsTheLintsSay) {
  size_t found = 0;
  for (uint32_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    Sample sample(seed, 40, 1, 0);
    for (int round = 0; round < kRounds; ++round) {
      sample.next_values();
      for (const FormNode& form : sample.forms) {
        const Literal& a = form.literal;
        const Literal opposite{a.atom, false, a.place};
        const bool is_known = a.atom->is_understood && sample.holds(exists(a));
        const bool is_always = !is_satisfiable({&opposite, 1}, Presence::kRequired);
        EXPECT_TRUE(!is_known || !is_always || sample.holds(*a.place)) << a.atom->text;
        for (const FormNode& other : sample.forms) {
          const Literal& b = other.literal;
          const bool is_implied = a.atom->operand == b.atom->operand && implies(a, b);
          found += is_implied && a.atom != b.atom ? 1 : 0;
          EXPECT_TRUE(!is_implied || !sample.holds(*a.place) || sample.holds(*b.place))
              << a.atom->text << " / " << b.atom->text;
        }
      }
    }
  }
  EXPECT_GT(found, 1000u);
}

}  // namespace
}  // namespace saker::lang
