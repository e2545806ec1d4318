// SPDX-License-Identifier: Apache-2.0
// Value: what a field holds for one event. A small view; copying it copies no text.
//
// Ownership: text, bytes and lists are borrowed from the event, from process state or from the
//            event's Scratch; a Value is valid until the next event is decoded.
#ifndef SAKER_ENGINE_VALUE_H
#define SAKER_ENGINE_VALUE_H

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace saker {

// IPv4 addresses use the first four bytes. IPv4-mapped IPv6 addresses are stored as IPv4.
struct IpAddress {
  std::array<uint8_t, 16> bytes{};
  bool is_v6 = false;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// Types of fields and event parameters, by the names of the compatibility reference (PT_*).
enum class FieldType : uint8_t {
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kErrno,
  kFd,
  kPid,
  kSyscallId,
  kSigType,
  kRelTime,
  kAbsTime,
  kPort,
  kFlags8,
  kFlags16,
  kFlags32,
  kEnumFlags8,
  kEnumFlags16,
  kEnumFlags32,
  kMode,
  kUid,
  kGid,
  kBool,
  kDouble,
  kCharBuf,
  kFsPath,
  kFsRelPath,
  kByteBuf,
  kIpAddr,
  kIpNet,
  kSockAddr,
  kSockTuple,
  kSockFamily,
  kL4Proto,
  kFdList,
  kSigSet,
  kDyn,
};

class Value {
 public:
  enum class Kind : uint8_t { kMissing, kBool, kInt, kUint, kDouble, kText, kIp, kList };

  constexpr Value() noexcept = default;  // missing

  static Value missing() noexcept { return {}; }
  static Value of_bool(bool v) noexcept {
    Value x(Kind::kBool);
    x.u_.uint = v ? 1 : 0;
    return x;
  }
  static Value of_int(int64_t v) noexcept {
    Value x(Kind::kInt);
    x.u_.sint = v;
    return x;
  }
  static Value of_uint(uint64_t v) noexcept {
    Value x(Kind::kUint);
    x.u_.uint = v;
    return x;
  }
  static Value of_double(double v) noexcept {
    Value x(Kind::kDouble);
    x.u_.real = v;
    return x;
  }
  // Text and bytes; an empty view is a present, empty value.
  static Value of_text(std::string_view v) noexcept {
    Value x(Kind::kText);
    x.u_.view = {v.data(), v.size()};
    return x;
  }
  static Value of_ip(const IpAddress& v) noexcept {
    Value x(Kind::kIp);
    std::memcpy(x.u_.ip, v.bytes.data(), sizeof(x.u_.ip));
    x.is_v6_ = v.is_v6;
    return x;
  }
  static Value of_list(std::span<const Value> v) noexcept {
    Value x(Kind::kList);
    x.u_.view = {v.data(), v.size()};
    return x;
  }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] bool is_missing() const noexcept { return kind_ == Kind::kMissing; }
  // Requires of each: kind() is the one named.
  [[nodiscard]] bool as_bool() const noexcept { return u_.uint != 0; }
  [[nodiscard]] int64_t as_int() const noexcept { return u_.sint; }
  [[nodiscard]] uint64_t as_uint() const noexcept { return u_.uint; }
  [[nodiscard]] double as_double() const noexcept { return u_.real; }
  [[nodiscard]] std::string_view as_text() const noexcept {
    return {static_cast<const char*>(u_.view.data), u_.view.size};
  }
  [[nodiscard]] IpAddress as_ip() const noexcept {
    IpAddress ip;
    std::memcpy(ip.bytes.data(), u_.ip, sizeof(u_.ip));
    ip.is_v6 = is_v6_;
    return ip;
  }
  [[nodiscard]] std::span<const Value> as_list() const noexcept {
    return {static_cast<const Value*>(u_.view.data), u_.view.size};
  }

 private:
  struct View {
    const void* data;
    size_t size;
  };
  explicit Value(Kind kind) noexcept : kind_(kind) {}

  union {
    uint64_t uint = 0;
    int64_t sint;
    double real;
    View view;
    uint8_t ip[16];
  } u_;
  Kind kind_ = Kind::kMissing;
  bool is_v6_ = false;
};
static_assert(sizeof(Value) == 24);

}  // namespace saker

#endif  // SAKER_ENGINE_VALUE_H
