// SPDX-License-Identifier: Apache-2.0
// ConditionGenerator: random conditions over mock fields of all kinds, and random values for them.
#ifndef SAKER_TESTS_ENGINE_LANG_CONDITION_GENERATOR_H
#define SAKER_TESTS_ENGINE_LANG_CONDITION_GENERATOR_H

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "engine/event_catalog.h"
#include "engine/lang/operators.h"
#include "tests/engine/lang/mock_fields.h"

namespace saker::lang::test {

class ConditionGenerator {
 public:
  struct FieldRow {
    std::string_view name;
    FieldType type;
    FieldShape shape;
  };

  explicit ConditionGenerator(uint32_t seed) : random_(seed) {}

  static void declare(MockFields& fields);
  void set_values(MockFields& fields);
  // Nested at most `depth` levels; 0: a comparison.
  std::string condition(int depth);
  // The same, most of it for some events only.
  std::string rule_condition(int depth);
  // Sets evt.type; returns the event's code.
  EventCode set_event(MockFields& fields);

 private:
  size_t below(size_t n) { return random_() % n; }
  bool once_in(size_t n) { return below(n) == 0; }
  template <size_t N>
  std::string_view one_of(const std::string_view (&texts)[N]) {
    return texts[below(N)];
  }

  Value value(FieldType type);
  std::string constant(FieldType type, std::string_view op);
  std::string list(FieldType type, std::string_view op);
  std::string comparison();
  std::string right_hand_side(const FieldRow& row, const std::string& lhs, const OperatorDef& op);

  std::minstd_rand random_;
};

}  // namespace saker::lang::test

#endif  // SAKER_TESTS_ENGINE_LANG_CONDITION_GENERATOR_H
