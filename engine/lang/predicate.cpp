// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/predicate.h"

#include <algorithm>
#include <span>
#include <utility>

#include "engine/event.h"

namespace saker::lang {
namespace {

// How many items of a field with several values must satisfy a test.
enum class Quantifier : uint8_t { kAny, kAll, kAllOrNone };

bool has_several_values(const CompiledOperand& operand) noexcept {
  const FieldDef* def = operand.field();
  return def != nullptr && (def->shape == FieldShape::kAncestors ||
                            def->shape == FieldShape::kEnds || def->shape == FieldShape::kNames);
}

Quantifier quantifier(const OperatorDef& op, const CompiledOperand& lhs) noexcept {
  if (lhs.is_list()) {
    return op.wants_all ? Quantifier::kAllOrNone : Quantifier::kAny;
  }
  if (lhs.field() == nullptr || !op.is_negation) {
    return Quantifier::kAny;
  }
  switch (lhs.field()->shape) {
    case FieldShape::kEnds:
      return Quantifier::kAll;
    case FieldShape::kNames:
      return Quantifier::kAllOrNone;
    default:
      return Quantifier::kAny;
  }
}

bool matches(const Test& test, const Value& value, Quantifier quantifier) noexcept {
  if (value.kind() != Value::Kind::kList) {
    return !value.is_missing() && test.matches(value);
  }
  const std::span<const Value> items = value.as_list();
  const auto satisfies = [&test](const Value& item) { return test.matches(item); };
  if (quantifier == Quantifier::kAny) {
    return std::any_of(items.begin(), items.end(), satisfies);
  }
  return (quantifier == Quantifier::kAllOrNone || !items.empty()) &&
         std::all_of(items.begin(), items.end(), satisfies);
}

class ExistsPredicate final : public Predicate {
 public:
  ExistsPredicate(uint32_t lhs, bool needs_item) : lhs_(lhs), needs_item_(needs_item) {}
  bool holds(const Event& event, OperandValues& values) const noexcept override {
    const Value& value = values.of(lhs_, event);
    return needs_item_ && value.kind() == Value::Kind::kList ? !value.as_list().empty()
                                                             : !value.is_missing();
  }

 private:
  uint32_t lhs_;
  bool needs_item_;  // an empty list means no ancestor, no end, no name
};

class NeverPredicate final : public Predicate {
 public:
  bool holds(const Event&, OperandValues&) const noexcept override { return false; }
};

class ConstantPredicate final : public Predicate {
 public:
  ConstantPredicate(uint32_t lhs, Quantifier quantifier, std::unique_ptr<Test> test)
      : lhs_(lhs), test_(std::move(test)), quantifier_(quantifier) {}
  bool holds(const Event& event, OperandValues& values) const noexcept override {
    return matches(*test_, values.of(lhs_, event), quantifier_);
  }

 private:
  uint32_t lhs_;
  std::unique_ptr<Test> test_;
  Quantifier quantifier_;
};

// `op oneof (...)` and its like: how many of the items satisfy `lhs op item`.
class ModifierPredicate final : public Predicate {
 public:
  ModifierPredicate(Modifier modifier, uint32_t lhs, Quantifier quantifier,
                    std::vector<std::unique_ptr<Test>> tests)
      : modifier_(modifier), lhs_(lhs), tests_(std::move(tests)), quantifier_(quantifier) {}
  bool holds(const Event& event, OperandValues& values) const noexcept override {
    const Value& value = values.of(lhs_, event);
    const auto count = static_cast<size_t>(std::count_if(
        tests_.begin(), tests_.end(),
        [&](const std::unique_ptr<Test>& test) { return matches(*test, value, quantifier_); }));
    return modifier_ == Modifier::kOneOf   ? count == 1
           : modifier_ == Modifier::kAnyOf ? count > 0
                                           : count == tests_.size();
  }

 private:
  Modifier modifier_;
  uint32_t lhs_;
  std::vector<std::unique_ptr<Test>> tests_;
  Quantifier quantifier_;
};

// Two fields or transformers; both single values, or both lists. A modifier makes no difference:
// it counts over one item.
class OperandPredicate final : public Predicate {
 public:
  OperandPredicate(const OperatorDef& op, uint32_t lhs, OperandPtr rhs)
      : op_(&op), lhs_(lhs), rhs_(std::move(rhs)) {}
  bool holds(const Event& event, OperandValues& values) const noexcept override {
    const Value& a = values.of(lhs_, event);
    const Value b = rhs_->eval(event);
    if (a.is_missing() || b.is_missing()) {
      return false;
    }
    if (a.kind() != Value::Kind::kList) {
      return holds_for_some(a, b);
    }
    const std::span<const Value> items = a.as_list();
    const auto satisfies = [&](const Value& item) { return holds_for_some(item, b); };
    return op_->wants_all ? std::all_of(items.begin(), items.end(), satisfies)
                          : std::any_of(items.begin(), items.end(), satisfies);
  }

 private:
  [[nodiscard]] bool holds_for_some(const Value& a, const Value& b) const noexcept {
    if (b.kind() != Value::Kind::kList) {
      return op_->compare(a, b);
    }
    const std::span<const Value> items = b.as_list();
    return std::any_of(items.begin(), items.end(),
                       [&](const Value& item) { return op_->compare(a, item); });
  }

  const OperatorDef* op_;
  uint32_t lhs_;
  OperandPtr rhs_;
};

}  // namespace

std::unique_ptr<Predicate> make_predicate(CheckedComparison comparison) {
  if (comparison.op->rhs == RhsKind::kNone) {
    return std::make_unique<ExistsPredicate>(comparison.lhs_number,
                                             has_several_values(*comparison.lhs));
  }
  if (comparison.rhs != nullptr) {
    return std::make_unique<OperandPredicate>(*comparison.op, comparison.lhs_number,
                                              std::move(comparison.rhs));
  }
  if (comparison.tests.empty()) {
    return std::make_unique<NeverPredicate>();
  }
  const Quantifier how_many = quantifier(*comparison.op, *comparison.lhs);
  if (comparison.modifier == Modifier::kNone) {
    return std::make_unique<ConstantPredicate>(comparison.lhs_number, how_many,
                                               std::move(comparison.tests.front()));
  }
  return std::make_unique<ModifierPredicate>(comparison.modifier, comparison.lhs_number, how_many,
                                             std::move(comparison.tests));
}

}  // namespace saker::lang
