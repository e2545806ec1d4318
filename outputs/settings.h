// SPDX-License-Identifier: Apache-2.0
// SinkSettings: the values of one output's section of the configuration, checked against its rows.
#ifndef SAKER_OUTPUTS_SETTINGS_H
#define SAKER_OUTPUTS_SETTINGS_H

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/setting_text.h"

namespace saker {

enum class SettingType : uint8_t { kBool, kInteger, kText, kList, kMap };
// "bool", "integer", "text", "list", "map".
[[nodiscard]] std::string_view to_string(SettingType type) noexcept;

// One key of an output's section.
struct SettingDef {
  std::string_view name;  // "enabled"; "collapse.window_s" stands in a section of its own
  SettingType type = SettingType::kBool;
  std::string_view default_text = {};  // lists and maps: empty
  std::string_view doc = {};
  std::string_view choices = {};  // texts: "a|b" if only these will do, in any case
  int64_t low = 0;                // integers
  int64_t high = std::numeric_limits<int64_t>::max();
  bool is_secret = false;  // values are not to be shown
};

inline constexpr std::string_view kPriorityChoices =
    "emergency|alert|critical|error|warning|notice|informational|info|debug";

[[nodiscard]] std::vector<std::string_view> choices_of(const SettingDef& setting);

// What is wrong with a value, as in "must be true or false"; empty: nothing, and a choice is then
// written as in its row. Items of lists and entries of maps may be anything.
[[nodiscard]] Problem check_setting(const SettingDef& setting, std::string& value);

// Holds every key of its row. Requires of each accessor: the row has the key, with that type.
class SinkSettings {
 public:
  [[nodiscard]] bool boolean(std::string_view name) const;
  [[nodiscard]] int64_t integer(std::string_view name) const;
  [[nodiscard]] const std::string& text(std::string_view name) const;
  [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;
  // Entries in the order of their keys.
  [[nodiscard]] const std::map<std::string, std::string>& map(std::string_view name) const;

  // Sets a key to its default.
  void add(const SettingDef& setting);
  // Takes a value, an item of a list or, with a key, an entry of a map, unless check_setting()
  // finds something wrong with it.
  Problem set(const SettingDef& setting, std::string_view value, std::string_view key = {});

  // Whether the other ones have the same value for a key.
  [[nodiscard]] bool agrees_on(std::string_view name, const SinkSettings& other) const {
    return find(name) == other.find(name);
  }

  friend bool operator==(const SinkSettings&, const SinkSettings&) = default;

 private:
  struct Setting {
    std::string text;
    std::vector<std::string> list;
    std::map<std::string, std::string> map;

    friend bool operator==(const Setting&, const Setting&) = default;
  };
  [[nodiscard]] const Setting& find(std::string_view name) const;

  std::map<std::string, Setting, std::less<>> settings_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SETTINGS_H
