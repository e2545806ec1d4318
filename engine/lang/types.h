// SPDX-License-Identifier: Apache-2.0
// TypeDef: one row per FieldType: its name, what kind of comparison it takes, how a constant of
// that type is written.
#ifndef SAKER_ENGINE_LANG_TYPES_H
#define SAKER_ENGINE_LANG_TYPES_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/value.h"

namespace saker::lang {

// Types that compare alike. Bits, so that an operator can name those it accepts.
enum TypeClass : uint8_t {
  kSignedClass = 0x1,
  kUnsignedClass = 0x2,
  kDoubleClass = 0x4,
  kBoolClass = 0x8,
  kTextClass = 0x10,
  kBytesClass = 0x20,
  kIpClass = 0x40,
  kNetClass = 0x80,
};
inline constexpr uint8_t kOpaqueClass = 0;  // `exists` only
inline constexpr uint8_t kOrderedClasses = kSignedClass | kUnsignedClass | kDoubleClass;
inline constexpr uint8_t kComparableClasses =
    kOrderedClasses | kBoolClass | kTextClass | kBytesClass | kIpClass | kNetClass;

// Longer text constants are refused.
inline constexpr size_t kMaxTextConstant = 255;

// A constant in the form in which it is compared; owns the text a Value would borrow.
struct TypedConstant {
  std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, IpAddress> data;
  uint8_t prefix_bits = 0;  // of an address prefix

  // Borrows from this object.
  [[nodiscard]] Value value() const noexcept;
};

struct TypeDef {
  FieldType type;
  std::string_view name;  // that of the compatibility reference, without PT_
  uint8_t type_class;
  uint8_t bits;  // width of an integer
  // Reads a constant; on failure absent and `error` says why.
  std::optional<TypedConstant> (*parse)(const TypeDef& def, std::string_view text,
                                        std::string& error);
};

[[nodiscard]] std::span<const TypeDef> types() noexcept;
[[nodiscard]] const TypeDef& type_def(FieldType type) noexcept;
[[nodiscard]] std::optional<FieldType> find_type(std::string_view name) noexcept;

// An address without prefix, "10.0.0.1" or "::1"; absent when malformed.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text) noexcept;
[[nodiscard]] bool is_in_network(const IpAddress& address, const IpAddress& network,
                                 uint8_t prefix_bits) noexcept;

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_TYPES_H
