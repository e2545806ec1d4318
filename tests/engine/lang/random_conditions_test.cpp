// SPDX-License-Identifier: Apache-2.0
// Random conditions on random field values: the compiled program against the interpreter.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/event.h"
#include "engine/event_catalog.h"
#include "engine/lang/compiler.h"
#include "engine/lang/evaluator.h"
#include "tests/engine/lang/condition_generator.h"
#include "tests/engine/lang/harness.h"
#include "tests/engine/lang/interpreter.h"
#include "tests/engine/lang/mock_fields.h"

namespace saker::lang {
namespace {

using test::MockFields;

void run(uint32_t seed) {
  test::ConditionGenerator generator(seed);
  MockFields fields;
  test::ConditionGenerator::declare(fields);
  std::vector<std::string> texts;
  std::vector<ExprPtr> trees;
  std::vector<Finding> findings;
  Compiler compiler(fields.catalog(), EventCatalog::builtin());
  for (int i = 0; i < 20; ++i) {
    texts.push_back(generator.condition(4));
    trees.push_back(test::must_parse(texts.back()));
    ASSERT_TRUE(compiler.add(*trees.back(), findings)) << texts.back() << test::to_text(findings);
  }
  const Program program = std::move(compiler).finish();
  Evaluator evaluator(program);
  Event event;
  for (int round = 0; round < 10; ++round) {
    generator.set_values(fields);
    event.scratch().reset();
    evaluator.start();
    for (size_t i = 0; i < trees.size(); ++i) {
      EXPECT_EQ(evaluator.holds(i, event), test::interpret(*trees[i], fields.catalog(), event))
          << "seed " << seed << ", round " << round << ": " << texts[i];
    }
  }
}

TEST(RandomConditions, ProgramAndInterpreterAgree) {
  for (uint32_t seed = 1; seed <= 250 && !testing::Test::HasFailure(); ++seed) {
    run(seed);
  }
}

}  // namespace
}  // namespace saker::lang
