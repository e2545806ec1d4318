// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/quoting.h"

#include <algorithm>

namespace saker::lang {
namespace {

struct SimpleEscape {
  char letter;
  char value;
};
constexpr SimpleEscape kSimpleEscapes[] = {{'b', '\b'}, {'f', '\f'},  {'n', '\n'}, {'r', '\r'},
                                           {'t', '\t'}, {'\\', '\\'}, {'/', '/'}};

// Appends the value of the escape whose backslash stands before text[i]; returns its length
// without the backslash, 0 for a malformed one.
size_t unescape(std::string_view text, size_t i, char quote, std::string& out) {
  const char c = text[i];
  for (const SimpleEscape& escape : kSimpleEscapes) {
    if (escape.letter == c) {
      out += escape.value;
      return 1;
    }
  }
  if (c == quote) {
    out += quote;
    return 1;
  }
  if (is_blank(c)) {
    out += '\\';
    return 1;
  }
  if (c == 'x' && i + 2 < text.size()) {
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high >= 0 && low >= 0) {
      out += static_cast<char>(high * 16 + low);
      return 3;
    }
  }
  return 0;
}

}  // namespace

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\b' || c == '\r' || c == '\n';
}

bool is_bare_char(char c) noexcept {
  return !is_blank(c) && std::string_view("()\"'=,").find(c) == std::string_view::npos;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

size_t find_closing_quote(std::string_view text) noexcept {
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == text[0] && text[i - 1] != '\\') {
      return i;
    }
  }
  return std::string_view::npos;
}

std::optional<std::string> unquote(std::string_view text, size_t* error_offset) {
  const auto fail = [&](size_t offset) -> std::optional<std::string> {
    if (error_offset != nullptr) {
      *error_offset = offset;
    }
    return std::nullopt;
  };
  if (text.empty() || (text[0] != '"' && text[0] != '\'') ||
      find_closing_quote(text) != text.size() - 1) {
    return fail(text.size());
  }
  std::string out;
  size_t i = 1;
  while (i + 1 < text.size()) {
    if (text[i] != '\\') {
      out += text[i++];
      continue;
    }
    const size_t length = unescape(text, i + 1, text[0], out);
    if (length == 0) {
      return fail(i);
    }
    i += 1 + length;
  }
  return out;
}

std::string quote_if_needed(std::string_view text) {
  const auto needs_quotes = [](char c) {
    return !is_bare_char(c) || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  };
  if (!text.empty() && std::none_of(text.begin(), text.end(), needs_quotes)) {
    return std::string(text);
  }
  return quote(text);
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  // A final backslash would hide the closing quote.
  const bool ends_in_backslash = text.ends_with('\\');
  text.remove_suffix(ends_in_backslash ? 1 : 0);
  for (const char c : text) {
    const auto* escape =
        std::find_if(std::begin(kSimpleEscapes), std::end(kSimpleEscapes),
                     [c](const SimpleEscape& e) { return e.value == c && c != '/'; });
    if (escape != std::end(kSimpleEscapes)) {
      out += '\\';
      out += escape->letter;
    } else if (c == '"') {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  out += ends_in_backslash ? "\\x5c\"" : "\"";
  return out;
}

}  // namespace saker::lang
