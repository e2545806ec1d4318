// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/satisfiable.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace saker::lang {
namespace {

// Ranges of at most this many numbers are tried one by one.
constexpr uint64_t kMaxRange = 256;
// More comparisons of one operand than that are taken to fit together.
constexpr size_t kMaxLiterals = 200;

std::string_view name_of(const Literal& literal) { return literal.atom->op->name; }

bool fits_all(const Value& value, std::span<const Literal> literals) {
  return std::all_of(literals.begin(), literals.end(), [&value](const Literal& literal) {
    return literal.atom->holds_for(value) == literal.holds;
  });
}

void narrow(Interval& all, const Interval& part) {
  if (part.low.has_value()) {
    all.low = std::max(all.low.value_or(*part.low), *part.low);
  }
  if (part.high.has_value()) {
    all.high = std::min(all.high.value_or(*part.high), *part.high);
  }
}

bool is_inside(const Value& value, const Interval& interval) {
  if (value.kind() == Value::Kind::kUint && value.as_uint() > uint64_t{INT64_MAX}) {
    return !interval.high.has_value();
  }
  return value.as_int() >= interval.low.value_or(INT64_MIN) &&
         value.as_int() <= interval.high.value_or(INT64_MAX);
}

Value number(const TypeDef& type, int64_t value) {
  return type.type_class == kSignedClass ? Value::of_int(value)
                                         : Value::of_uint(static_cast<uint64_t>(value));
}

// The constants of the literal that leaves fewest; null: none limits the value to its constants.
const Literal* fewest_constants(std::span<const Literal> literals) {
  const Literal* best = nullptr;
  for (const Literal& literal : literals) {
    const bool is_limit =
        literal.holds ? literal.atom->is_equality()
                      : name_of(literal) == "!=" && literal.atom->modifier == Modifier::kNone;
    if (is_limit &&
        (best == nullptr || literal.atom->constants.size() < best->atom->constants.size())) {
      best = &literal;
    }
  }
  return best;
}

bool is_possible(const Value& value, std::span<const std::string_view> closed_values) {
  return closed_values.empty() || std::find(closed_values.begin(), closed_values.end(),
                                            value.as_text()) != closed_values.end();
}

// Absent: there is no short list of them.
std::optional<std::vector<Value>> candidates(std::span<const Literal> literals,
                                             const Interval& range) {
  const Atom& any = *literals.front().atom;
  std::vector<Value> values;
  if (const Literal* limit = fewest_constants(literals)) {
    for (const TypedConstant& constant : limit->atom->constants) {
      const Value value = constant.value();
      if (any.is_number() ? is_inside(value, range) : is_possible(value, any.closed_values)) {
        values.push_back(value);
      }
    }
    return values;
  }
  if (any.type->type_class == kBoolClass) {
    return std::vector<Value>{Value::of_bool(false), Value::of_bool(true)};
  }
  if (!any.closed_values.empty()) {
    for (const std::string_view text : any.closed_values) {
      values.push_back(Value::of_text(text));
    }
    return values;
  }
  if (!any.is_number() || !range.low.has_value() || !range.high.has_value()) {
    return std::nullopt;
  }
  const uint64_t size = static_cast<uint64_t>(*range.high) - static_cast<uint64_t>(*range.low) + 1;
  if (size == 0 || size > kMaxRange) {
    return std::nullopt;
  }
  for (uint64_t i = 0; i < size; ++i) {
    values.push_back(number(*any.type, *range.low + static_cast<int64_t>(i)));
  }
  return values;
}

bool is_either_prefix(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}

bool is_either_suffix(std::string_view a, std::string_view b) {
  return a.ends_with(b) || b.ends_with(a);
}

// Two texts that the same value cannot begin with, or end with.
bool conflict(const Literal& a, const Literal& b) {
  if (!a.holds || !b.holds || name_of(a) != name_of(b)) {
    return false;
  }
  return (name_of(a) == "startswith" &&
          !is_either_prefix(a.atom->text_of("startswith"), b.atom->text_of("startswith"))) ||
         (name_of(a) == "endswith" &&
          !is_either_suffix(a.atom->text_of("endswith"), b.atom->text_of("endswith")));
}

// `a` holds only for texts that `b` holds for.
bool text_implies(const Atom& a, const Atom& b) {
  for (const std::string_view name : {"startswith", "endswith", "contains"}) {
    const std::string_view text = a.text_of(name);
    const bool at_start = name == "startswith";
    const bool at_end = name == "endswith";
    const std::string_view start = b.text_of("startswith");
    const std::string_view end = b.text_of("endswith");
    const std::string_view part = b.text_of("contains");
    if (!text.empty() && ((at_start && !start.empty() && text.starts_with(start)) ||
                          (at_end && !end.empty() && text.ends_with(end)) ||
                          (!part.empty() && text.find(part) != std::string_view::npos))) {
      return true;
    }
  }
  return false;
}

bool is_within(const Interval& part, const Interval& all) {
  return (all.low.has_value() || all.high.has_value()) &&
         (!all.low.has_value() || (part.low.has_value() && *part.low >= *all.low)) &&
         (!all.high.has_value() || (part.high.has_value() && *part.high <= *all.high));
}

// Both are single values present: `a` holding means that `b` holds.
bool atom_implies(const Atom& a, const Atom& b) {
  if (b.is_exists()) {
    return true;
  }
  if (a.is_equality()) {
    return !a.constants.empty() &&
           std::all_of(a.constants.begin(), a.constants.end(), [&b](const TypedConstant& constant) {
             return b.holds_for(constant.value());
           });
  }
  return text_implies(a, b) || (a.is_number() && is_within(a.range(true), b.range(true)));
}

bool is_pair_satisfiable(const Literal& a, const Literal& b) {
  return !conflict(a, b) && !(a.holds && !b.holds && atom_implies(*a.atom, *b.atom)) &&
         !(b.holds && !a.holds && atom_implies(*b.atom, *a.atom));
}

}  // namespace

