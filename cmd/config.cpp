// SPDX-License-Identifier: Apache-2.0
#include "cmd/config.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/config_keys.h"
#include "cmd/config_tree.h"
#include "cmd/falco_keys.h"

namespace saker {
namespace {

std::string with_variables(std::string_view text) {
  std::string expanded;
  while (!text.empty()) {
    const size_t begin = text.find("${");
    const size_t end = begin == text.npos ? text.npos : text.find('}', begin);
    if (end == text.npos) {
      break;
    }
    const std::string_view reference = text.substr(begin, end + 1 - begin);
    if (begin > 0 && text[begin - 1] == '$') {
      expanded += text.substr(0, begin - 1);
      expanded += reference;
    } else {
      expanded += text.substr(0, begin);
      const std::string name(reference.substr(2, reference.size() - 3));
      if (const char* value = std::getenv(name.c_str()); value != nullptr) {
        expanded += value;
      }
    }
    text.remove_prefix(end + 1);
  }
  expanded += text;
  return expanded;
}

// What the value may have been meant to be, or what it is without the key.
std::string value_hint(const ConfigKey& key, const std::string& value) {
  std::string hint = did_you_mean(value, choices_of(key.setting));
  if (hint.empty() && !key.is_list() && !key.is_map() && !key.setting.default_text.empty()) {
    hint = "the default is " + std::string(key.setting.default_text);
  }
  return hint;
}

// How a value of the key's type is written.
std::string shape_hint(const ConfigKey& key) {
  const std::string name = key.name.substr(key.name.find_last_of('.') + 1);
  if (key.is_list()) {
    return "as in `" + name + (key.set ? ": [ONE, TWO]`" : ": [{KEY: VALUE}]`");
  }
  return key.is_map() ? "as in `" + name + ": {NAME: VALUE}`" : value_hint(key, "");
}

// Puts the values of a tree into a Config, each by the row of its key.
class Applier {
 public:
  Applier(Config& config, Diagnostics& diagnostics) : config_(config), diagnostics_(diagnostics) {}

  // The fields of a map; `prefix` stands before their names.
  void apply_section(const ConfigNode& map, const std::string& prefix);
  // That no key is there together with another that says the same.
  void check_synonyms(const ConfigNode& tree);

 private:
  void apply_field(const std::string& name, const ConfigField& field);
  void apply_key(const ConfigKey& key, const ConfigNode& value);
  void apply_value(const ConfigKey& key, const ConfigNode& value);
  // A map inside the map adds its name and a dot to those of its entries, as names of settings of
  // other programs have them: {linger: {ms: 5}} is {linger.ms: 5}.
  void apply_entries(const ConfigKey& key, const ConfigNode& map, const std::string& prefix = "");
  void apply_item(const ConfigKey& key, const ConfigNode& item);
  void unknown_key(const std::string& name, const Text& place);
  void warn(const FalcoKey& key, const Text& place);
  void check(const ConfigKey& key, const Problem& problem, const Text& place);
  void wrong_shape(const ConfigKey& key, std::string_view problem, const Text& place);

