// SPDX-License-Identifier: Apache-2.0
// ConfigNode: the values of configuration files and of `-o PATH=VALUE` in one tree, each with its
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

// What a configuration file does to values that are there already. Maps are merged key by key.
enum class ConfigMerge : uint8_t {
  kAppend,    // makes lists longer, replaces others
  kOverride,  // replaces lists, too
  kAddOnly,   // nothing
};

// The map that a file holds, as far as it can be read; what cannot is reported.
[[nodiscard]] ConfigNode read_config_tree(const std::shared_ptr<const SourceText>& file,
                                          Diagnostics& diagnostics);
// Requires: both are maps.
void merge_config(ConfigNode& root, ConfigNode file, ConfigMerge strategy);
// Sets what the PATH names in `root`, which is a map; with an error nothing.
void add_config_override(ConfigNode& root, const std::shared_ptr<const SourceText>& text,
                         Diagnostics& diagnostics);

// The value of a key in a map; null: it is not there.
[[nodiscard]] const ConfigNode* find_field(const ConfigNode& map, std::string_view key);

void config_warning(Diagnostics& diagnostics, const Text& place, std::string message,
                    std::string hint = "");
void config_error(Diagnostics& diagnostics, const Text& place, std::string message,
                  std::string hint = "");

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_TREE_H
