// SPDX-License-Identifier: Apache-2.0
// Regex: POSIX regular expressions over whole values. The only user of RE2.
#ifndef SAKER_ENGINE_LANG_REGEX_H
#define SAKER_ENGINE_LANG_REGEX_H

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace saker::lang {

class Regex {
 public:
  // Null: `error` tells what is wrong with the pattern.
  static std::unique_ptr<Regex> compile(std::string_view pattern, std::string& error);
  ~Regex();

  // Texts in lower case; every text that matches contains one of them, upper and lower case alike.
  // None: none are known. Requires: the pattern compiles.
  static std::vector<std::string> required_texts(std::string_view pattern);

  // Whether the whole text matches; bytes that are not UTF-8 count as U+FFFD. Linear time. May
  // allocate: RE2 builds its automaton while it runs, up to a fixed amount per pattern.
  [[nodiscard]] bool matches(std::string_view text) const noexcept;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Length of the UTF-8 character at the start of `text`; 0: it is malformed or empty.
[[nodiscard]] size_t utf8_length(std::string_view text) noexcept;

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_REGEX_H
