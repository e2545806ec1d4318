// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/fact.h"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "engine/lang/checker.h"
#include "engine/lang/predicate.h"

namespace saker::lang {
namespace {

// What begins with less than this is nearly every value: all paths begin with a slash.
constexpr size_t kMinBytes = 2;
// A text of this many bytes is taken to be as rare as the beginning or end of a value as it is as a
// whole; each byte less makes it more common.
constexpr size_t kRareBytes = 8;
// Every ancestor of a process is another chance to have a key.
constexpr uint64_t kSeveralValues = 4;

// Events for which the comparison of evt.type, which is never missing, holds.
EventSet events_of(const CheckedComparison& checked, const EventCatalog& events) {
  EventSet found;
  for (size_t code = 0; code < events.size(); ++code) {
    const Value name = Value::of_text(events.def(static_cast<EventCode>(code)).name);
    found[code] =
        std::any_of(checked.tests.begin(), checked.tests.end(),
                    [&name](const std::unique_ptr<Test>& test) { return test->matches(name); });
  }
  return found;
}

bool has_keys(const CompiledOperand& operand) {
  const FieldDef* field = operand.field();
  const uint8_t type_class = type_def(operand.type()).type_class;
  return field != nullptr && !operand.is_list() && field->values.empty() &&
         (field->shape == FieldShape::kOne || field->shape == FieldShape::kAncestors ||
          field->shape == FieldShape::kEnds) &&
         (type_class == kTextClass || type_class == kIpClass);
}

uint64_t weight_of(Likeness likeness, std::string_view key) {
  return likeness == Likeness::kEqual || key.size() >= kRareBytes
             ? 1
             : uint64_t{1} << (2 * (kRareBytes - key.size()));
}

}  // namespace

Fact fact_of(const CheckedComparison& checked, const EventCatalog& events) {
  const CompiledOperand& lhs = *checked.lhs;
  if (checked.rhs != nullptr || checked.op->rhs == RhsKind::kNone) {
    return {};
  }
  if (lhs.field() != nullptr && lhs.field()->name == kEventTypeField &&
      checked.modifier == Modifier::kNone) {
    return events_of(checked, events);
  }
  if (checked.op->likeness == Likeness::kNone || !has_keys(lhs)) {
    return {};
  }
  KeyFact fact{checked.lhs_number, checked.op->likeness, {}, 0};
  for (const TypedConstant& constant : checked.constants) {
    KeyBuffer buffer;
    const std::optional<std::string_view> key = key_of(constant.value(), buffer);
    if (!key) {
      return {};
    }
    const auto part = checked.op->key;
    fact.keys.push_back(part != nullptr ? part(*key) : std::string(*key));
    fact.weight += weight_of(fact.likeness, fact.keys.back());
  }
  const bool is_common =
      std::any_of(fact.keys.begin(), fact.keys.end(), [&fact](const std::string& key) {
        return fact.likeness != Likeness::kEqual && key.size() < kMinBytes;
      });
  if (is_common) {
    return {};
  }
  fact.weight *= lhs.field()->shape == FieldShape::kOne ? 1 : kSeveralValues;
  return fact;
}

std::optional<std::string_view> key_of(const Value& value, KeyBuffer& buffer) noexcept {
  if (value.kind() == Value::Kind::kText) {
    return value.as_text();
  }
  if (value.kind() != Value::Kind::kIp) {
    return std::nullopt;
  }
  const IpAddress address = value.as_ip();
  std::copy(address.bytes.begin(), address.bytes.end(), buffer.begin());
  buffer.back() = address.is_v6 ? 1 : 0;
  return std::string_view(buffer.data(), buffer.size());
}

}  // namespace saker::lang
