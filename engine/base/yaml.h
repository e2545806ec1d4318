// SPDX-License-Identifier: Apache-2.0
// Yaml: text -> tree with the place of every value. The only owner of yaml-cpp.
//
// Refused, each with its place: what yaml-cpp cannot read, duplicate keys, keys that are not plain
// texts, NUL bytes and bytes that are not UTF-8, nesting deeper than kMaxYamlDepth, and aliases
// that would expand to more than kMaxYamlAliasedNodes values. All scalars are texts; what they mean
// (number, bool) is up to the reader.
//
// What is left out because of an error: of a duplicate key the second value, of a bad key its
// value, of a text that is not YAML all of it, or the item it stands in (parse_yaml_items).
#ifndef SAKER_ENGINE_BASE_YAML_H
#define SAKER_ENGINE_BASE_YAML_H

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/source_text.h"

namespace saker {

inline constexpr size_t kMaxYamlDepth = 64;
inline constexpr size_t kMaxYamlAliasedNodes = 1'000'000;

// An alias is the node it names, so nodes may have several parents; their spans are those of the
// anchored node.
struct YamlNode {
  // kUnreadable: an item of a file that is not YAML; only its span is known.
  enum class Kind : uint8_t { kNull, kScalar, kSequence, kMap, kUnreadable };

  Kind kind = Kind::kNull;
  bool quoted = false;  // kScalar: in quotes or a block (`|`, `>`)
  Span span;            // of the whole value in the file, quotes and block header included
  std::string text;     // kScalar: the value; kNull: as written
  std::vector<const YamlNode*> items;                               // kSequence
  std::vector<std::pair<const YamlNode*, const YamlNode*>> fields;  // kMap; keys are kScalar

  [[nodiscard]] bool is_null() const noexcept { return kind == Kind::kNull; }
  [[nodiscard]] bool is_scalar() const noexcept { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_sequence() const noexcept { return kind == Kind::kSequence; }
  [[nodiscard]] bool is_map() const noexcept { return kind == Kind::kMap; }
  [[nodiscard]] bool is_unreadable() const noexcept { return kind == Kind::kUnreadable; }
  // The value of a map's key, or null.
  [[nodiscard]] const YamlNode* find(std::string_view key) const noexcept;
};

struct YamlError {
  std::string message;
  std::string hint;
  Span span;
};

// Owns its nodes. With errors, `documents` holds what could be read.
struct YamlFile {
  std::deque<YamlNode> nodes;
  std::vector<const YamlNode*> documents;
  std::vector<YamlError> errors;
};

[[nodiscard]] YamlFile parse_yaml(std::string_view text);

// For a file that is a sequence: an item that is not YAML does not hide the others. Such a file is
// read item by item; each becomes a document of its own, a sequence or one that is_unreadable(). An
// item begins with a dash in the column of the file's first one. Values that were anchored in
// another item are then not known: an item with an alias of one is unreadable, without an error.
[[nodiscard]] YamlFile parse_yaml_items(std::string_view text);

// Where bytes [begin, end) of a scalar's value stand in the file: the folding of block scalars and
// the escapes of quoted ones undone. Requires: `scalar` came from a parse of file_text.
[[nodiscard]] Span locate_in_scalar(std::string_view file_text, Span scalar, std::string_view value,
                                    Span part);

}  // namespace saker

#endif  // SAKER_ENGINE_BASE_YAML_H
