// SPDX-License-Identifier: Apache-2.0
// ConfigNode: the values of a configuration file and of `-o PATH=VALUE` in one tree, each with its
// place. What the keys mean is not known here (config_keys.h).
//
// Grammar:  PATH = KEY { "." KEY | "[" INDEX "]" | "[]" }
// A backslash takes the special meaning from the character behind it. "[]" appends an item. A VALUE
// that starts with '[' or '{' is YAML, any other is taken as it is.
#ifndef SAKER_CMD_CONFIG_TREE_H
#define SAKER_CMD_CONFIG_TREE_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/source_text.h"
#include "engine/rules/document.h"

namespace saker {

struct ConfigField;

struct ConfigNode {
  enum class Kind : uint8_t { kNull, kValue, kList, kMap };

  Kind kind = Kind::kNull;
  Text text;                        // its place; kValue: the value, as written
  std::vector<ConfigNode> items;    // kList
  std::vector<ConfigField> fields;  // kMap

  [[nodiscard]] bool is_null() const noexcept { return kind == Kind::kNull; }
  [[nodiscard]] bool is_value() const noexcept { return kind == Kind::kValue; }
  [[nodiscard]] bool is_list() const noexcept { return kind == Kind::kList; }
  [[nodiscard]] bool is_map() const noexcept { return kind == Kind::kMap; }
};

struct ConfigField {
  Text key;
  ConfigNode value;
};

// Merge one source into `root`, which is a map; what is there already is replaced. With an error
// nothing of the source counts.
void add_config_file(ConfigNode& root, const std::shared_ptr<const SourceText>& file,
                     Diagnostics& diagnostics);
void add_config_override(ConfigNode& root, const std::shared_ptr<const SourceText>& text,
                         Diagnostics& diagnostics);

void config_error(Diagnostics& diagnostics, const Text& place, std::string message,
                  std::string hint = "");

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_TREE_H
