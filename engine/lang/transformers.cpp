// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/transformers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "engine/lang/getopt.h"
#include "engine/lang/glob.h"
#include "engine/lang/types.h"

namespace saker::lang {
namespace {

using Args = std::span<const OperandType>;
using Kind = Value::Kind;

bool has_class(const OperandType& arg, uint8_t classes) noexcept {
  return (type_def(arg.type).type_class & classes) != 0;
}
bool is_one_text(const OperandType& arg) noexcept {
  return !arg.is_list && has_class(arg, kTextClass);
}

bool refuse(std::string& error, std::string_view text) {
  error = text;
  return false;
}

bool check_text(Args args, bool, OperandType& result, std::string& error) {
  if (args.size() != 1 || !has_class(args[0], kTextClass)) {
    return refuse(error, "takes one text or list of texts");
  }
  result = args[0];
  return true;
}

bool check_text_or_bytes(Args args, bool, OperandType& result, std::string& error) {
  if (args.size() != 1 || !has_class(args[0], kTextClass | kBytesClass)) {
    return refuse(error, "takes one text or byte buffer, or a list of them");
  }
  result = args[0];
  return true;
}

bool check_len(Args args, bool, OperandType& result, std::string& error) {
  if (args.size() != 1 || !(args[0].is_list || has_class(args[0], kTextClass | kBytesClass))) {
    return refuse(error, "takes one text, byte buffer or list");
  }
  result = {FieldType::kUint64, false};
  return true;
}

bool check_join(Args args, bool, OperandType& result, std::string& error) {
  if (args.size() != 2 || !is_one_text(args[0]) || !args[1].is_list ||
      !(has_class(args[1], kTextClass) || is_joinable_number(args[1].type))) {
    return refuse(error, "takes a separator and a list of texts or numbers");
  }
  result = {FieldType::kCharBuf, false};
  return true;
}

bool check_concat(Args args, bool, OperandType& result, std::string& error) {
  if (args.size() < 2 || !std::all_of(args.begin(), args.end(), is_one_text)) {
    return refuse(error, "takes two or more texts");
  }
  result = {FieldType::kCharBuf, false};
  return true;
}

bool check_getopt(Args args, bool has_bracket, OperandType& result, std::string& error) {
  if (args.size() != 2 || !has_class(args[0], kTextClass) || !is_one_text(args[1])) {
    return refuse(error, "takes a list of arguments and a text that names the options");
  }
  result = {FieldType::kCharBuf, !has_bracket};
  return true;
}

// Applies `function` (Value from text) to a text or to each text of a list.
template <typename Function>
Value map_text(const Value& value, Scratch& scratch, Function function) noexcept {
  if (value.kind() == Kind::kText) {
    return function(value.as_text(), scratch);
  }
  if (value.kind() != Kind::kList) {
    return Value::missing();
  }
  const std::span<const Value> items = value.as_list();
  const std::span<Value> results = scratch.allocate<Value>(items.size());
  if (results.size() < items.size()) {
    return Value::missing();
  }
  for (size_t i = 0; i < items.size(); ++i) {
    results[i] = items[i].kind() == Kind::kText ? function(items[i].as_text(), scratch) : Value();
    if (results[i].is_missing()) {
      return Value::missing();
    }
  }
  return Value::of_list(results);
}

template <char (*Fold)(char) noexcept>
Value fold(std::string_view text, Scratch& scratch) noexcept {
  const std::span<char> out = scratch.allocate<char>(text.size());
  if (out.size() < text.size()) {
    return Value::missing();
  }
  std::transform(text.begin(), text.end(), out.begin(), Fold);
  return Value::of_text({out.data(), out.size()});
}

Value eval_tolower(std::span<const Value> args, std::string_view, Scratch& scratch) noexcept {
  return map_text(args[0], scratch, fold<ascii_lower>);
}

Value eval_toupper(std::span<const Value> args, std::string_view, Scratch& scratch) noexcept {
  return map_text(args[0], scratch, fold<ascii_upper>);
}

Value eval_basename(std::span<const Value> args, std::string_view, Scratch& scratch) noexcept {
  return map_text(args[0], scratch, [](std::string_view text, Scratch&) noexcept {
    return Value::of_text(text.substr(text.rfind('/') + 1));
  });
}

constexpr std::array<int8_t, 256> kBase64 = [] {
  std::array<int8_t, 256> table{};
  table.fill(-1);
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < kDigits.size(); ++i) {
    table[static_cast<unsigned char>(kDigits[i])] = static_cast<int8_t>(i);
  }
  return table;
}();

Value decode_base64(std::string_view text, Scratch& scratch) noexcept {
  if (text.size() % 4 == 0) {  // padded, or nothing to pad
    text.remove_suffix(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  }
  if (text.size() % 4 == 1) {
    return Value::missing();
  }
  const std::span<char> out = scratch.allocate<char>(text.size() * 3 / 4);
  if (out.size() < text.size() * 3 / 4) {
    return Value::missing();
  }
  uint32_t bits = 0;
  unsigned count = 0;
  size_t length = 0;
  for (const char c : text) {
    const int8_t digit = kBase64[static_cast<unsigned char>(c)];
    if (digit < 0) {
      return Value::missing();
    }
    bits = (bits << 6) | static_cast<uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[length++] = static_cast<char>((bits >> count) & 0xff);
    }
  }
  return Value::of_text({out.data(), length});
}

Value eval_b64(std::span<const Value> args, std::string_view, Scratch& scratch) noexcept {
  return map_text(args[0], scratch, decode_base64);
}

Value eval_len(std::span<const Value> args, std::string_view, Scratch&) noexcept {
  return args[0].kind() == Kind::kList   ? Value::of_uint(args[0].as_list().size())
         : args[0].kind() == Kind::kText ? Value::of_uint(args[0].as_text().size())
                                         : Value::missing();
}

// The texts one after the other with `separator` between them.
Value join(std::span<const Value> texts, std::string_view separator, Scratch& scratch) noexcept {
  size_t size = texts.empty() ? 0 : separator.size() * (texts.size() - 1);
  for (const Value& text : texts) {
    size += text.as_text().size();
  }
  const std::span<char> out = scratch.allocate<char>(size);
  if (out.size() < size) {
    return Value::missing();
  }
  size_t used = 0;
  const auto append = [&](std::string_view part) {
    std::copy(part.begin(), part.end(), out.begin() + static_cast<std::ptrdiff_t>(used));
    used += part.size();
  };
  for (size_t i = 0; i < texts.size(); ++i) {
    append(i > 0 ? separator : std::string_view());
    append(texts[i].as_text());
  }
  return Value::of_text({out.data(), out.size()});
}

bool is_text(const Value& value) noexcept { return value.kind() == Kind::kText; }

Value eval_join(std::span<const Value> args, std::string_view, Scratch& scratch) noexcept {
  if (args[0].kind() != Kind::kText || args[1].kind() != Kind::kList) {
    return Value::missing();
  }
  const std::span<const Value> items = args[1].as_list();
  const std::span<Value> texts = scratch.allocate<Value>(items.size());
  if (texts.size() < items.size()) {
    return Value::missing();
  }
  std::transform(items.begin(), items.end(), texts.begin(),
                 [&](const Value& item) { return decimal_text(item, scratch); });
  const bool complete = std::all_of(texts.begin(), texts.end(), is_text);
  return complete ? join(texts, args[0].as_text(), scratch) : Value::missing();
}

Value eval_concat(std::span<const Value> args, std::string_view, Scratch& scratch) noexcept {
  const bool complete = std::all_of(args.begin(), args.end(), is_text);
  return complete ? join(args, "", scratch) : Value::missing();
}

Value eval_getopt(std::span<const Value> args, std::string_view bracket,
                  Scratch& scratch) noexcept {
  if (args[1].kind() != Kind::kText) {
    return Value::missing();
  }
  return bracket.empty() ? list_options(args[0], args[1].as_text(), scratch)
                         : option_argument(args[0], args[1].as_text(), bracket[0]);
}

constexpr TransformerDef kTransformers[] = {
    {"tolower", "tolower(text)", "the text, or each text of a list, in lower case (ASCII)", false,
     check_text, eval_tolower},
    {"toupper", "toupper(text)", "the text, or each text of a list, in upper case (ASCII)", false,
     check_text, eval_toupper},
    {"b64", "b64(text)", "the text decoded from base64; missing when it is malformed", false,
     check_text_or_bytes, eval_b64},
    {"basename", "basename(path)", "what stands behind the last slash", false, check_text,
     eval_basename},
    {"len", "len(text or list)", "the number of bytes, or of items", false, check_len, eval_len},
    {"join", "join(separator, list)", "the items one after the other, separated", false, check_join,
     eval_join},
    {"concat", "concat(text, text, ...)", "the texts one after the other", false, check_concat,
     eval_concat},
    {"getopt", "getopt(list, \"ab:\")[x]",
     "short options of an argument list; with [x] the argument of option x", true, check_getopt,
     eval_getopt},
};

}  // namespace

bool is_joinable_number(FieldType type) noexcept {
  return type == FieldType::kPid || type == FieldType::kInt64 || type == FieldType::kUint64;
}

Value decimal_text(const Value& value, Scratch& scratch) noexcept {
  if (value.kind() != Kind::kInt && value.kind() != Kind::kUint) {
    return value;
  }
  std::array<char, 24> buffer{};
  char* const end = buffer.data() + buffer.size();
  const auto result = value.kind() == Kind::kInt
                          ? std::to_chars(buffer.data(), end, value.as_int())
                          : std::to_chars(buffer.data(), end, value.as_uint());
  const std::string_view text(buffer.data(), static_cast<size_t>(result.ptr - buffer.data()));
  const std::string_view stored = scratch.store(text);
  return stored.empty() ? Value::missing() : Value::of_text(stored);
}

std::span<const TransformerDef> transformers() noexcept { return kTransformers; }

const TransformerDef* find_transformer(std::string_view name) noexcept {
  const auto* row = std::find_if(std::begin(kTransformers), std::end(kTransformers),
                                 [name](const TransformerDef& def) { return def.name == name; });
  return row != std::end(kTransformers) ? row : nullptr;
}

}  // namespace saker::lang
