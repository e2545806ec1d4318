// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/lexer.h"

#include <algorithm>
#include <utility>

#include "engine/lang/quoting.h"
#include "engine/lang/transformers.h"

namespace saker::lang {
namespace {

bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) noexcept { return hex_digit(c) >= 0; }

// Length of the longest prefix of accepted characters.
size_t digits_length(std::string_view text, bool (*accepts)(char) noexcept) noexcept {
  size_t n = 0;
  while (n < text.size() && accepts(text[n])) {
    ++n;
  }
  return n;
}

}  // namespace

size_t identifier_length(std::string_view text) noexcept {
  if (text.empty() || !is_alpha(text[0])) {
    return 0;
  }
  size_t n = 1;
  while (n < text.size() && (is_alpha(text[n]) || is_digit(text[n]) || text[n] == '_')) {
    ++n;
  }
  return n;
}

size_t field_name_length(std::string_view text) noexcept {
  size_t n = identifier_length(text);
  bool dotted = false;
  while (n > 0 && n < text.size() && text[n] == '.') {
    const size_t part = identifier_length(text.substr(n + 1));
    if (part == 0) {
      break;
    }
    n += 1 + part;
    dotted = true;
  }
  return dotted ? n : 0;
}

size_t number_length(std::string_view text) noexcept {
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    const size_t n = digits_length(text.substr(2), is_hex_digit);
    if (n > 0) {
      return 2 + n;
    }
  }
  size_t n = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  const size_t whole = digits_length(text.substr(n), is_digit);
  if (whole == 0) {
    return 0;
  }
  n += whole;
  if (n < text.size() && text[n] == '.') {
    n += 1 + digits_length(text.substr(n + 1), is_digit);
  }
  if (n + 1 < text.size() && (text[n] == 'e' || text[n] == 'E') &&
      (text[n + 1] == '+' || text[n + 1] == '-')) {
    const size_t exponent = digits_length(text.substr(n + 2), is_digit);
    n += exponent > 0 ? 2 + exponent : 0;
  }
  return n;
}

bool Lexer::skip_blanks() {
  const size_t begin = pos_;
  while (!at_end() && is_blank(text_[pos_])) {
    ++pos_;
  }
  return pos_ > begin;
}

bool Lexer::skip(std::string_view token) {
  if (!at(token)) {
    return false;
  }
  pos_ += token.size();
  return true;
}

std::string Lexer::take(size_t bytes) {
  std::string text(rest().substr(0, bytes));
  pos_ += bytes;
  return text;
}

void Lexer::fail(std::string message, std::string hint) {
  if (!error_) {
    size_t end = pos_;
    while (end < text_.size() && is_bare_char(text_[end])) {
      ++end;
    }
    end = std::min(std::max(end, pos_ + 1), std::max(text_.size(), pos_));
    error_ =
        ParseError{std::move(message), std::move(hint), {position(), static_cast<uint32_t>(end)}};
  }
}

bool Lexer::at_transformer() const {
  const size_t length = identifier_length(rest());
  return length > 0 && pos_ + length < text_.size() && text_[pos_ + length] == '(' &&
         find_transformer(rest().substr(0, length)) != nullptr;
}

std::optional<Constant> Lexer::quoted() {
  const size_t close = find_closing_quote(rest());
  if (close == std::string_view::npos) {
    const char quote = text_[pos_];
    fail(std::string("unclosed quote: expected a closing ") + quote,
         "a quote behind a backslash does not end the text");
    return std::nullopt;
  }
  size_t bad = 0;
  std::optional<std::string> text = unquote(rest().substr(0, close + 1), &bad);
  if (!text) {
    pos_ += bad;
    fail("invalid escape sequence in quoted text",
         R"(known are \b \f \n \r \t \\ \/ \xHH and the quote itself)");
    return std::nullopt;
  }
  const uint32_t begin = position();
  pos_ += close + 1;
  return Constant{std::move(*text), true, {begin, position()}};
}

// quoted or BARE.
std::optional<Constant> Lexer::value() {
  if (at("\"") || at("'")) {
    return quoted();
  }
  const size_t length = digits_length(rest(), is_bare_char);
  if (length == 0) {
    fail(at_end() ? "expected a value, found the end of the text" : "expected a value",
         at("(") ? "only 'in', 'intersects', 'pmatch' and modifiers take a list"
                 : "values with blanks or any of ( ) \" ' = , must be quoted");
    return std::nullopt;
  }
  const uint32_t begin = position();
  std::string text = take(length);
  return Constant{std::move(text), false, {begin, position()}};
}

// [ quoted | FIELDARG ], if there is one.
bool Lexer::bracket(std::string& arg, bool& has_arg) {
  if (!skip("[")) {
    return true;
  }
  has_arg = true;
  if (at("\"") || at("'")) {
    std::optional<Constant> constant = quoted();
    if (!constant) {
      return false;
    }
    arg = std::move(constant->text);
  } else {
    const size_t length = digits_length(rest(), [](char c) noexcept {
      return !is_blank(c) && std::string_view("[]\"'").find(c) == std::string_view::npos;
    });
    if (length == 0) {
      fail("expected a field argument");
      return false;
    }
    arg = take(length);
  }
  if (!skip("]")) {
    fail("expected a ']' token");
    return false;
  }
  return true;
}

}  // namespace saker::lang
