// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_show.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/config.h"
#include "cmd/config_text.h"
#include "engine/base/setting_text.h"
#include "engine/base/strings.h"
#include "outputs/settings.h"

namespace saker {
namespace {

constexpr std::string_view kHidden = "***";
constexpr size_t kOriginColumn = 56;

// http://user:password@host without what is before the @.
std::string without_login(std::string_view text) {
  const size_t scheme = text.find("://");
  if (scheme == text.npos) {
    return std::string(text);
  }
  const size_t begin = scheme + 3;
  const std::string_view authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
  const size_t at = authority.rfind('@');
  if (at == authority.npos) {
    return std::string(text);
  }
  return std::string(text.substr(0, begin)) + std::string(kHidden) +
         std::string(text.substr(begin + at));
}

void add_origin(std::vector<std::string>& origins, const Text& place) {
  if (place.source == nullptr) {
    return;
  }
  const std::string& name = place.source->name();
  const bool is_file = !name.starts_with('-') && !name.starts_with('$');
  const std::string origin =
      is_file ? name + ':' + std::to_string(place.source->position(place.span.begin).line) : name;
  const auto is_same_file = [&](const std::string& known) {
    return known == origin || (is_file && known.starts_with(name + ':'));
  };
  if (std::ranges::none_of(origins, is_same_file)) {
    origins.push_back(origin);
  }
}

// Makes the values of a node what their key gets, and collects their places.
void take_effect(ConfigNode& node, const SettingDef& setting, std::vector<std::string>& origins) {
  std::vector<ConfigNode*> open{&node};
  while (!open.empty()) {
    ConfigNode& next = *open.back();
    open.pop_back();
    if (next.is_value()) {
      next.text = expand_environment(next.text);
      static_cast<void>(check_setting(setting, next.text.value));  // there is nothing wrong
      if (setting.type == SettingType::kBool) {
        next.text.value = parse_bool(next.text.value).value_or(false) ? "true" : "false";
      }
      const bool is_hidden = setting.is_secret && !next.text.value.empty();
      next.text.value = is_hidden ? kHidden : without_login(next.text.value);
      add_origin(origins, next.text);
    }
    for (ConfigField& field : next.fields) {
      open.push_back(&field.value);
    }
    for (ConfigNode& item : std::ranges::reverse_view(next.items)) {
      open.push_back(&item);
    }
  }
  if (origins.empty()) {
    add_origin(origins, node.text);
  }
}

ConfigNode default_of(const ConfigKey& key) {
  ConfigNode holder{ConfigNode::Kind::kMap, {}, {}, {}};
  Diagnostics none;
  const std::string text = "value=" + std::string(key.setting.default_text);
  add_config_override(holder, std::make_shared<const SourceText>("default", text), none);
  return std::move(holder.fields.front().value);
}

ShownValue shown_value(const ConfigKey& key, const ConfigNode* node) {
  ShownValue shown{&key, {}, {}};
  if (node == nullptr || node->is_null()) {
    shown.value = default_of(key);
    return shown;
  }
  shown.value = *node;
  if (key.is_list() && node->is_value()) {
    shown.value = ConfigNode{ConfigNode::Kind::kList, node->text, {*node}, {}};
  }
  take_effect(shown.value, key.setting, shown.origins);
  return shown;
}

// In the flow style of YAML.
void append_yaml(std::string& out, const ConfigNode& node) {
  if (node.is_list() || node.is_map()) {
    out += node.is_list() ? '[' : '{';
    std::string_view separator;
    for (const ConfigNode& item : node.items) {
      out += separator;
      append_yaml(out, item);
      separator = ", ";
    }
    for (const ConfigField& field : node.fields) {
      out += separator;
      out += text_as_yaml(field.key.value) + ": ";
      append_yaml(out, field.value);
      separator = ", ";
    }
    out += node.is_list() ? ']' : '}';
  } else {
    out += text_as_yaml(node.text.value);
  }
}

void write_value(JsonWriter& json, const ConfigNode& node, SettingType type) {
  int64_t integer = 0;
  if (node.is_list()) {
    json.begin_array();
    for (const ConfigNode& item : node.items) {
      write_value(json, item, SettingType::kText);
    }
    json.end_array();
  } else if (node.is_map()) {
    json.begin_object();
    for (const ConfigField& field : node.fields) {
      json.key(field.key.value);
      write_value(json, field.value, SettingType::kText);
    }
    json.end_object();
  } else if (type == SettingType::kBool) {
    json.boolean(parse_bool(node.text.value).value_or(false));
  } else if (type == SettingType::kInteger &&
             set_integer<int64_t>(integer, node.text.value, INT64_MIN, INT64_MAX).empty()) {
    json.integer(integer);
  } else {
    json.text(node.text.value);
  }
}

}  // namespace

std::vector<ShownValue> shown_values(const ConfigNode& tree) {
  const auto values = values_by_key(tree);
  std::vector<std::string_view> replaced;  // set by another key
  for (const ConfigKey& key : config_keys()) {
    if (!key.instead_of.empty() && values.contains(key.name)) {
      replaced.push_back(key.instead_of);
    }
  }
  std::vector<ShownValue> shown;
  for (const ConfigKey& key : config_keys()) {
    const auto value = values.find(key.name);
    const bool is_set = value != values.end();
    const bool is_item = key.name.find("[]") != std::string::npos;
    const bool is_other = !is_set && (!key.instead_of.empty() ||
                                      std::ranges::find(replaced, key.name) != replaced.end());
    if (!is_item && !is_other) {
      shown.push_back(shown_value(key, is_set ? value->second : nullptr));
    }
  }
  return shown;
}

std::string to_text(const std::vector<ShownValue>& values) {
  std::string text;
  for (const ShownValue& shown : values) {
    std::string line = shown.key->name + ": ";
    append_yaml(line, shown.value);
    line.resize(std::max(line.size(), kOriginColumn), ' ');
    line += "  # ";
    std::string origins;
    for (const std::string& origin : shown.origins) {
      origins += (origins.empty() ? "" : ", ") + origin;
    }
    append_printable(line, origins.empty() ? "default" : origins);
    text += line + '\n';
  }
  return text;
}

void write_json(JsonWriter& json, const std::vector<ShownValue>& values) {
  json.begin_array();
  for (const ShownValue& shown : values) {
    json.begin_object();
    json.text("key", shown.key->name);
    json.key("value");
    write_value(json, shown.value, shown.key->setting.type);
    json.begin_array("origins");
    for (const std::string& origin : shown.origins) {
      json.text(origin);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

}  // namespace saker
