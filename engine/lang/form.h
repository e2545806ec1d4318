// SPDX-License-Identifier: Apache-2.0
// Form: a condition without `not` in front of parentheses and without parentheses that mean
// nothing, for the lints. Conditions that are equal but for order and repetition get equal numbers.
#ifndef SAKER_ENGINE_LANG_FORM_H
#define SAKER_ENGINE_LANG_FORM_H

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/lang/ast.h"
#include "engine/lang/atoms.h"
#include "engine/lang/satisfiable.h"

namespace saker::lang {

struct FormNode {
  enum class Kind : uint8_t { kLiteral, kAnd, kOr };

  Kind kind = Kind::kLiteral;
  uint32_t id = 0;
  bool is_negated = false;         // it stands behind a `not`, which has been moved inwards
  Literal literal;                 // kLiteral
  const Expr* place = nullptr;     // the part of the condition
  std::vector<FormNode> children;  // two or more, none of the parent's kind
};

class FormTable {
 public:
  // Borrows the atoms.
  explicit FormTable(AtomTable& atoms) : atoms_(atoms) {}

  // `comparisons`: the numbers of the comparisons of the condition in their order, as
  // ConditionInfo::comparisons. The form borrows from the condition.
  [[nodiscard]] FormNode add(const Expr& condition, std::span<const uint32_t> comparisons);

 private:
  struct Hash {
    size_t operator()(const std::vector<uint32_t>& key) const noexcept;
  };

  FormNode build(const Expr& expr, bool is_negated);
  FormNode join(FormNode::Kind kind, const std::vector<ExprPtr>& parts, const Expr& expr,
                bool is_negated);
  uint32_t number_of(std::vector<uint32_t> key);

  AtomTable& atoms_;
  std::unordered_map<std::vector<uint32_t>, uint32_t, Hash> ids_;
  std::span<const uint32_t> left_;  // of the comparisons of the condition
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_FORM_H
