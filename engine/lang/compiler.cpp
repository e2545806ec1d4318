// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/compiler.h"

#include <utility>

#include "engine/lang/checker.h"
#include "engine/lang/event_analysis.h"
#include "engine/lang/lints.h"
#include "engine/lang/predicate.h"

namespace saker::lang {

struct Compiler::Impl {
  Impl(const FieldCatalog& fields, const EventCatalog& event_catalog)
      : checker(fields, event_catalog), lints(fields), events(event_catalog) {}

  struct Shared {
    uint32_t predicate = 0;
    uint16_t field_flags = 0;
  };

  // Checks all leaves in order; each good one gets its predicate appended to `leaves`.
  void check(const Expr& expr, std::vector<Finding>& findings, ConditionInfo& info);
  void check_leaf(const Expr& expr, const Comparison& comparison, const FindingSink& sink,
                  ConditionInfo& info);
  // The place of a left-hand side in Program::operands().
  uint32_t number_of(const Operand& operand, const OperandPtr& compiled);
  // Emits the code of `expr`, which continues at one of the two places; returns its entry. Code is
  // emitted from the end to the front, so that places are known when they are needed.
  uint32_t emit(const Expr& expr, uint32_t if_true, uint32_t if_false);

  Checker checker;
  Lints lints;
  const EventCatalog& events;
  Program program;
  std::unordered_map<std::string, Shared> shared;      // by text form
  std::unordered_map<std::string, uint32_t> operands;  // by text form
  std::vector<uint32_t> leaves;                        // predicates of the condition being added
};

void Compiler::Impl::check(const Expr& expr, std::vector<Finding>& findings, ConditionInfo& info) {
  const auto check_all = [&](const std::vector<ExprPtr>& children) {
    for (const ExprPtr& child : children) {
      check(*child, findings, info);
    }
  };
  if (const auto* conjunction = std::get_if<And>(&expr.node)) {
    check_all(conjunction->children);
  } else if (const auto* disjunction = std::get_if<Or>(&expr.node)) {
    check_all(disjunction->children);
  } else if (const auto* negation = std::get_if<Not>(&expr.node)) {
    check(*negation->child, findings, info);
  } else if (const auto* comparison = std::get_if<Comparison>(&expr.node)) {
    check_leaf(expr, *comparison, {findings, expr.origin}, info);
  } else {
    FindingSink{findings, expr.origin}.error(
        expr.span, "unknown macro '" + std::get<MacroRef>(expr.node).name + "'");
  }
}

void Compiler::Impl::check_leaf(const Expr& expr, const Comparison& comparison,
                                const FindingSink& sink, ConditionInfo& info) {
  lints.comparison(comparison, sink);
  std::string text = to_text(expr);
  auto found = shared.find(text);
  if (found == shared.end()) {
    checker.take_field_flags();
    std::optional<CheckedComparison> checked = checker.comparison(comparison, expr.span, sink);
    if (!checked) {
      return;
    }
    if (const FieldDef* def = checked->lhs->field();
        def != nullptr && def->shape == FieldShape::kNames) {
      for_each_constant(comparison.rhs, [this](const Constant& constant) {
        program.host_names_.insert(constant.text);
      });
    }
    const auto index = static_cast<uint32_t>(program.predicates_.size());
    checked->lhs_number = number_of(comparison.lhs, checked->lhs);
    program.facts_.push_back(fact_of(*checked, events));
    program.estimates_.push_back(estimate_of(*checked));
    program.predicates_.push_back(make_predicate(std::move(*checked)));
    found = shared.emplace(std::move(text), Shared{index, checker.take_field_flags()}).first;
  }
  leaves.push_back(found->second.predicate);
  info.field_flags = static_cast<uint16_t>(info.field_flags | found->second.field_flags);
}

uint32_t Compiler::Impl::number_of(const Operand& operand, const OperandPtr& compiled) {
  const auto next = static_cast<uint32_t>(program.operands_.size());
  const auto [found, is_new] = operands.emplace(to_text(operand), next);
  if (is_new) {
    program.operands_.push_back(compiled);
  }
  return found->second;
}

uint32_t Compiler::Impl::emit(const Expr& expr, uint32_t if_true, uint32_t if_false) {
  if (const auto* node = std::get_if<And>(&expr.node)) {
    for (auto child = node->children.rbegin(); child != node->children.rend(); ++child) {
      if_true = emit(**child, if_true, if_false);
    }
    return if_true;
  }
  if (const auto* node = std::get_if<Or>(&expr.node)) {
    for (auto child = node->children.rbegin(); child != node->children.rend(); ++child) {
      if_false = emit(**child, if_true, if_false);
    }
    return if_false;
  }
  if (const auto* node = std::get_if<Not>(&expr.node)) {
    return emit(*node->child, if_false, if_true);
  }
  const uint32_t predicate = leaves.back();
  leaves.pop_back();
  program.code_.push_back({predicate, if_true, if_false});
  return static_cast<uint32_t>(program.code_.size() - 1);
}

Compiler::Compiler(const FieldCatalog& fields, const EventCatalog& events)
    : impl_(std::make_unique<Impl>(fields, events)) {}

Compiler::~Compiler() = default;

std::optional<ConditionInfo> Compiler::add(const Expr& condition, std::vector<Finding>& findings) {
  const size_t first = findings.size();
  ConditionInfo info;
  impl_->leaves.clear();
  impl_->lints.start_condition();
  impl_->check(condition, findings, info);
  for (size_t i = first; i < findings.size(); ++i) {
    if (findings[i].is_error) {
      return std::nullopt;
    }
  }
  info.events = possible_events(condition, impl_->events);
  info.comparisons = impl_->leaves;
  impl_->program.entries_.push_back(impl_->emit(condition, kAccept, kReject));
  return info;
}

std::shared_ptr<const CompiledOperand> Compiler::operand(const Operand& operand,
                                                         std::vector<Finding>& findings) {
  return impl_->checker.operand(operand, {findings, nullptr});
}

Program Compiler::finish() && { return std::move(impl_->program); }

}  // namespace saker::lang
