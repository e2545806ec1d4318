// SPDX-License-Identifier: Apache-2.0
// Checker: names and types. Turns a comparison of the tree into one that can be evaluated
// (predicate.h), or says all that is wrong with it.
#ifndef SAKER_ENGINE_LANG_CHECKER_H
#define SAKER_ENGINE_LANG_CHECKER_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"
#include "engine/lang/operand.h"
#include "engine/lang/predicate.h"

namespace saker::lang {

inline constexpr std::string_view kEventTypeField = "evt.type";

// Where findings about a node go.
struct FindingSink {
  std::vector<Finding>& findings;
  std::shared_ptr<const Origin> origin;

  // The new finding, to be completed.
  Finding& add(bool is_error, const FindingCode& code, Span span, std::string message) const;
  Finding& error(Span span, std::string message) const;
};

class Checker {
 public:
  Checker(const FieldCatalog& fields, const EventCatalog& events)
      : fields_(fields), events_(events) {}

  // Absent: the sink got an error.
  std::optional<CheckedComparison> comparison(const Comparison& comparison, Span span,
                                              const FindingSink& sink);
  OperandPtr operand(const Operand& operand, const FindingSink& sink);

  // Union of FieldDef::flags over all fields seen since the last call.
  uint16_t take_field_flags() { return std::exchange(field_flags_, uint16_t{0}); }

 private:
  OperandPtr field(const FieldRef& ref, const FindingSink& sink);
  OperandPtr transformer(const TransformerCall& call, const FindingSink& sink);
  OperandPtr argument(const Operand& operand, const TransformerCall& call, const FindingSink& sink);
  OperandPtr list(const OperandList& list, const TransformerCall& call, const FindingSink& sink);

  bool operator_fits(const Comparison& comparison, CheckedComparison& checked, Span span,
                     const FindingSink& sink) const;
  bool constants(const Comparison& comparison, CheckedComparison& checked,
                 const FindingSink& sink) const;
  std::optional<TypedConstant> constant(const Constant& constant, const CompiledOperand& lhs,
                                        const FindingSink& sink) const;
  bool right_operand(const Comparison& comparison, CheckedComparison& checked,
                     const FindingSink& sink);

  const FieldCatalog& fields_;
  const EventCatalog& events_;
  uint16_t field_flags_ = 0;
};

// Calls visit(const FieldRef&) for each field of the operand, transformers' arguments included.
template <typename Visit>
void for_each_field(const Operand& operand, Visit visit) {
  if (const auto* field = std::get_if<FieldRef>(&operand.node)) {
    visit(*field);
  } else if (const auto* call = std::get_if<TransformerCall>(&operand.node)) {
    for (const Operand& arg : call->args) {
      for_each_field(arg, visit);
    }
  } else if (const auto* list = std::get_if<OperandList>(&operand.node)) {
    for (const Operand& item : list->items) {
      for_each_field(item, visit);
    }
  }
}

// Calls visit(const Constant&) for each constant of the right-hand side.
template <typename Visit>
void for_each_constant(const RightHandSide& rhs, Visit visit) {
  if (const auto* constant = std::get_if<Constant>(&rhs.node)) {
    visit(*constant);
  } else if (const auto* list = std::get_if<std::vector<Constant>>(&rhs.node)) {
    for (const Constant& item : *list) {
      visit(item);
    }
  }
}

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_CHECKER_H
