// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/operand_parser.h"

#include <string>
#include <utility>

namespace saker::lang {
namespace {

// Deeper nesting of transformers is refused; they are parsed and evaluated recursively.
constexpr uint32_t kMaxTransformerDepth = 64;

}  // namespace

std::optional<FieldRef> OperandParser::field() {
  FieldRef ref;
  ref.span.begin = lex_.position();
  ref.name = lex_.take(field_name_length(lex_.rest()));
  if (!lex_.bracket(ref.arg, ref.has_arg)) {
    return std::nullopt;
  }
  ref.span.end = lex_.position();
  return ref;
}

std::optional<TransformerCall> OperandParser::val() {
  TransformerCall call;
  call.span.begin = lex_.position();
  call.name = "val";
  lex_.skip("val(");
  lex_.skip_blanks();
  if (field_name_length(lex_.rest()) == 0) {
    lex_.fail("'val()' takes one field");
    return std::nullopt;
  }
  std::optional<FieldRef> ref = field();
  if (!ref) {
    return std::nullopt;
  }
  call.args.push_back({std::move(*ref)});
  lex_.skip_blanks();
  if (!lex_.skip(")")) {
    lex_.fail(lex_.at(",") ? "'val()' takes one field" : "expected a ')' token");
    return std::nullopt;
  }
  if (!lex_.bracket(call.arg, call.has_arg)) {
    return std::nullopt;
  }
  call.span.end = lex_.position();
  return call;
}

std::optional<TransformerCall> OperandParser::transformer() {
  if (++depth_ > kMaxTransformerDepth) {
    lex_.fail("transformers are nested deeper than " + std::to_string(kMaxTransformerDepth));
    return std::nullopt;
  }
  TransformerCall call;
  call.span.begin = lex_.position();
  call.name = lex_.take(identifier_length(lex_.rest()));
  lex_.skip("(");
  if (!arguments(call) || !lex_.bracket(call.arg, call.has_arg)) {
    return std::nullopt;
  }
  call.span.end = lex_.position();
  --depth_;
  return call;
}

// Up to and including the closing parenthesis.
bool OperandParser::arguments(TransformerCall& call) {
  while (true) {
    lex_.skip_blanks();
    std::optional<Operand> arg = lex_.at("(") ? list() : argument();
    if (!arg) {
      return false;
    }
    call.args.push_back(std::move(*arg));
    lex_.skip_blanks();
    if (lex_.skip(")")) {
      return true;
    }
    if (!lex_.skip(",")) {
      lex_.fail("expected a ')' token", "arguments of '" + call.name + "' are separated by commas");
      return false;
    }
  }
}

std::optional<Operand> OperandParser::list() {
  OperandList list;
  list.span.begin = lex_.position();
  lex_.skip("(");
  lex_.skip_blanks();
  while (!(list.items.empty() && lex_.at(")"))) {
    std::optional<Operand> item = argument();
    if (!item) {
      return std::nullopt;
    }
    list.items.push_back(std::move(*item));
    lex_.skip_blanks();
    if (lex_.at(")")) {
      break;
    }
    if (!lex_.skip(",")) {
      lex_.fail("expected a ')' token", "items of a list are separated by commas");
      return std::nullopt;
    }
    lex_.skip_blanks();
  }
  lex_.skip(")");
  list.span.end = lex_.position();
  return Operand{std::move(list)};
}

std::optional<Operand> OperandParser::argument() {
  if (lex_.at("\"") || lex_.at("'")) {
    std::optional<Constant> constant = lex_.quoted();
    return constant ? std::optional<Operand>{{std::move(*constant)}} : std::nullopt;
  }
  if (lex_.at_val()) {
    lex_.fail("'val()' cannot be an argument of a transformer", "name the field itself");
    return std::nullopt;
  }
  if (lex_.at_transformer()) {
    std::optional<TransformerCall> call = transformer();
    return call ? std::optional<Operand>{{std::move(*call)}} : std::nullopt;
  }
  if (field_name_length(lex_.rest()) > 0) {
    std::optional<FieldRef> ref = field();
    return ref ? std::optional<Operand>{{std::move(*ref)}} : std::nullopt;
  }
  const size_t length = number_length(lex_.rest());
  if (length == 0) {
    lex_.fail("expected a field, a transformer, a number or quoted text");
    return std::nullopt;
  }
  const uint32_t begin = lex_.position();
  std::string text = lex_.take(length);
  return Operand{Constant{std::move(text), false, {begin, lex_.position()}}};
}

}  // namespace saker::lang
