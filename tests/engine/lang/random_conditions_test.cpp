// SPDX-License-Identifier: Apache-2.0
// Random conditions on random field values: the compiled program and the index of its conditions
// against the interpreter.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/lang/candidate_set.h"
#include "engine/lang/compiler.h"
#include "engine/lang/condition_index.h"
#include "engine/lang/evaluator.h"
#include "tests/engine/lang/condition_generator.h"
#include "tests/engine/lang/harness.h"
#include "tests/engine/lang/interpreter.h"
#include "tests/engine/lang/mock_fields.h"

namespace saker::lang {
namespace {

using test::MockFields;

// Conditions compiled together, and their trees.
class Sample {
 public:
  explicit Sample(uint32_t seed) : generator_(seed) {
    test::ConditionGenerator::declare(fields_);
    std::vector<Finding> findings;
    Compiler compiler(fields_.catalog(), EventCatalog::builtin());
    for (int i = 0; i < 20; ++i) {
      texts_.push_back(generator_.rule_condition(3));
      trees_.push_back(test::must_parse(texts_.back()));
      const auto info = compiler.add(*trees_.back(), findings);
      EXPECT_TRUE(info) << texts_.back() << test::to_text(findings);
      events_.push_back(info ? info->events : EventSet());
    }
    program_ = std::move(compiler).finish();
  }

  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const std::vector<EventSet>& events() const { return events_; }
  [[nodiscard]] const std::string& text(size_t i) const { return texts_[i]; }
  [[nodiscard]] bool holds(size_t i) {
    return test::interpret(*trees_[i], fields_.catalog(), event_);
  }
  // The next event; returns its code.
  EventCode next() {
    generator_.set_values(fields_);
    event_.scratch().reset();
    return generator_.set_event(fields_);
  }
  [[nodiscard]] const Event& event() const { return event_; }

 private:
  test::ConditionGenerator generator_;
  MockFields fields_;
  std::vector<std::string> texts_;
  std::vector<ExprPtr> trees_;
  std::vector<EventSet> events_;
  Program program_;
  Event event_;
};

TEST(RandomConditions, ProgramAndInterpreterAgree) {
  for (uint32_t seed = 1; seed <= 250 && !testing::Test::HasFailure(); ++seed) {
    Sample sample(seed);
    Evaluator evaluator(sample.program());
    for (int round = 0; round < 10; ++round) {
      sample.next();
      evaluator.start();
      for (size_t i = 0; i < sample.program().size(); ++i) {
        EXPECT_EQ(evaluator.holds(i, sample.event()), sample.holds(i))
            << "seed " << seed << ", round " << round << ": " << sample.text(i);
      }
    }
  }
}

TEST(RandomConditions, TheIndexProposesEveryConditionThatHoldsAndNotAllOthers) {
  size_t asked = 0;
  size_t proposed = 0;
  for (uint32_t seed = 1; seed <= 250 && !testing::Test::HasFailure(); ++seed) {
    Sample sample(seed);
    const ConditionIndex index(sample.program(), sample.events());
    Evaluator evaluator(sample.program());
    CandidateSet found(sample.program().size());
    for (int round = 0; round < 40; ++round) {
      const EventCode code = sample.next();
      evaluator.start();
      index.find(code, sample.event(), evaluator, found);
      std::vector<bool> is_proposed(sample.program().size());
      found.drain([&](uint32_t condition) {
        is_proposed[condition] = true;
        ++proposed;
        return true;
      });
      for (size_t i = 0; i < sample.program().size(); ++i) {
        asked += sample.events()[i].test(code) ? 1 : 0;
        EXPECT_TRUE(is_proposed[i] || !sample.holds(i))
            << "seed " << seed << ", round " << round << ": " << sample.text(i);
      }
    }
  }
  EXPECT_LT(proposed, asked - asked / 20);
}

}  // namespace
}  // namespace saker::lang
