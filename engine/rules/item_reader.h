// SPDX-License-Identifier: Apache-2.0
// ItemReader: checks the YAML values of one item and reports what is wrong with them. Helper of
// reader.cpp (keys of items) and exception_reader.cpp (exceptions of rules).
#ifndef SAKER_ENGINE_RULES_ITEM_READER_H
#define SAKER_ENGINE_RULES_ITEM_READER_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/yaml.h"
#include "engine/rules/document.h"

namespace saker {

class ItemReader {
 public:
  // Borrows all three.
  ItemReader(const std::shared_ptr<const SourceText>& source, Diagnostics& diagnostics, Item& item)
      : source_(source), diagnostics_(diagnostics), item_(item) {}

  [[nodiscard]] Item& item() noexcept { return item_; }

  // An error of the shape of the file; marks the item broken.
  void error(std::string message, Span span, std::string hint = "");
  // Likewise, of what no rule file has there, whatever else is in it.
  void wrong_type(std::string message, Span span, std::string hint = "");
  // LOAD_ERR_VALIDATE: the shape is right, the content is not.
  void invalid(std::string message, Span span, std::string hint = "");
  // A key that no kind of item has.
  void unknown_key(std::string message, Span span, std::string hint);
  void warning(const FindingCode& code, std::string message, Span span, std::string hint = "");

  // Each reports and returns nothing when the value of `key` is of another type.
  std::optional<Text> text(std::string_view key, const YamlNode& node);
  std::optional<bool> boolean(std::string_view key, const YamlNode& node);
  std::optional<uint64_t> number(std::string_view key, const YamlNode& node);
  std::optional<std::vector<Text>> texts(std::string_view key, const YamlNode& node);
  bool is_sequence(std::string_view key, const YamlNode& node);
  bool is_map(std::string_view key, const YamlNode& node);

  // A scalar as it stands, not trimmed.
  [[nodiscard]] Text raw(const YamlNode& node) const { return {node.text, source_, node.span}; }

  [[nodiscard]] Place place(const YamlNode& node) const { return {source_, node.span}; }

  // Findings until leave() are inside this part of the item.
  void enter(std::string_view type, std::string name, Span span) {
    inner_.push_back({type, std::move(name), source_, span});
  }
  void leave() { inner_.pop_back(); }

 private:
  Diagnostic make(Severity severity, const FindingCode& code, std::string message, std::string hint,
                  Span span) const;

  const std::shared_ptr<const SourceText>& source_;
  Diagnostics& diagnostics_;
  Item& item_;
  std::vector<DiagnosticContext> inner_;
};

// The value of `exceptions`.
void read_exceptions(ItemReader& reader, std::string_view key, const YamlNode& node);

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_ITEM_READER_H
