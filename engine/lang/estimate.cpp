// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/estimate.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/lang/predicate.h"

namespace saker::lang {
namespace {

// What most events have; every other value is taken to be rare.
struct Usual {
  std::string_view field;
  std::string_view value;
};
constexpr Usual kUsual[] = {
    {"container.id", "host"},
    {"evt.dir", "<"},
    {"evt.failed", "false"},
    {"evt.is_open_create", "false"},
    {"evt.is_open_exec", "false"},
    {"evt.is_open_read", "true"},
    {"evt.is_open_write", "false"},
    {"evt.rawres", "0"},
    {"evt.res", "SUCCESS"},
    {"fd.num", "3"},
    {"fd.type", "file"},
    {"fd.typechar", "f"},
    {"proc.is_exe_from_memfd", "false"},
    {"proc.is_exe_upper_layer", "false"},
    {"proc.is_exe_writable", "false"},
    {"proc.tty", "0"},
};
constexpr double kUsualShare = 0.9;
// Of a field that has few values none of which stands out.
constexpr double kCommonShare = 0.5;

// Fields that take longer than others of their type, since they make a text or search for it.
struct Slow {
  std::string_view field;
  double ns;
};
constexpr Slow kSlow[] = {
    {"container.id", 15}, {"evt.arg", 60},  {"evt.args", 300},    {"fd.containername", 40},
    {"fd.nameraw", 20},   {"proc.env", 60}, {"proc.environ", 60},
};

bool has_few_values(const CompiledOperand& operand) {
  return type_def(operand.type()).type_class == kBoolClass ||
         (operand.field() != nullptr && !operand.field()->values.empty());
}

// Whether the comparison holds for the usual value; absent: there is none.
std::optional<bool> holds_usually(const CheckedComparison& checked) {
  const FieldDef* field = checked.lhs->field();
  const auto* row =
      field == nullptr ? std::end(kUsual) : std::ranges::find(kUsual, field->name, &Usual::field);
  if (row == std::end(kUsual) || checked.tests.empty()) {
    return std::nullopt;
  }
  const TypeDef& type = type_def(checked.lhs->type());
  std::string error;
  const std::optional<TypedConstant> constant = type.parse(type, row->value, error);
  return constant && std::ranges::any_of(checked.tests, [&](const std::unique_ptr<Test>& test) {
           return test->matches(constant->value());
         });
}

// As "startswith /".
bool is_nearly_any(const CheckedComparison& checked) {
  return checked.op->rhs == RhsKind::kText && checked.op->likeness != Likeness::kEqual &&
         std::ranges::any_of(checked.constants, [](const TypedConstant& constant) {
           const Value value = constant.value();
           return value.kind() == Value::Kind::kText && value.as_text().size() < 2;
         });
}

double share_of(const CheckedComparison& checked) {
  if (const std::optional<bool> usually = holds_usually(checked)) {
    return *usually ? kUsualShare : 1 - kUsualShare;
  }
  const bool is_common = checked.op->likeness == Likeness::kEqual ? has_few_values(*checked.lhs)
                                                                  : is_nearly_any(checked);
  return is_common ? kCommonShare : checked.op->holds;
}

}  // namespace

double operand_ns(const CompiledOperand& operand) {
  constexpr double kTransformer = 60;
  constexpr double kSeveralValues = 60;
  constexpr double kText = 10;
  constexpr double kNumber = 5;
  if (operand.field() == nullptr) {
    return kTransformer;
  }
  const auto* slow = std::ranges::find(kSlow, operand.field()->name, &Slow::field);
  if (slow != std::end(kSlow)) {
    return slow->ns;
  }
  if (operand.is_list() || operand.field()->shape != FieldShape::kOne) {
    return kSeveralValues;
  }
  const uint8_t type_class = type_def(operand.type()).type_class;
  return type_class == kTextClass && !has_few_values(operand) ? kText : kNumber;
}

Estimate estimate_of(const CheckedComparison& checked) {
  const size_t tests = std::max<size_t>(checked.tests.size(), 1);
  return {operand_ns(*checked.lhs) + checked.op->ns * static_cast<double>(tests) +
              (checked.rhs != nullptr ? operand_ns(*checked.rhs) : 0),
          share_of(checked)};
}

}  // namespace saker::lang