bool is_satisfiable(std::span<const Literal> literals, Presence presence) {
  if (literals.size() > kMaxLiterals) {
    return true;
  }
  std::vector<Literal> understood;
  bool is_present = presence == Presence::kRequired;
  for (size_t i = 0; i < literals.size(); ++i) {
    const Literal& literal = literals[i];
    is_present = is_present || literal.holds;
    for (const Literal& other : literals.first(i)) {
      if (other.atom == literal.atom && other.holds != literal.holds) {
        return false;
      }
    }
    if (literal.atom->is_understood) {
      understood.push_back(literal);
    }
  }
  if (!is_present || understood.empty()) {
    return true;
  }
  Interval range = understood.front().atom->type_range();
  for (const Literal& literal : understood) {
    narrow(range, literal.atom->range(literal.holds));
  }
  if (range.low.has_value() && range.high.has_value() && *range.low > *range.high) {
    return false;
  }
  if (const auto values = candidates(understood, range)) {
    return std::any_of(values->begin(), values->end(),
                       [&understood](const Value& value) { return fits_all(value, understood); });
  }
  for (size_t i = 0; i < understood.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!is_pair_satisfiable(understood[j], understood[i])) {
        return false;
      }
    }
  }
  return true;
}

bool implies(const Literal& a, const Literal& b) {
  if (a.atom == b.atom) {
    return a.holds == b.holds;
  }
  if (!a.atom->is_understood || !b.atom->is_understood || a.holds != b.holds) {
    return false;
  }
  // `not x = a` follows from `not x in (a, b)`, because the comparisons follow the other way round.
  return a.holds ? atom_implies(*a.atom, *b.atom) : atom_implies(*b.atom, *a.atom);
}

}  // namespace saker::lang