  Config& config_;
  Diagnostics& diagnostics_;
};

void Applier::check(const ConfigKey& key, const Problem& problem, const Text& place) {
  if (!problem.empty()) {
    config_error(diagnostics_, place, "'" + key.name + "' " + problem,
                 value_hint(key, place.value));
  }
}

void Applier::wrong_shape(const ConfigKey& key, std::string_view problem, const Text& place) {
  config_error(diagnostics_, place, "'" + key.name + "' " + std::string(problem), shape_hint(key));
}

void Applier::warn(const FalcoKey& key, const Text& place) {
  std::string what = "'" + std::string(key.name);
  what += key.value.empty() ? "" : ": " + std::string(key.value);
  config_warning(diagnostics_, place, what + "' of Falco has no meaning here",
                 std::string(key.advice));
}

void Applier::check_synonyms(const ConfigNode& tree) {
  const auto values = values_by_key(tree);
  for (const ConfigKey& key : config_keys()) {
    const auto value = values.find(key.name);
    if (value != values.end() && values.contains(std::string(key.instead_of))) {
      config_error(diagnostics_, value->second->text,
                   "'" + key.name + "' and '" + std::string(key.instead_of) + "' say the same",
                   "keep one of them");
    }
  }
}

void Applier::unknown_key(const std::string& name, const Text& place) {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys()) {
    names.emplace_back(key.name);
  }
  std::string hint = did_you_mean(name, names);
  config_error(diagnostics_, place, "unknown configuration key '" + name + "'",
               hint.empty() ? "'saker list config' shows all keys" : std::move(hint));
}

void Applier::apply_value(const ConfigKey& key, const ConfigNode& value) {
  if (value.is_value()) {
    Text text = expand_environment(value.text);
    if (const FalcoKey* const meaningless = find_falco_value(key.name, text.value)) {
      warn(*meaningless, value.text);
      return;
    }
    Problem problem = check_setting(key.setting, text.value);
    if (problem.empty()) {
      problem = key.set(config_, text);
    }
    check(key, problem, value.text);
  } else {
    wrong_shape(key, key.is_list() ? "must hold single values" : "must be a single value",
                value.text);
  }
}

void Applier::apply_entries(const ConfigKey& key, const ConfigNode& map,
                            const std::string& prefix) {
  for (const auto& [place, value] : map.fields) {
    Text name = place;
    name.value = prefix + name.value;
    if (value.is_value()) {
      check(key, key.set_entry(config_, name, expand_environment(value.text)), name);
    } else if (value.is_map()) {
      apply_entries(key, value, name.value + ".");
    } else {
      wrong_shape(key, "must hold single values", value.text);
    }
  }
}

void Applier::apply_item(const ConfigKey& key, const ConfigNode& item) {
  if (key.set_entry != nullptr && item.is_map()) {
    apply_entries(key, item);
  } else if (key.set && !(item.is_map() && key.begin_item != nullptr)) {
    apply_value(key, item);
  } else if (!item.is_map() || item.fields.empty()) {
    wrong_shape(key, "must hold items with keys", item.text);
  } else {
    if (key.begin_item != nullptr) {
      key.begin_item(config_);
    }
    apply_section(item, key.name + "[].");
  }
}

void Applier::apply_key(const ConfigKey& key, const ConfigNode& value) {
  if (key.is_map()) {
    if (value.is_map()) {
      apply_entries(key, value);
    } else if (!value.is_null()) {
      wrong_shape(key, "must be a map", value.text);
    }
  } else if (!key.is_list()) {
    apply_value(key, value);
  } else if (value.is_list()) {
    for (const ConfigNode& item : value.items) {
      apply_item(key, item);
    }
  } else if (value.is_value()) {
    apply_item(key, value);
  } else if (!value.is_null()) {
    wrong_shape(key, "must be a list", value.text);
  }
}

void Applier::apply_field(const std::string& name, const ConfigField& field) {
  const auto& [place, value] = field;
  const auto& keys = config_keys();
  const auto key = std::ranges::find(keys, name, &ConfigKey::name);
  if (key != keys.end()) {
    apply_key(*key, value);
  } else if (const FalcoKey* const meaningless = find_falco_key(name)) {
    warn(*meaningless, place);
  } else if (!std::ranges::any_of(
                 keys, [&](const ConfigKey& k) { return k.name.starts_with(name + "."); }) &&
             !is_falco_section(name)) {
    unknown_key(name, place);
  } else if (name.find("[]") != std::string::npos && value.fields.empty()) {
    config_error(diagnostics_, place, "'" + name + "' must hold a key");
  } else if (value.is_map()) {
    apply_section(value, name + ".");
  } else if (!value.is_null()) {
    config_error(diagnostics_, value.text, "'" + name + "' is a section of keys, not a value",
                 "'saker list config' shows them");
  }
}

void Applier::apply_section(const ConfigNode& map, const std::string& prefix) {
  for (const ConfigField& field : map.fields) {
    apply_field(prefix + field.key.value, field);
  }
}

}  // namespace

Config::Config() {
  for (const OutputDef& output : builtin_outputs()) {
    sinks.push_back(default_settings(output));
  }
}

Text expand_environment(const Text& text) {
  Text result = text;
  result.value = with_variables(text.value);
  result.is_verbatim = result.value == text.value;
  return result;
}

void add_environment(ConfigNode& tree, Diagnostics& diagnostics) {
  const char* const root = std::getenv("HOST_ROOT");
  if (root == nullptr || root[0] != '/') {
    return;
  }
  ConfigNode environment{ConfigNode::Kind::kMap, {}, {}, {}};
  const auto text =
      std::make_shared<const SourceText>("$HOST_ROOT", std::string("containers.host_root=") + root);
  add_config_override(environment, text, diagnostics);
  merge_config(tree, std::move(environment), ConfigMerge::kAddOnly);
}

Config make_config(const ConfigNode& tree, Diagnostics& diagnostics) {
  Config config;
  Applier applier(config, diagnostics);
  applier.apply_section(tree, "");
  applier.check_synonyms(tree);
  return config;
}

}  // namespace saker
