// SPDX-License-Identifier: Apache-2.0
// Lexer: a position in the text of a condition and the tokens that may stand there.
//
// The grammar depends on the place (a keyword is an ordinary constant behind `=`, a bare constant
// may hold nearly any character), so the parser asks for the token it expects.
//
// The first failure stays; position() is then where parsing stopped.
#ifndef SAKER_ENGINE_LANG_LEXER_H
#define SAKER_ENGINE_LANG_LEXER_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/lang/ast.h"
#include "engine/lang/parser.h"

namespace saker::lang {

// Lengths of the token at the start of `text`; 0: there is none.
[[nodiscard]] size_t identifier_length(std::string_view text) noexcept;
[[nodiscard]] size_t field_name_length(std::string_view text) noexcept;
[[nodiscard]] size_t number_length(std::string_view text) noexcept;

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  [[nodiscard]] std::string_view rest() const { return text_.substr(pos_); }
  [[nodiscard]] uint32_t position() const { return static_cast<uint32_t>(pos_); }
  [[nodiscard]] bool at_end() const { return pos_ >= text_.size(); }
  [[nodiscard]] bool at(std::string_view token) const { return rest().starts_with(token); }
  // `token` glued to an opening parenthesis.
  [[nodiscard]] bool at_val() const { return at("val("); }
  [[nodiscard]] bool at_transformer() const;

  void advance(size_t bytes) { pos_ += bytes; }
  bool skip_blanks();
  bool skip(std::string_view token);
  std::string take(size_t bytes);

  // The productions `quoted`, `value` (quoted or BARE) and `"[" ... "]"` (which may be absent).
  std::optional<Constant> quoted();
  std::optional<Constant> value();
  bool bracket(std::string& arg, bool& has_arg);

  // Reports an error at the position, unless there is one already.
  void fail(std::string message, std::string hint = {});
  [[nodiscard]] const std::optional<ParseError>& error() const { return error_; }

 private:
  std::string_view text_;
  size_t pos_ = 0;
  std::optional<ParseError> error_;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_LEXER_H
