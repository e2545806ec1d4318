// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/glob.h"

#include <cctype>
#include <cstddef>

namespace saker::lang {
namespace {

// Only called with ASCII bytes, so the locale does not matter.
struct CharacterClass {
  std::string_view name;
  int (*contains)(int);
};
constexpr CharacterClass kClasses[] = {
    {"[:alnum:]", std::isalnum}, {"[:alpha:]", std::isalpha}, {"[:blank:]", std::isblank},
    {"[:cntrl:]", std::iscntrl}, {"[:digit:]", std::isdigit}, {"[:graph:]", std::isgraph},
    {"[:lower:]", std::islower}, {"[:print:]", std::isprint}, {"[:punct:]", std::ispunct},
    {"[:space:]", std::isspace}, {"[:upper:]", std::isupper}, {"[:xdigit:]", std::isxdigit},
};

struct Step {
  size_t length = 0;  // of the pattern element; 0: the bracket is not closed
  bool matches = false;
};

bool in_class(const CharacterClass& c, char byte) noexcept {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x80 && c.contains(value) != 0;
}

// The bracket expression at the start of `pattern` against one byte.
Step match_bracket(std::string_view pattern, char byte, bool fold_case) noexcept {
  size_t i = 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  i += negated ? 1 : 0;
  const size_t first = i;
  bool found = false;
  const auto between = [&](char low, char high, char c) {
    const auto u = [](char x) { return static_cast<unsigned char>(x); };
    return u(low) <= u(c) && u(c) <= u(high);
  };
  while (i < pattern.size() && (pattern[i] != ']' || i == first)) {
    const CharacterClass* named = nullptr;
    for (const CharacterClass& c : kClasses) {
      named = pattern.substr(i).starts_with(c.name) ? &c : named;
    }
    if (named != nullptr) {
      found = found || in_class(*named, byte) ||
              (fold_case &&
               (in_class(*named, ascii_lower(byte)) || in_class(*named, ascii_upper(byte))));
      i += named->name.size();
      continue;
    }
    i += pattern[i] == '\\' && i + 1 < pattern.size() ? 1 : 0;
    const char low = pattern[i++];
    char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      i += pattern[i] == '\\' && i + 1 < pattern.size() ? 1 : 0;
      high = pattern[i++];
    }
    found = found || between(low, high, byte) ||
            (fold_case &&
             (between(low, high, ascii_lower(byte)) || between(low, high, ascii_upper(byte))));
  }
  if (i >= pattern.size()) {
    return {};
  }
  return {i + 1, found != negated};
}

// The element at the start of `pattern`, which is not '*', against one byte.
Step match_one(std::string_view pattern, char byte, bool fold_case) noexcept {
  if (pattern[0] == '?') {
    return {1, true};
  }
  if (pattern[0] == '[') {
    const Step step = match_bracket(pattern, byte, fold_case);
    if (step.length > 0) {
      return step;
    }
  }
  const bool escaped = pattern[0] == '\\' && pattern.size() > 1;
  const char wanted = pattern[escaped ? 1 : 0];
  const bool same = fold_case ? ascii_lower(wanted) == ascii_lower(byte) : wanted == byte;
  return {escaped ? size_t{2} : size_t{1}, same};
}

}  // namespace

std::string glob_prefix(std::string_view pattern) {
  return std::string(pattern.substr(0, pattern.find_first_of("*?[\\")));
}

// Only the last '*' need be retried: an earlier one could not match more than it lets through.
bool glob_match(std::string_view pattern, std::string_view text, bool fold_case) noexcept {
  size_t p = 0;
  size_t t = 0;
  size_t star = std::string_view::npos;
  size_t resume = 0;  // where the text behind the last '*' was tried
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
      continue;
    }
    if (p < pattern.size()) {
      const Step step = match_one(pattern.substr(p), text[t], fold_case);
      if (step.matches) {
        p += step.length;
        ++t;
        continue;
      }
    }
    if (star == std::string_view::npos) {
      return false;
    }
    p = star + 1;
    t = ++resume;
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

}  // namespace saker::lang
