// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/checker.h"

#include <span>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/diagnostic.h"
#include "engine/lang/transformers.h"
#include "engine/lang/types.h"

namespace saker::lang {
namespace {

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string_view near = closest(name, candidates);
  return near.empty() ? std::string() : "did you mean " + in_quotes(near) + "?";
}

std::string type_phrase(const CompiledOperand& operand) {
  const std::string name(type_def(operand.type()).name);
  return operand.is_list() ? "list of " + name : "type " + name;
}

FieldShape shape_of(const CompiledOperand& operand) {
  return operand.field() != nullptr ? operand.field()->shape : FieldShape::kOne;
}

// Why `op` cannot be applied to the operand is in its type or its shape.
bool accepts(const OperatorDef& op, const CompiledOperand& lhs) {
  if (op.rhs == RhsKind::kNone) {
    return true;
  }
  if (shape_of(lhs) == FieldShape::kDistance) {
    return op.name == "=";
  }
  if (shape_of(lhs) == FieldShape::kNames) {
    return op.name == "=" || op.name == "==" || op.name == "!=" || op.name == "in";
  }
  const bool on_list = op.name == "in" || op.name == "intersects";
  return (type_def(lhs.type()).type_class & op.type_classes) != 0 && (!lhs.is_list() || on_list);
}

std::string accepted_operators(const CompiledOperand& lhs) {
  std::string names;
  for (const OperatorDef& op : operators()) {
    if (accepts(op, lhs)) {
      names += (names.empty() ? "it accepts " : ", ") + std::string(op.name);
    }
  }
  return names;
}

std::string argument_hint(const FieldDef& def) {
  switch (def.arg) {
    case FieldArg::kRequiredSubfield:
    case FieldArg::kOptionalSubfield:
      return "write " + std::string(def.name) + ".NAME";
    case FieldArg::kRequiredSubfieldOrIndex:
      return "write " + std::string(def.name) + ".NAME or " + std::string(def.name) + "[N]";
    case FieldArg::kRequiredKey:
    case FieldArg::kOptionalKey:
      return "write " + std::string(def.name) + "[KEY]";
    case FieldArg::kNone:
      return {};
    default:
      return "write " + std::string(def.name) + "[N]";
  }
}

Span span_of(const Operand& operand) {
  return std::visit([](const auto& node) { return node.span; }, operand.node);
}

}  // namespace

Finding& FindingSink::add(bool is_error, const FindingCode& code, Span span,
                          std::string message) const {
  Finding finding;
  finding.is_error = is_error;
  finding.code = code;
  finding.message = std::move(message);
  finding.span = span;
  finding.origin = origin;
  findings.push_back(std::move(finding));
  return findings.back();
}

Finding& FindingSink::error(Span span, std::string message) const {
  return add(true, code::kCompileCondition, span, std::move(message));
}

OperandPtr Checker::operand(const Operand& operand, const FindingSink& sink) {
  if (const auto* ref = std::get_if<FieldRef>(&operand.node)) {
    return field(*ref, sink);
  }
  if (const auto* call = std::get_if<TransformerCall>(&operand.node)) {
    return transformer(*call, sink);
  }
  sink.error(span_of(operand), "expected a field or a transformer");
  return nullptr;
}

OperandPtr Checker::field(const FieldRef& ref, const FindingSink& sink) {
  using Error = FieldCatalog::UseError;
  FieldCatalog::Use use;
  const Error error = fields_.resolve(ref.name, ref.has_arg, ref.arg, use);
  const std::string name = in_quotes(ref.name);
  switch (error) {
    case Error::kNone:
      field_flags_ = static_cast<uint16_t>(field_flags_ | use.def->flags);
      return make_field_operand(fields_, ref.name, ref.has_arg, ref.arg);
    case Error::kUnknownField: {
      Finding& finding = sink.error(ref.span, "unknown field " + name);
      finding.hint = did_you_mean(ref.name, fields_.names());
      finding.unknown_filter = true;
      break;
    }
    case Error::kArgMissing:
      sink.error(ref.span, "field " + name + " needs an argument").hint = argument_hint(*use.def);
      break;
    case Error::kArgNotAllowed:
      sink.error(ref.span, "field " + name + " takes no argument in brackets").hint =
          argument_hint(*use.def);
      break;
    case Error::kArgNotIndex:
      sink.error(ref.span, "the argument of field " + name + " must be a number");
      break;
    case Error::kUnknownArg: {
      Finding& finding = sink.error(ref.span, "field " + in_quotes(use.def->name) +
                                                  " does not know " + in_quotes(use.args.key));
      finding.unknown_filter = true;
      break;
    }
  }
  return nullptr;
}

