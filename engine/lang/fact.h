// SPDX-License-Identifier: Apache-2.0
// Fact: what is known about a predicate before it is evaluated, for the index of conditions
// (condition_index.h).
//
// A KeyFact says: wherever the predicate holds, some value of its operand is to one of a few keys
// what the likeness says: equal, begins with it, lies below it. The reverse need not be so: the
// index only proposes.
#ifndef SAKER_ENGINE_LANG_FACT_H
#define SAKER_ENGINE_LANG_FACT_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/lang/operators.h"
#include "engine/value.h"

namespace saker::lang {

struct Comparison;
struct CheckedComparison;

struct KeyFact {
  uint32_t operand = 0;  // in Program::operands()
  Likeness likeness = Likeness::kNone;
  std::vector<std::string> keys;  // none: the predicate never holds
  uint64_t weight = 0;            // guess of how often a value has one of the keys; less is rarer
};

// Nothing; or the events for which exactly the predicate holds; or keys.
using Fact = std::variant<std::monostate, EventSet, KeyFact>;

[[nodiscard]] Fact fact_of(const CheckedComparison& checked, const EventCatalog& events);

// Room for the key of a value that is no text.
using KeyBuffer = std::array<char, 17>;
// What equal values have in common, as bytes; absent: a value of this kind has no key.
[[nodiscard]] std::optional<std::string_view> key_of(const Value& value,
                                                     KeyBuffer& buffer) noexcept;

// Room for the bits of an address.
using BitsBuffer = std::array<char, 129>;
// The first bits of an address, a byte each, behind one that tells IPv4 from IPv6: the address of a
// network in full begins with what its prefix gives.
[[nodiscard]] std::string_view bits_of(const IpAddress& address, size_t bits,
                                       BitsBuffer& buffer) noexcept;

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_FACT_H
