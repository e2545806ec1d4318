// SPDX-License-Identifier: Apache-2.0
// Strings: UTF-8 and escaping, for texts that come from files and from hostile processes.
#ifndef SAKER_ENGINE_BASE_STRINGS_H
#define SAKER_ENGINE_BASE_STRINGS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace saker {

struct CodePoint {
  char32_t value = 0;
  uint32_t length = 0;  // in bytes; 0: the text does not start with valid UTF-8
};
// The first code point of `text`. Surrogates, overlong forms and values above 10FFFF are invalid.
[[nodiscard]] CodePoint decode_utf8(std::string_view text) noexcept;
void append_utf8(std::string& out, char32_t code_point);

// Offset of the first byte that is not UTF-8; npos: all of the text is.
[[nodiscard]] size_t find_invalid_utf8(std::string_view text) noexcept;

// Control characters, also those that change the direction of text on a terminal.
[[nodiscard]] bool is_control(char32_t code_point) noexcept;

// Appends `text` for a person to read: control characters and bytes that are not UTF-8 become '?',
// a tab becomes a blank.
void append_printable(std::string& out, std::string_view text);

// Appends `text` as one line of UTF-8: control characters as JSON escapes (\n, \u001b), bytes that
// are not UTF-8 as U+FFFD. Quotes and backslashes stay as they are.
void append_escaped(std::string& out, std::string_view text);

// Whether `text` is as the pattern says: `*` stands for any text, everything else for itself.
[[nodiscard]] bool matches_wildcard(std::string_view text, std::string_view pattern) noexcept;

// Appends the base64 form of `bytes` (RFC 4648, with padding).
void append_base64(std::string& out, std::string_view bytes);

// Without blanks (space, tab, CR, LF) at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_STRINGS_H
