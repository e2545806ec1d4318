// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/decisions.h"

#include <cstring>
#include <limits>

namespace saker::filter {

Decision decide_always(Verdict verdict) {
  return {EV_DIM_RESULT, verdict.may_hold ? ClassSet::all() : ClassSet::none(),
          verdict.may_fail ? ClassSet::all() : ClassSet::none()};
}

Decision decide_missing() { return decide_always({.may_hold = false, .may_fail = true}); }

Decision decide_inside(Axis axis, const ClassSet& inside, const KernelComparison& comparison) {
  const bool is_negation = comparison.checked.op->is_negation;
  const ClassSet outside = inside.complement();
  if (comparison.is_exact) {
    return is_negation ? Decision{axis, outside, inside} : Decision{axis, inside, outside};
  }
  return is_negation ? Decision{axis, ClassSet::all(), inside}
                     : Decision{axis, inside, ClassSet::all()};
}

std::optional<ev_dimension> dimension_at(const Call& call, const KernelComparison& comparison) {
  return call.hook != nullptr ? call.hook->dimension_of(comparison.name) : std::nullopt;
}

std::optional<std::string> number_key(const Value& value) {
  if (value.as_uint() > std::numeric_limits<uint32_t>::max()) {
    return std::nullopt;
  }
  const auto number = static_cast<uint32_t>(value.as_uint());
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

Value number_value(std::string_view key) {
  uint32_t number = 0;
  std::memcpy(&number, key.data(), sizeof(number));
  return Value::of_uint(number);
}

}  // namespace saker::filter
