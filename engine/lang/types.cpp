// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/types.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "engine/base/check.h"

namespace saker::lang {
namespace {

// Decimal digits with an optional sign, the whole text; absent: not a number of 64 bits.
struct Integer {
  uint64_t magnitude = 0;
  bool negative = false;
};
std::optional<Integer> parse_integer(std::string_view text) noexcept {
  Integer result;
  if (text.starts_with('-') || text.starts_with('+')) {
    result.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), result.magnitude);
  if (text.empty() || status != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return result;
}

std::string not_a(std::string_view what, std::string_view text) {
  return "'" + std::string(text) + "' is not " + std::string(what);
}

std::optional<TypedConstant> parse_signed(const TypeDef&, std::string_view text,
                                          std::string& error) {
  const std::optional<Integer> number = parse_integer(text);
  const uint64_t limit = uint64_t{INT64_MAX} + (number && number->negative ? 1 : 0);
  if (!number || number->magnitude > limit) {
    error = not_a("a decimal number of 64 bits", text);
    return std::nullopt;
  }
  const uint64_t bits = number->negative ? 0 - number->magnitude : number->magnitude;
  return TypedConstant{static_cast<int64_t>(bits), 0};
}

// A negative number wraps at the width of the type, so that -1 is the largest value.
std::optional<TypedConstant> parse_unsigned(const TypeDef& def, std::string_view text,
                                            std::string& error) {
  const std::optional<Integer> number = parse_integer(text);
  if (!number) {
    error = not_a("a decimal number of 64 bits", text);
    return std::nullopt;
  }
  if (!number->negative) {
    return TypedConstant{number->magnitude, 0};
  }
  const uint64_t mask = def.bits == 64 ? UINT64_MAX : (uint64_t{1} << def.bits) - 1;
  return TypedConstant{(0 - number->magnitude) & mask, 0};
}

std::optional<TypedConstant> parse_port(const TypeDef& def, std::string_view text,
                                        std::string& error) {
  if (parse_integer(text)) {
    return parse_unsigned(def, text, error);
  }
  const std::string name(text);
  servent entry{};
  servent* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getservbyname_r(name.c_str(), nullptr, &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    error = not_a("a port number or the name of a service", text);
    return std::nullopt;
  }
  return TypedConstant{uint64_t{ntohs(static_cast<uint16_t>(found->s_port))}, 0};
}

std::optional<TypedConstant> parse_double(const TypeDef&, std::string_view text,
                                          std::string& error) {
  const std::optional<Integer> number = parse_integer(text);
  if (!number) {
    error = not_a("a whole decimal number", text);
    return std::nullopt;
  }
  const auto magnitude = static_cast<double>(number->magnitude);
  return TypedConstant{number->negative ? -magnitude : magnitude, 0};
}

std::optional<TypedConstant> parse_bool(const TypeDef&, std::string_view text, std::string& error) {
  if (text != "true" && text != "false") {
    error = not_a("'true' or 'false'", text);
    return std::nullopt;
  }
  return TypedConstant{text == "true", 0};
}

std::optional<TypedConstant> parse_bytes(const TypeDef&, std::string_view text,
                                         std::string& error) {
  if (text.size() > kMaxTextConstant) {
    error = "the constant has " + std::to_string(text.size()) + " bytes, at most " +
            std::to_string(kMaxTextConstant) + " are allowed";
    return std::nullopt;
  }
  return TypedConstant{std::string(text), 0};
}

std::optional<TypedConstant> parse_text(const TypeDef& def, std::string_view text,
                                        std::string& error) {
  if (text.find('\0') != std::string_view::npos) {
    error = "a text cannot contain a NUL byte";
    return std::nullopt;
  }
  return parse_bytes(def, text, error);
}

std::optional<TypedConstant> parse_address(const TypeDef&, std::string_view text,
                                           std::string& error) {
  const std::optional<IpAddress> ip = parse_ip(text);
  if (!ip) {
    error = not_a("an IPv4 or IPv6 address", text);
    return std::nullopt;
  }
  return TypedConstant{*ip, 0};
}

std::optional<TypedConstant> parse_network(const TypeDef&, std::string_view text,
                                           std::string& error) {
  const size_t slash = text.find('/');
  const std::optional<IpAddress> ip = parse_ip(text.substr(0, slash));
  const std::optional<Integer> prefix =
      slash == std::string_view::npos ? std::nullopt : parse_integer(text.substr(slash + 1));
  const bool ok = ip && prefix && !prefix->negative &&
                  prefix->magnitude <= (ip->is_v6 ? 128 : 32) &&
                  (!ip->is_v6 || prefix->magnitude > 0);
  if (!ok) {
    error = not_a("a network, written ADDRESS/PREFIX", text);
    return std::nullopt;
  }
  return TypedConstant{*ip, static_cast<uint8_t>(prefix->magnitude)};
}

std::optional<TypedConstant> parse_nothing(const TypeDef& def, std::string_view,
                                           std::string& error) {
  error = "values of type " + std::string(def.name) + " cannot be compared";
  return std::nullopt;
}

constexpr TypeDef kTypes[] = {
    {FieldType::kInt8, "INT8", kSignedClass, 8, parse_signed},
    {FieldType::kInt16, "INT16", kSignedClass, 16, parse_signed},
    {FieldType::kInt32, "INT32", kSignedClass, 32, parse_signed},
    {FieldType::kInt64, "INT64", kSignedClass, 64, parse_signed},
    {FieldType::kUint8, "UINT8", kUnsignedClass, 8, parse_unsigned},
    {FieldType::kUint16, "UINT16", kUnsignedClass, 16, parse_unsigned},
    {FieldType::kUint32, "UINT32", kUnsignedClass, 32, parse_unsigned},
    {FieldType::kUint64, "UINT64", kUnsignedClass, 64, parse_unsigned},
    {FieldType::kErrno, "ERRNO", kSignedClass, 64, parse_signed},
    {FieldType::kFd, "FD", kSignedClass, 64, parse_signed},
    {FieldType::kPid, "PID", kSignedClass, 64, parse_signed},
    {FieldType::kSyscallId, "SYSCALLID", kUnsignedClass, 16, parse_unsigned},
    {FieldType::kSigType, "SIGTYPE", kUnsignedClass, 8, parse_unsigned},
    {FieldType::kRelTime, "RELTIME", kUnsignedClass, 64, parse_unsigned},
    {FieldType::kAbsTime, "ABSTIME", kUnsignedClass, 64, parse_unsigned},
    {FieldType::kPort, "PORT", kUnsignedClass, 16, parse_port},
    {FieldType::kFlags8, "FLAGS8", kUnsignedClass, 8, parse_unsigned},
    {FieldType::kFlags16, "FLAGS16", kUnsignedClass, 16, parse_unsigned},
    {FieldType::kFlags32, "FLAGS32", kUnsignedClass, 32, parse_unsigned},
    {FieldType::kEnumFlags8, "ENUMFLAGS8", kUnsignedClass, 8, parse_unsigned},
    {FieldType::kEnumFlags16, "ENUMFLAGS16", kUnsignedClass, 16, parse_unsigned},
    {FieldType::kEnumFlags32, "ENUMFLAGS32", kUnsignedClass, 32, parse_unsigned},
    {FieldType::kMode, "MODE", kUnsignedClass, 32, parse_unsigned},
    {FieldType::kUid, "UID", kOpaqueClass, 0, parse_nothing},
    {FieldType::kGid, "GID", kOpaqueClass, 0, parse_nothing},
    {FieldType::kBool, "BOOL", kBoolClass, 0, parse_bool},
    {FieldType::kDouble, "DOUBLE", kDoubleClass, 0, parse_double},
    {FieldType::kCharBuf, "CHARBUF", kTextClass, 0, parse_text},
    {FieldType::kFsPath, "FSPATH", kTextClass, 0, parse_text},
    {FieldType::kFsRelPath, "FSRELPATH", kTextClass, 0, parse_text},
    {FieldType::kByteBuf, "BYTEBUF", kBytesClass, 0, parse_bytes},
    {FieldType::kIpAddr, "IPADDR", kIpClass, 0, parse_address},
    {FieldType::kIpNet, "IPNET", kNetClass, 0, parse_network},
    {FieldType::kSockAddr, "SOCKADDR", kOpaqueClass, 0, parse_nothing},
    {FieldType::kSockTuple, "SOCKTUPLE", kOpaqueClass, 0, parse_nothing},
    {FieldType::kSockFamily, "SOCKFAMILY", kOpaqueClass, 0, parse_nothing},
    {FieldType::kL4Proto, "L4PROTO", kOpaqueClass, 0, parse_nothing},
    {FieldType::kFdList, "FDLIST", kOpaqueClass, 0, parse_nothing},
    {FieldType::kSigSet, "SIGSET", kOpaqueClass, 0, parse_nothing},
    {FieldType::kDyn, "DYN", kOpaqueClass, 0, parse_nothing},
};

}  // namespace

Value TypedConstant::value() const noexcept {
  struct ToValue {
    Value operator()(std::monostate) const noexcept { return Value::missing(); }
    Value operator()(bool v) const noexcept { return Value::of_bool(v); }
    Value operator()(int64_t v) const noexcept { return Value::of_int(v); }
    Value operator()(uint64_t v) const noexcept { return Value::of_uint(v); }
    Value operator()(double v) const noexcept { return Value::of_double(v); }
    Value operator()(const std::string& v) const noexcept { return Value::of_text(v); }
    Value operator()(const IpAddress& v) const noexcept { return Value::of_ip(v); }
  };
  return std::visit(ToValue{}, data);
}

std::span<const TypeDef> types() noexcept { return kTypes; }

const TypeDef& type_def(FieldType type) noexcept {
  const TypeDef& def = kTypes[static_cast<size_t>(type)];
  SAKER_CHECK(def.type == type);
  return def;
}

std::optional<FieldType> find_type(std::string_view name) noexcept {
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [name](const TypeDef& def) { return def.name == name; });
  return row != std::end(kTypes) ? std::optional<FieldType>(row->type) : std::nullopt;
}