OperandPtr Checker::transformer(const TransformerCall& call, const FindingSink& sink) {
  const TransformerDef* def = find_transformer(call.name);
  if (call.has_arg && (def == nullptr || !def->takes_bracket)) {
    sink.error(call.span,
               "transformer " + in_quotes(call.name) + " does not support field arguments");
    return nullptr;
  }
  if (call.has_arg && call.arg.size() != 1) {
    sink.error(call.span, "the argument of " + in_quotes(call.name) +
                              " must be one character, the letter of an option");
    return nullptr;
  }
  if (call.name == "val") {
    return operand(call.args.front(), sink);
  }
  SAKER_CHECK(def != nullptr);
  std::vector<OperandPtr> args;
  std::vector<OperandType> types;
  for (const Operand& arg : call.args) {
    args.push_back(argument(arg, call, sink));
    if (args.back() != nullptr) {
      types.push_back({args.back()->type(), args.back()->is_list()});
    }
  }
  if (types.size() < args.size()) {
    return nullptr;
  }
  OperandType result;
  std::string error;
  if (!def->check(types, call.has_arg, result, error)) {
    sink.error(call.span, "transformer " + in_quotes(call.name) + " " + error).hint =
        "it is written " + std::string(def->signature);
    return nullptr;
  }
  return make_transformer_operand(*def, result, std::move(args), call.arg);
}

// An argument of `call`, or an item of a list that is one.
OperandPtr Checker::argument(const Operand& operand, const TransformerCall& call,
                             const FindingSink& sink) {
  if (const auto* constant = std::get_if<Constant>(&operand.node)) {
    std::string error;
    const TypeDef& text = type_def(FieldType::kCharBuf);
    if (!text.parse(text, constant->text, error)) {
      sink.error(constant->span, error);
      return nullptr;
    }
    return make_constant_operand(constant->text);
  }
  if (const auto* items = std::get_if<OperandList>(&operand.node)) {
    return list(*items, call, sink);
  }
  OperandPtr result = this->operand(operand, sink);
  const FieldDef* def = result != nullptr ? result->field() : nullptr;
  const bool refused =
      def != nullptr && ((def->flags & kFieldNoTransformer) != 0 || def->name == kEventTypeField);
  if (refused) {
    sink.error(span_of(operand),
               "field " + in_quotes(def->name) + " cannot be an argument of a transformer");
    return nullptr;
  }
  return result;
}

OperandPtr Checker::list(const OperandList& list, const TransformerCall& call,
                         const FindingSink& sink) {
  std::vector<OperandPtr> items;
  bool ok = true;
  for (const Operand& item : list.items) {
    OperandPtr operand = argument(item, call, sink);
    if (operand != nullptr &&
        (operand->is_list() || !(type_def(operand->type()).type_class == kTextClass ||
                                 is_joinable_number(operand->type())))) {
      sink.error(span_of(item), "items of a list must be single texts or numbers, this is of " +
                                    type_phrase(*operand));
      ok = false;
    }
    ok = ok && operand != nullptr;
    items.push_back(std::move(operand));
  }
  return ok ? make_list_operand(std::move(items)) : nullptr;
}

std::optional<CheckedComparison> Checker::comparison(const Comparison& comparison, Span span,
                                                     const FindingSink& sink) {
  CheckedComparison checked;
  checked.op = find_operator(comparison.op);
  SAKER_CHECK(checked.op != nullptr);
  checked.modifier = comparison.modifier;
  checked.lhs = operand(comparison.lhs, sink);
  if (checked.lhs == nullptr || !operator_fits(comparison, checked, span, sink)) {
    return std::nullopt;
  }
  const FieldDef* def = checked.lhs->field();
  if (def != nullptr && (def->flags & kFieldOutputOnly) != 0) {
    sink.error(span_of(comparison.lhs),
               "field " + in_quotes(def->name) + " can only be used in outputs");
    return std::nullopt;
  }
  const bool ok = std::holds_alternative<Operand>(comparison.rhs.node)
                      ? right_operand(comparison, checked, sink)
                      : constants(comparison, checked, sink);
  return ok ? std::optional(std::move(checked)) : std::nullopt;
}

