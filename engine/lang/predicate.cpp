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
  explicit ExistsPredicate(OperandPtr lhs)
      : lhs_(std::move(lhs)), needs_item_(has_several_values(*lhs_)) {}
  bool holds(const Event& event) const noexcept override {
    const Value value = lhs_->eval(event);
    return needs_item_ && value.kind() == Value::Kind::kList ? !value.as_list().empty()
                                                             : !value.is_missing();
  }

 private:
  OperandPtr lhs_;
  bool needs_item_;  // an empty list means no ancestor, no end, no name
};

class NeverPredicate final : public Predicate {
 public:
  bool holds(const Event&) const noexcept override { return false; }
};

class ConstantPredicate final : public Predicate {
 public:
  ConstantPredicate(OperandPtr lhs, Quantifier quantifier, std::unique_ptr<Test> test)
      : lhs_(std::move(lhs)), test_(std::move(test)), quantifier_(quantifier) {}
  bool holds(const Event& event) const noexcept override {
    return matches(*test_, lhs_->eval(event), quantifier_);
  }

 private:
  OperandPtr lhs_;
  std::unique_ptr<Test> test_;
  Quantifier quantifier_;
};

// `op oneof (...)` and its like: how many of the items satisfy `lhs op item`.
class ModifierPredicate final : public Predicate {
 public:
  ModifierPredicate(Modifier modifier, OperandPtr lhs, Quantifier quantifier,
                    std::vector<std::unique_ptr<Test>> tests)
      : modifier_(modifier),
        lhs_(std::move(lhs)),
        tests_(std::move(tests)),
        quantifier_(quantifier) {}
  bool holds(const Event& event) const noexcept override {
    const Value value = lhs_->eval(event);
    const auto count = static_cast<size_t>(std::count_if(
        tests_.begin(), tests_.end(),
        [&](const std::unique_ptr<Test>& test) { return matches(*test, value, quantifier_); }));
    return modifier_ == Modifier::kOneOf   ? count == 1
           : modifier_ == Modifier::kAnyOf ? count > 0
                                           : count == tests_.size();
  }

 private:
  Modifier modifier_;
  OperandPtr lhs_;
  std::vector<std::unique_ptr<Test>> tests_;
  Quantifier quantifier_;
};

// Two fields or transformers; both single values, or both lists. A modifier makes no difference:
// it counts over one item.
class OperandPredicate final : public Predicate {
 public:
  OperandPredicate(const OperatorDef& op, OperandPtr lhs, OperandPtr rhs)
      : op_(&op), lhs_(std::move(lhs)), rhs_(std::move(rhs)) {}
  bool holds(const Event& event) const noexcept override {
    const Value a = lhs_->eval(event);
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
  OperandPtr lhs_;
  OperandPtr rhs_;
};

}  // namespace

std::unique_ptr<Predicate> make_predicate(CheckedComparison comparison) {
  if (comparison.op->rhs == RhsKind::kNone) {
    return std::make_unique<ExistsPredicate>(std::move(comparison.lhs));
  }
  if (comparison.rhs != nullptr) {
    return std::make_unique<OperandPredicate>(*comparison.op, std::move(comparison.lhs),
                                              std::move(comparison.rhs));
  }
  if (comparison.tests.empty()) {
    return std::make_unique<NeverPredicate>();
  }
  const Quantifier how_many = quantifier(*comparison.op, *comparison.lhs);
  if (comparison.modifier == Modifier::kNone) {
    return std::make_unique<ConstantPredicate>(std::move(comparison.lhs), how_many,
                                               std::move(comparison.tests.front()));
  }
  return std::make_unique<ModifierPredicate>(comparison.modifier, std::move(comparison.lhs),
                                             how_many, std::move(comparison.tests));
}

}  // namespace saker::lang
