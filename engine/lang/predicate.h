// SPDX-License-Identifier: Apache-2.0
// Predicate: one comparison, checked and with its constants converted. Conditions that contain the
// same comparison share the predicate.
#ifndef SAKER_ENGINE_LANG_PREDICATE_H
#define SAKER_ENGINE_LANG_PREDICATE_H

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/lang/ast.h"
#include "engine/lang/operand.h"
#include "engine/lang/operand_values.h"
#include "engine/lang/operators.h"
#include "engine/lang/types.h"
#include "engine/value.h"

namespace saker {
class Event;
}

namespace saker::lang {

// A comparison as the checker leaves it.
struct CheckedComparison {
  const OperatorDef* op = nullptr;
  Modifier modifier = Modifier::kNone;
  OperandPtr lhs;
  uint32_t lhs_number = 0;  // in Program::operands()
  std::vector<TypedConstant> constants;
  // One test; with a modifier one per item; none: an empty list, which nothing satisfies.
  std::vector<std::unique_ptr<Test>> tests;
  OperandPtr rhs;  // instead of tests: a field or transformer
};

class Predicate {
 public:
  virtual ~Predicate() = default;
  // Noexcept and allocation-free (but see Regex). False when a value is missing.
  [[nodiscard]] virtual bool holds(const Event& event, OperandValues& values) const noexcept = 0;
};

[[nodiscard]] std::unique_ptr<Predicate> make_predicate(CheckedComparison comparison);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_PREDICATE_H
