// SPDX-License-Identifier: Apache-2.0
// OperandParser: the productions `field`, `transformer` and `val(field)` of the grammar.
#ifndef SAKER_ENGINE_LANG_OPERAND_PARSER_H
#define SAKER_ENGINE_LANG_OPERAND_PARSER_H

#include <cstdint>
#include <optional>

#include "engine/lang/ast.h"
#include "engine/lang/lexer.h"

namespace saker::lang {

class OperandParser {
 public:
  // Borrows the lexer, which takes the errors.
  explicit OperandParser(Lexer& lexer) : lex_(lexer) {}

  // Requires: the lexer is at a token of that kind.
  std::optional<FieldRef> field();
  std::optional<TransformerCall> transformer();
  std::optional<TransformerCall> val();
  // What may stand inside a transformer: a field, a transformer, a number or quoted text.
  std::optional<Operand> argument();

 private:
  bool arguments(TransformerCall& call);
  std::optional<Operand> list();

  Lexer& lex_;
  uint32_t depth_ = 0;
};

}  // namespace saker::lang

#endif  // SAKER_ENGINE_LANG_OPERAND_PARSER_H
