// SPDX-License-Identifier: Apache-2.0
#include "engine/rules/item_reader.h"

#include <charconv>
#include <utility>

#include "engine/base/strings.h"

namespace saker {
namespace {

struct BoolWord {
  std::string_view text;  // also capitalized and in upper case
  bool value;
};
constexpr BoolWord kBoolWords[] = {{"true", true}, {"false", false}, {"yes", true}, {"no", false},
                                   {"on", true},   {"off", false},   {"y", true},   {"n", false}};

char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// `text` is `word`, `Word` or `WORD`.
bool is_word(std::string_view text, std::string_view word) {
  std::string capital(word);
  capital[0] = to_upper(capital[0]);
  std::string upper(word);
  for (char& c : upper) {
    c = to_upper(c);
  }
  return text == word || text == capital || text == upper;
}

}  // namespace

Diagnostic ItemReader::make(Severity severity, const FindingCode& code, std::string message,
                            std::string hint, Span span) const {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = code;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostic.source = source_;
  diagnostic.span = span;
  diagnostic.contexts.push_back(context_of(item_));
  diagnostic.contexts.insert(diagnostic.contexts.end(), inner_.begin(), inner_.end());
  return diagnostic;
}

void ItemReader::error(std::string message, Span span, std::string hint) {
  item_.broken = true;
  diagnostics_.add(
      make(Severity::kError, code::kYamlValidate, std::move(message), std::move(hint), span));
}

void ItemReader::wrong_type(std::string message, Span span, std::string hint) {
  item_.broken = true;
  Diagnostic diagnostic =
      make(Severity::kError, code::kYamlValidate, std::move(message), std::move(hint), span);
  diagnostic.breaks_schema = true;
  diagnostics_.add(std::move(diagnostic));
}

void ItemReader::invalid(std::string message, Span span, std::string hint) {
  item_.broken = true;
  diagnostics_.add(
      make(Severity::kError, code::kValidate, std::move(message), std::move(hint), span));
}

void ItemReader::unknown_key(std::string message, Span span, std::string hint) {
  Diagnostic diagnostic =
      make(Severity::kWarning, code::kUnknownKey, std::move(message), std::move(hint), span);
  diagnostic.breaks_schema = true;
  diagnostics_.add(std::move(diagnostic));
}

void ItemReader::warning(const FindingCode& code, std::string message, Span span,
                         std::string hint) {
  diagnostics_.add(make(Severity::kWarning, code, std::move(message), std::move(hint), span));
}

std::optional<Text> ItemReader::text(std::string_view key, const YamlNode& node) {
  if (node.is_sequence() || node.is_map()) {
    wrong_type("'" + std::string(key) + "' must be a text", node.span);
    return std::nullopt;
  }
  const std::string_view value = trim(node.text);
  if (node.is_null() || value.empty()) {
    error("'" + std::string(key) + "' is empty", node.span);
    return std::nullopt;
  }
  return Text{std::string(value), source_, node.span};
}

std::optional<bool> ItemReader::boolean(std::string_view key, const YamlNode& node) {
  if (node.is_scalar()) {
    for (const BoolWord& word : kBoolWords) {
      if (is_word(node.text, word.text)) {
        return word.value;
      }
    }
  }
  wrong_type("'" + std::string(key) + "' must be true or false", node.span);
  return std::nullopt;
}

std::optional<uint64_t> ItemReader::number(std::string_view key, const YamlNode& node) {
  if (node.is_scalar()) {
    uint64_t value = 0;
    const char* const end = node.text.data() + node.text.size();
    const auto [next, failure] = std::from_chars(node.text.data(), end, value);
    if (failure == std::errc() && next == end) {
      return value;
    }
  }
  wrong_type("'" + std::string(key) + "' must be a whole number, zero or greater", node.span);
  return std::nullopt;
}

std::optional<std::vector<Text>> ItemReader::texts(std::string_view key, const YamlNode& node) {
  if (!is_sequence(key, node)) {
    return std::nullopt;
  }
  std::vector<Text> texts;
  texts.reserve(node.items.size());
  for (const YamlNode* item : node.items) {
    if (item->is_scalar()) {
      texts.push_back(raw(*item));
    } else {
      wrong_type("each of '" + std::string(key) + "' must be a text", item->span,
                 item->is_null() ? "write '' around it if the word itself is meant" : "");
    }
  }
  return texts;
}

bool ItemReader::is_sequence(std::string_view key, const YamlNode& node) {
  if (!node.is_sequence()) {
    wrong_type("'" + std::string(key) + "' must be a sequence", node.span);
  }
  return node.is_sequence();
}

bool ItemReader::is_map(std::string_view key, const YamlNode& node) {
  if (!node.is_map()) {
    wrong_type("'" + std::string(key) + "' must be a map", node.span);
  }
  return node.is_map();
}

}  // namespace saker
