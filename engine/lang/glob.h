// SPDX-License-Identifier: Apache-2.0
// Shell patterns over bytes: * ? [abc] [a-z] [!x] [^x] [[:digit:]] \x. `*` and `?` also match '/',
// a leading dot is not special. fnmatch(3) is not used: it depends on the locale and is exponential
// for some patterns; this takes at most |text| * |pattern| steps.
#ifndef SAKER_ENGINE_LANG_GLOB_H
#define SAKER_ENGINE_LANG_GLOB_H

#include <string>
#include <string_view>

namespace saker::lang {

// Whether the whole text matches. A '[' that is never closed stands for itself.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text,
                              bool fold_case = false) noexcept;

// A text that everything begins with that the pattern matches.
[[nodiscard]] std::string glob_prefix(std::string_view pattern);

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr char ascii_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_GLOB_H
