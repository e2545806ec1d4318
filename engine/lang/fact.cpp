// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/fact.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "engine/lang/checker.h"
#include "engine/lang/predicate.h"
#include "engine/lang/substring_table.h"

namespace saker::lang {
namespace {

// What begins with less than this is nearly every value: all paths begin with a slash.
constexpr size_t kMinBytes = 2;
// A text of this many bytes is taken to be as rare as the beginning or end of a value as it is as a
// whole; each byte less makes it more common.
constexpr size_t kRareBytes = 8;
// Numbers up to this, of either sign, are exit codes, descriptors and users of nearly every event.
constexpr uint64_t kFewNumbers = 2;
// What a text contains is as rare as what it begins with, but takes longer to find.
constexpr uint64_t kContainsWeight = 16;
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
         (type_class & (kTextClass | kIpClass | kNetClass | kSignedClass | kUnsignedClass)) != 0;
}

Likeness likeness_of(const CheckedComparison& checked) {
  return type_def(checked.lhs->type()).type_class == kNetClass &&
                 checked.op->likeness == Likeness::kEqual
             ? Likeness::kInside
             : checked.op->likeness;
}

// Empty: none, or one that nearly every value is like.
std::vector<std::string> keys_of(const CheckedComparison& checked, const TypedConstant& constant) {
  const Likeness likeness = likeness_of(checked);
  const Value value = constant.value();
  if (likeness == Likeness::kInside) {
    BitsBuffer buffer;
    const std::string_view bits = bits_of(value.as_ip(), constant.prefix_bits, buffer);
    return bits.size() >= kMinBytes ? std::vector<std::string>{std::string(bits)}
                                    : std::vector<std::string>();
  }
  if (value.kind() == Value::Kind::kText && checked.op->keys != nullptr) {
    return checked.op->keys(value.as_text());
  }
  if ((value.kind() == Value::Kind::kInt || value.kind() == Value::Kind::kUint) &&
      value.as_uint() + kFewNumbers <= 2 * kFewNumbers) {
    return {};
  }
  KeyBuffer buffer;
  const std::optional<std::string_view> key = key_of(value, buffer);
  return key ? std::vector<std::string>{std::string(*key)} : std::vector<std::string>();
}

bool is_rare_enough(Likeness likeness, std::string_view key) {
  return likeness == Likeness::kEqual ||
         key.size() >= (likeness == Likeness::kContains ? SubstringTable::kMinBytes : kMinBytes);
}

uint64_t weight_of(Likeness likeness, std::string_view key) {
  return likeness == Likeness::kContains ? kContainsWeight
         : likeness == Likeness::kEqual || key.size() >= kRareBytes
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
  KeyFact fact{checked.lhs_number, likeness_of(checked), {}, 0};
  for (const TypedConstant& constant : checked.constants) {
    std::vector<std::string> keys = keys_of(checked, constant);
    if (keys.empty()) {
      return {};
    }
    for (std::string& key : keys) {
      if (!is_rare_enough(fact.likeness, key)) {
        return {};
      }
      fact.weight += weight_of(fact.likeness, key);
      fact.keys.push_back(std::move(key));
    }
  }
  fact.weight *= lhs.field()->shape == FieldShape::kOne ? 1 : kSeveralValues;
  return fact;
}

std::optional<std::string_view> key_of(const Value& value, KeyBuffer& buffer) noexcept {
  switch (value.kind()) {
    case Value::Kind::kText:
      return value.as_text();
    case Value::Kind::kIp: {
      const IpAddress address = value.as_ip();
      std::copy(address.bytes.begin(), address.bytes.end(), buffer.begin());
      buffer.back() = address.is_v6 ? 1 : 0;
      return std::string_view(buffer.data(), buffer.size());
    }
    case Value::Kind::kBool:
    case Value::Kind::kInt:
    case Value::Kind::kUint: {
      // -1 and the greatest of the unsigned numbers have the same bytes.
      const uint64_t number = value.as_uint();
      std::memcpy(buffer.data(), &number, sizeof(number));
      buffer[sizeof(number)] = value.kind() == Value::Kind::kInt && value.as_int() < 0 ? 1 : 0;
      return std::string_view(buffer.data(), sizeof(number) + 1);
    }
    default:
      return std::nullopt;
  }
}

std::string_view bits_of(const IpAddress& address, size_t bits, BitsBuffer& buffer) noexcept {
  buffer[0] = address.is_v6 ? '6' : '4';
  for (size_t i = 0; i < bits; ++i) {
    buffer[i + 1] = (address.bytes[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  }
  return {buffer.data(), bits + 1};
}

}  // namespace saker::lang
