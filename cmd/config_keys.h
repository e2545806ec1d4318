// SPDX-License-Identifier: Apache-2.0
// ConfigKey: one row per key of the configuration: name, type, default, documentation, and how a
// value gets into a Config. The rows of the program stand in config_keys.cpp, those of the sections
// NAME_output in outputs/registry.h.
#ifndef SAKER_CMD_CONFIG_KEYS_H
#define SAKER_CMD_CONFIG_KEYS_H

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/config.h"
#include "cmd/config_tree.h"
#include "engine/base/setting_text.h"
#include "engine/rules/document.h"
#include "outputs/settings.h"

namespace saker {

// A key inside an item of a list has "[]" behind the list's name: rules[].enable.tag.
struct ConfigKey {
  std::string name;
  SettingDef setting;  // its own name is only the last part of an output's key
  // Takes the value, which has passed check_setting(); for a list one item. Null: for a list whose
  // items are maps only, and for a map.
  std::function<Problem(Config&, const Text&)> set;
  // Takes one entry of a map, or of a map that is an item of a list.
  std::function<Problem(Config&, const Text& key, const Text& value)> set_entry;
  // Begins an item of a list of maps; the keys inside it follow.
  void (*begin_item)(Config& config) = nullptr;
  // The key that this is another name for, or another way to set; empty: none. Not both at once.
  std::string_view instead_of = {};

  [[nodiscard]] bool is_list() const { return setting.type == SettingType::kList; }
  [[nodiscard]] bool is_map() const { return setting.type == SettingType::kMap; }
};

// In the order of the documentation.
[[nodiscard]] const std::vector<ConfigKey>& config_keys();

// The values that a tree has for keys that are not inside items of lists.
[[nodiscard]] std::map<std::string, const ConfigNode*> values_by_key(const ConfigNode& tree);

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_KEYS_H
