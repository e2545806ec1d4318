// SPDX-License-Identifier: Apache-2.0
// Texts of computed values. All memory is the event's Scratch; when it is full the text is empty
// and the overflow is counted there. Private to the fields_*.cpp files.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_TEXT_H
#define SAKER_ENGINE_FIELDS_FIELDS_TEXT_H

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "engine/scratch.h"
#include "engine/value.h"

namespace saker {

// The literal that stands for "unknown" where the reference gives a text instead of no value.
inline constexpr std::string_view kNotAvailable = "<NA>";

std::string_view concat(Scratch& scratch, std::span<const std::string_view> pieces) noexcept;
inline std::string_view concat(Scratch& scratch,
                               std::initializer_list<std::string_view> pieces) noexcept {
  return concat(scratch, std::span(pieces.begin(), pieces.size()));
}

std::string_view decimal_text(Scratch& scratch, uint64_t number) noexcept;
std::string_view signed_text(Scratch& scratch, int64_t number) noexcept;
// Without a prefix.
std::string_view hex_text(Scratch& scratch, uint64_t number) noexcept;
std::string_view upper_hex_text(Scratch& scratch, uint64_t number) noexcept;
std::string_view octal_text(Scratch& scratch, uint64_t number) noexcept;
// At least nine digits, as of nanoseconds behind a point.
std::string_view padded_text(Scratch& scratch, uint64_t number) noexcept;
// inet_ntop(3) form, IPv6 without brackets.
std::string_view ip_text(Scratch& scratch, const IpAddress& ip) noexcept;
// "ENOENT" for -2, the result of a call; empty when it is no error or has no name.
std::string_view error_text(int64_t result) noexcept;
// Bytes with '.' for each that is not printable ASCII.
std::string_view printable_text(Scratch& scratch, std::string_view bytes) noexcept;
// The text with `to` for each `from`.
std::string_view replaced_text(Scratch& scratch, std::string_view text, char from,
                               char to) noexcept;

// Collects the pieces of a text and joins them once. Bounded: pieces beyond kPieces are left out.
class PieceList {
 public:
  static constexpr size_t kPieces = 512;

  void add(std::string_view piece) noexcept {
    if (count_ < kPieces) {
      pieces_[count_++] = piece;
    }
  }
  // A piece that is separated from the one before it, if any.
  void add_item(std::string_view separator, std::string_view item) noexcept {
    if (count_ > 0) {
      add(separator);
    }
    add(item);
  }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::string_view join(Scratch& scratch) const noexcept {
    return concat(scratch, std::span(pieces_, count_));
  }

 private:
  std::string_view pieces_[kPieces];
  size_t count_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_TEXT_H
