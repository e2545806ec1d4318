// SPDX-License-Identifier: Apache-2.0
// Atoms: the comparisons of conditions as the lints see them: what is compared, and for which
// values it holds. Equal comparisons of all rules are one Atom, whose number is that of their
// Predicate (ConditionInfo::comparisons).
#ifndef SAKER_ENGINE_LANG_ATOMS_H
#define SAKER_ENGINE_LANG_ATOMS_H

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/lang/ast.h"
#include "engine/lang/checker.h"
#include "engine/lang/operators.h"
#include "engine/lang/types.h"

namespace saker::lang {

// Numbers that a comparison allows; an absent end is open.
struct Interval {
  std::optional<int64_t> low;
  std::optional<int64_t> high;
};

struct Atom {
  uint32_t operand = 0;  // equal left-hand sides have equal numbers
  // The left-hand side is one value, the right-hand side are constants, few enough to look at.
  // Otherwise only equality with other atoms counts.
  bool is_understood = false;
  const OperatorDef* op = nullptr;
  Modifier modifier = Modifier::kNone;
  const TypeDef* type = nullptr;
  std::span<const std::string_view> closed_values;  // all that the left-hand side can be
  std::vector<TypedConstant> constants;
  std::string text;     // for messages; cut when long
  std::string cheaper;  // cheaper_form()
  EventSet events;      // that have the parameter it compares; all: it compares no parameter

  [[nodiscard]] bool is_exists() const noexcept { return op->rhs == RhsKind::kNone; }
  // It holds for its constants only, at most for all of them.
  [[nodiscard]] bool is_equality() const noexcept;
  [[nodiscard]] bool is_number() const noexcept;
  // The text of `NAME startswith TEXT` and the like; empty: another operator.
  [[nodiscard]] std::string_view text_of(std::string_view operator_name) const noexcept;
  // All values of the type, or those for which an order comparison holds (or fails).
  [[nodiscard]] Interval type_range() const noexcept;
  [[nodiscard]] Interval range(bool holds) const noexcept;
  // Requires: is_understood; the value is present and of the type.
  [[nodiscard]] bool holds_for(const Value& value) const;

 private:
  mutable std::vector<std::unique_ptr<Test>> tests_;  // made when first needed
};

class AtomTable {
 public:
  AtomTable(const FieldCatalog& fields, const EventCatalog& events);

  // Requires: `comparison` is the one with this number, and has passed the checker.
  const Atom& add(uint32_t number, const Comparison& comparison);
  [[nodiscard]] const Atom& operator[](uint32_t number) const { return *atoms_[number]; }
  [[nodiscard]] size_t operands() const noexcept { return operands_.size(); }

 private:
  void understand(Atom& atom, const Comparison& comparison);

  Checker checker_;
  const EventCatalog& events_;
  std::vector<std::unique_ptr<Atom>> atoms_;  // by number; null: not seen yet
  std::unordered_map<std::string, uint32_t> operands_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_ATOMS_H
