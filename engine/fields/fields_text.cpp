// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/event_catalog.h"

namespace saker {
namespace {

// The longest number: 64 binary digits would do, octal needs 22.
constexpr size_t kNumberSize = 24;

template <typename Number>
std::string_view number_text(Scratch& scratch, Number number, int base) noexcept {
  char digits[kNumberSize];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number, base).ptr;
  return scratch.store({digits, static_cast<size_t>(end - digits)});
}

}  // namespace

std::string_view concat(Scratch& scratch, std::span<const std::string_view> pieces) noexcept {
  size_t size = 0;
  for (const std::string_view piece : pieces) {
    size += piece.size();
  }
  const std::span<char> text = scratch.allocate<char>(size);
  if (text.empty()) {
    return {};
  }
  char* out = text.data();
  for (const std::string_view piece : pieces) {
    out = std::copy(piece.begin(), piece.end(), out);
  }
  return {text.data(), text.size()};
}

std::string_view decimal_text(Scratch& scratch, uint64_t number) noexcept {
  return number_text(scratch, number, 10);
}

std::string_view signed_text(Scratch& scratch, int64_t number) noexcept {
  return number_text(scratch, number, 10);
}

std::string_view hex_text(Scratch& scratch, uint64_t number) noexcept {
  return number_text(scratch, number, 16);
}

std::string_view upper_hex_text(Scratch& scratch, uint64_t number) noexcept {
  char digits[kNumberSize];
  char* const end = std::to_chars(digits, digits + sizeof(digits), number, 16).ptr;
  std::transform(digits, end, digits,
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return scratch.store({digits, static_cast<size_t>(end - digits)});
}

std::string_view octal_text(Scratch& scratch, uint64_t number) noexcept {
  return number_text(scratch, number, 8);
}

std::string_view padded_text(Scratch& scratch, uint64_t number) noexcept {
  constexpr std::string_view kZeros = "000000000";
  const std::string_view digits = number_text(scratch, number, 10);
  return digits.size() < kZeros.size() ? concat(scratch, {kZeros.substr(digits.size()), digits})
                                       : digits;
}

std::string_view ip_text(Scratch& scratch, const IpAddress& ip) noexcept {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(ip.is_v6 ? AF_INET6 : AF_INET, ip.bytes.data(), text, sizeof(text));
  return scratch.store(text);
}

std::string_view error_text(int64_t result) noexcept {
  constexpr int64_t kLowest = -4095;  // MAX_ERRNO of the kernel
  return result < 0 && result >= kLowest ? errno_name(-result) : std::string_view();
}

std::string_view printable_text(Scratch& scratch, std::string_view bytes) noexcept {
  const std::span<char> text = scratch.allocate<char>(bytes.size());
  if (text.empty()) {
    return {};
  }
  std::transform(bytes.begin(), bytes.end(), text.begin(),
                 [](char c) { return c >= ' ' && c <= '~' ? c : '.'; });
  return {text.data(), text.size()};
}

std::string_view replaced_text(Scratch& scratch, std::string_view text, char from,
                               char to) noexcept {
  const std::span<char> copy = scratch.allocate<char>(text.size());
  if (copy.empty()) {
    return {};
  }
  std::replace_copy(text.begin(), text.end(), copy.begin(), from, to);
  return {copy.data(), copy.size()};
}

}  // namespace saker
