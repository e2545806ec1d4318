// SPDX-License-Identifier: Apache-2.0
// Fingerprint: tells versions of a file apart. 64 bits (FNV-1a), which is no protection against
// somebody who wants two texts to have the same.
#ifndef SAKER_ENGINE_BASE_FINGERPRINT_H
#define SAKER_ENGINE_BASE_FINGERPRINT_H

#include <cstdint>
#include <string>
#include <string_view>

namespace saker {

class Fingerprint {
 public:
  // Where a text ends makes a difference.
  void add(std::string_view text) noexcept {
    for (const char c : text) {
      add_byte(static_cast<unsigned char>(c));
    }
    for (uint64_t size = text.size(), i = 0; i < sizeof(size); ++i, size >>= 8U) {
      add_byte(static_cast<unsigned char>(size));
    }
  }
  // 16 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string digits;
    for (unsigned shift = 64; shift != 0; shift -= 4) {
      digits += kDigits[state_ >> (shift - 4) & 0xfU];
    }
    return digits;
  }

 private:
  void add_byte(unsigned char byte) noexcept {
    state_ ^= byte;
    state_ *= 0x100000001b3U;
  }

  uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_FINGERPRINT_H
