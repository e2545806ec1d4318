// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/atoms.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "engine/lang/cheaper.h"

namespace saker::lang {
namespace {

// Comparisons with more constants are not looked into.
constexpr size_t kMaxConstants = 1000;
constexpr size_t kMaxText = 60;

constexpr int64_t kMaxInt = std::numeric_limits<int64_t>::max();

// Absent: greater than any int64_t.
std::optional<int64_t> to_number(const TypedConstant& constant) {
  if (const auto* number = std::get_if<int64_t>(&constant.data)) {
    return *number;
  }
  const auto* number = std::get_if<uint64_t>(&constant.data);
  return number != nullptr && *number <= static_cast<uint64_t>(kMaxInt)
             ? std::optional(static_cast<int64_t>(*number))
             : std::nullopt;
}

bool is_integer(const TypeDef& type) {
  return type.type_class == kSignedClass || type.type_class == kUnsignedClass;
}

std::string cut_text(const Comparison& comparison, bool is_short) {
  if (!is_short) {
    return to_text(comparison.lhs) + " " + comparison.op + " (...)";
  }
  std::string text = to_text(Expr{comparison, {}, nullptr});
  if (text.size() > kMaxText) {
    text.resize(kMaxText);
    text += "...";
  }
  return text;
}

size_t count_constants(const RightHandSide& rhs) {
  size_t count = 0;
  for_each_constant(rhs, [&count](const Constant&) { ++count; });
  return count;
}

// Events that have a parameter called `name`.
EventSet events_with(const EventCatalog& events, std::string_view name) {
  EventSet found;
  for (size_t code = 0; code < events.size(); ++code) {
    const auto params = events.def(static_cast<EventCode>(code)).params;
    found[code] = std::any_of(params.begin(), params.end(),
                              [name](const ParamDef& param) { return param.name == name; });
  }
  return found;
}

}  // namespace

bool Atom::is_equality() const noexcept {
  return op->name == "=" || op->name == "==" || op->name == "in" || op->name == "intersects";
}

bool Atom::is_number() const noexcept { return is_integer(*type); }

std::string_view Atom::text_of(std::string_view operator_name) const noexcept {
  return op->name == operator_name && modifier == Modifier::kNone && type->type_class == kTextClass
             ? constants.front().value().as_text()
             : std::string_view();
}

Interval Atom::type_range() const noexcept {
  if (!is_number() || type->bits == 64) {
    return type->type_class == kUnsignedClass ? Interval{0, std::nullopt} : Interval{};
  }
  const bool is_signed = type->type_class == kSignedClass;
  const int64_t size = int64_t{1} << (is_signed ? type->bits - 1 : type->bits);
  return {is_signed ? -size : 0, size - 1};
}

Interval Atom::range(bool holds) const noexcept {
  const std::string_view name = op->name;
  const bool is_order = name == "<" || name == "<=" || name == ">" || name == ">=";
  if (!is_order || !is_number() || modifier != Modifier::kNone) {
    return {};
  }
  const std::optional<int64_t> number = to_number(constants.front());
  const bool is_upper = (name.front() == '<') == holds;
  // `not x < 5` is x >= 5.
  const bool is_inclusive = name.ends_with('=') == holds;
  if (is_upper) {
    const bool fits = number.has_value() && *number > std::numeric_limits<int64_t>::min();
    return fits ? Interval{std::nullopt, is_inclusive ? *number : *number - 1} : Interval{};
  }
  const int64_t low = number.value_or(kMaxInt);
  return {is_inclusive || low == kMaxInt ? low : low + 1, std::nullopt};
}

bool Atom::holds_for(const Value& value) const {
  if (is_exists()) {
    return true;
  }
  const size_t step = modifier == Modifier::kNone ? constants.size() : 1;
  const std::span<const TypedConstant> all(constants);
  for (size_t i = tests_.size() * step; i < all.size(); i += step) {
    std::string error;
    tests_.push_back(make_test(*op, *type, all.subspan(i, step), error));
  }
  const auto count =
      std::count_if(tests_.begin(), tests_.end(),
                    [&value](const std::unique_ptr<Test>& test) { return test->matches(value); });
  return modifier == Modifier::kOneOf   ? count == 1
         : modifier == Modifier::kAllOf ? count > 0 && count == std::ssize(tests_)
                                        : count > 0;
}

AtomTable::AtomTable(const FieldCatalog& fields, const EventCatalog& events)
    : checker_(fields, events), events_(events) {}

const Atom& AtomTable::add(uint32_t number, const Comparison& comparison) {
  atoms_.resize(std::max<size_t>(atoms_.size(), number + 1));
  std::unique_ptr<Atom>& atom = atoms_[number];
  if (atom == nullptr) {
    atom = std::make_unique<Atom>();
    const auto next = static_cast<uint32_t>(operands_.size());
    atom->operand = operands_.emplace(to_text(comparison.lhs), next).first->second;
    atom->op = find_operator(comparison.op);
    atom->modifier = comparison.modifier;
    atom->cheaper = cheaper_form(comparison);
    atom->events = events_.all();
    understand(*atom, comparison);
  }
  return *atom;
}

void AtomTable::understand(Atom& atom, const Comparison& comparison) {
  std::vector<Finding> findings;
  const OperandPtr lhs = checker_.operand(comparison.lhs, {findings, nullptr});
  if (lhs == nullptr) {
    return;
  }
  const FieldDef* field = lhs->field();
  const auto* ref = std::get_if<FieldRef>(&comparison.lhs.node);
  const bool is_parameter =
      field != nullptr && (field->name == "evt.arg" || field->name == "evt.rawarg");
  if (is_parameter && !ref->has_arg) {
    atom.events = events_with(events_, ref->name.substr(field->name.size() + 1));
  }
  atom.type = &type_def(lhs->type());
  // The type of evt.rawarg depends on the event. evt.num = 0 is how rules say "never".
  const bool is_single = !lhs->is_list() && (field == nullptr || field->shape == FieldShape::kOne);
  const bool is_special =
      field != nullptr && (field->name == "evt.rawarg" || field->name == "evt.num");
  const bool is_constant = !std::holds_alternative<Operand>(comparison.rhs.node);
  const bool is_short = count_constants(comparison.rhs) <= kMaxConstants;
  atom.text = cut_text(comparison, is_short);
  if (!is_single || is_special || !is_constant || !is_short || atom.type->type_class == kNetClass ||
      atom.type->type_class == kDoubleClass) {
    return;
  }
  if (field != nullptr) {
    atom.closed_values = field->values;
  }
  bool readable = true;
  for_each_constant(comparison.rhs, [&](const Constant& text) {
    std::string error;
    std::optional<TypedConstant> constant = atom.type->parse(*atom.type, text.text, error);
    readable = readable && constant.has_value();
    if (readable) {
      atom.constants.push_back(*std::move(constant));
    }
  });
  // A list may be empty because it is for others to fill.
  atom.is_understood = readable && (atom.is_exists() || !atom.constants.empty());
}

}  // namespace saker::lang