std::optional<IpAddress> parse_ip(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::memcpy(buffer.data(), text.data(), text.size());
  IpAddress ip;
  if (inet_pton(AF_INET, buffer.data(), ip.bytes.data()) == 1) {
    return ip;
  }
  if (inet_pton(AF_INET6, buffer.data(), ip.bytes.data()) != 1) {
    return std::nullopt;
  }
  ip.is_v6 = true;
  constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), ip.bytes.begin())) {
    std::copy_n(ip.bytes.begin() + 12, 4, ip.bytes.begin());
    std::fill(ip.bytes.begin() + 4, ip.bytes.end(), uint8_t{0});
    ip.is_v6 = false;
  }
  return ip;
}

bool is_in_network(const IpAddress& address, const IpAddress& network,
                   uint8_t prefix_bits) noexcept {
  if (address.is_v6 != network.is_v6) {
    return false;
  }
  const size_t whole = prefix_bits / 8;
  if (std::memcmp(address.bytes.data(), network.bytes.data(), whole) != 0) {
    return false;
  }
  const unsigned rest = prefix_bits % 8;
  const auto differ =
      static_cast<unsigned>(whole < 16 ? address.bytes[whole] ^ network.bytes[whole] : 0);
  return rest == 0 || (differ >> (8 - rest)) == 0;
}

}  // namespace saker::lang
