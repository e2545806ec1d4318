// SPDX-License-Identifier: Apache-2.0
// Quoting: constants between their written and their plain form (spec of the language, 2.1).
//
//   quoted = '"' { char | escape } '"'  |  "'" { char | escape } "'"
//   escape = \b \f \n \r \t \\ \/ \" (in "...") \' (in '...') \xHH, or \ and a blank for one \ .
//
// A quote behind a backslash never ends the text, so a backslash at the end must be written \x5c.
#ifndef SAKER_ENGINE_LANG_QUOTING_H
#define SAKER_ENGINE_LANG_QUOTING_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace saker::lang {

[[nodiscard]] bool is_blank(char c) noexcept;
// What a bare constant may consist of.
[[nodiscard]] bool is_bare_char(char c) noexcept;

// 0..15, or -1.
[[nodiscard]] int hex_digit(char c) noexcept;

// Offset of the quote that ends the text which starts with the quote text[0]; npos: none.
[[nodiscard]] size_t find_closing_quote(std::string_view text) noexcept;

// The plain form of `text`, its quotes included; absent for a malformed text. `error_offset`, when
// given, is then the offset of the bad escape or the end.
[[nodiscard]] std::optional<std::string> unquote(std::string_view text,
                                                 size_t* error_offset = nullptr);

// The text as it is where it can stand bare, else in double quotes.
[[nodiscard]] std::string quote_if_needed(std::string_view text);
[[nodiscard]] std::string quote(std::string_view text);

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_QUOTING_H