bool Checker::operator_fits(const Comparison& comparison, CheckedComparison& checked, Span span,
                            const FindingSink& sink) const {
  const CompiledOperand& lhs = *checked.lhs;
  if (!accepts(*checked.op, lhs)) {
    Finding& finding =
        sink.error(comparison.op_span.empty() ? span : comparison.op_span,
                   "operator " + in_quotes(comparison.op) + " cannot be applied to " +
                       in_quotes(to_text(comparison.lhs)) + ", which is of " + type_phrase(lhs));
    finding.hint = accepted_operators(lhs);
    return false;
  }
  if (shape_of(lhs) == FieldShape::kDistance) {
    checked.op = checked.op->rhs == RhsKind::kNone ? checked.op : find_operator("<=");
  }
  return true;
}

bool Checker::constants(const Comparison& comparison, CheckedComparison& checked,
                        const FindingSink& sink) const {
  std::vector<TypedConstant>& values = checked.constants;
  size_t count = 0;
  for_each_constant(comparison.rhs, [&](const Constant& text) {
    ++count;
    if (std::optional<TypedConstant> value = constant(text, *checked.lhs, sink)) {
      values.push_back(std::move(*value));
    }
  });
  if (values.size() < count) {
    return false;
  }
  // The tests: one for all items, or with a modifier one for each.
  const TypeDef& type = type_def(checked.lhs->type());
  const size_t step = comparison.modifier == Modifier::kNone ? values.size() : 1;
  const std::span<const TypedConstant> all(values);
  for (size_t i = 0; i < values.size(); i += step) {
    std::string error;
    checked.tests.push_back(make_test(*checked.op, type, all.subspan(i, step), error));
    if (checked.tests.back() == nullptr) {
      sink.error(comparison.rhs.span, "operator " + in_quotes(comparison.op) + ": " + error);
      return false;
    }
  }
  return true;
}

std::optional<TypedConstant> Checker::constant(const Constant& constant, const CompiledOperand& lhs,
                                               const FindingSink& sink) const {
  std::string error;
  const TypeDef& type = type_def(lhs.type());
  std::optional<TypedConstant> value = type.parse(type, constant.text, error);
  if (!value) {
    sink.error(constant.span, error);
    return std::nullopt;
  }
  const bool is_event_type = lhs.field() != nullptr && lhs.field()->name == kEventTypeField;
  if (is_event_type && events_.find(constant.text).none()) {
    Finding& finding = sink.error(constant.span, "unknown event type " + in_quotes(constant.text));
    finding.hint = did_you_mean(constant.text, events_.names());
    finding.unknown_filter = true;
    return std::nullopt;
  }
  return value;
}

bool Checker::right_operand(const Comparison& comparison, CheckedComparison& checked,
                            const FindingSink& sink) {
  const auto& operand = std::get<Operand>(comparison.rhs.node);
  const Span span = comparison.rhs.span;
  checked.rhs = this->operand(operand, sink);
  if (checked.rhs == nullptr) {
    return false;
  }
  const CompiledOperand& lhs = *checked.lhs;
  const CompiledOperand& rhs = *checked.rhs;
  if (checked.op->compare == nullptr) {
    sink.error(span, "operator " + in_quotes(comparison.op) + " needs a constant");
    return false;
  }
  for (const CompiledOperand* side : {&lhs, &rhs}) {
    const FieldDef* def = side->field();
    const bool refused =
        type_def(side->type()).type_class == kNetClass ||
        (def != nullptr && ((def->flags & kFieldNoRhs) != 0 || def->name == kEventTypeField));
    if (refused) {
      sink.error(span, "field " + in_quotes(def != nullptr ? def->name : comparison.op) +
                           " cannot be compared with another field");
      return false;
    }
  }
  if (lhs.type() != rhs.type() || lhs.is_list() != rhs.is_list()) {
    sink.error(span, in_quotes(to_text(comparison.lhs)) + " is of " + type_phrase(lhs) + ", but " +
                         in_quotes(to_text(operand)) + " is of " + type_phrase(rhs))
        .hint = "both sides must be of the same type";
    return false;
  }
  return true;
}

}  // namespace saker::lang
