// SPDX-License-Identifier: Apache-2.0
#include "cmd/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "cmd/config_keys.h"
#include "cmd/config_tree.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

constexpr size_t kMaxConfigBytes = 1024 * 1024;

std::string expand_environment(std::string_view text) {
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

// The value as its key gets it.
Text expanded(const Text& text) {
  Text result = text;
  result.value = expand_environment(text.value);
  result.is_verbatim = result.value == text.value;
  return result;
}

// Puts the values of a tree into a Config, each by the row of its key.
class Applier {
 public:
  Applier(Config& config, Diagnostics& diagnostics) : config_(config), diagnostics_(diagnostics) {}

  // The fields of a map; `prefix` stands before their names.
  void apply_section(const ConfigNode& map, const std::string& prefix);

 private:
  void apply_field(const std::string& name, const ConfigField& field);
  void apply_key(const ConfigKey& key, const ConfigNode& value);
  void apply_value(const ConfigKey& key, const ConfigNode& value);
  // A map inside the map adds its name and a dot to those of its entries, as names of settings of
  // other programs have them: {linger: {ms: 5}} is {linger.ms: 5}.
  void apply_entries(const ConfigKey& key, const ConfigNode& map, const std::string& prefix = "");
  void apply_item(const ConfigKey& key, const ConfigNode& item);
  void unknown_key(const std::string& name, const Text& place);
  void check(const ConfigKey& key, const Problem& problem, const Text& place);

  Config& config_;
  Diagnostics& diagnostics_;
};

void Applier::check(const ConfigKey& key, const Problem& problem, const Text& place) {
  if (!problem.empty()) {
    config_error(diagnostics_, place, "'" + key.name + "' " + problem);
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
    check(key, key.set(config_, expanded(value.text)), value.text);
  } else {
    check(key, key.is_list() ? "must hold single values" : "must be a single value", value.text);
  }
}

void Applier::apply_entries(const ConfigKey& key, const ConfigNode& map,
                            const std::string& prefix) {
  for (const auto& [place, value] : map.fields) {
    Text name = place;
    name.value = prefix + name.value;
    if (value.is_value()) {
      check(key, key.set_entry(config_, name, expanded(value.text)), name);
    } else if (value.is_map()) {
      apply_entries(key, value, name.value + ".");
    } else {
      check(key, "must hold single values", value.text);
    }
  }
}

void Applier::apply_item(const ConfigKey& key, const ConfigNode& item) {
  if (key.set_entry != nullptr && item.is_map()) {
    apply_entries(key, item);
  } else if (key.set) {
    apply_value(key, item);
  } else if (!item.is_map() || item.fields.empty()) {
    check(key, "must hold items with keys", item.text);
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
      check(key, "must be a map", value.text);
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
    check(key, "must be a list", value.text);
  }
}

void Applier::apply_field(const std::string& name, const ConfigField& field) {
  const auto& [place, value] = field;
  const auto& keys = config_keys();
  const auto key = std::ranges::find(keys, name, &ConfigKey::name);
  if (key != keys.end()) {
    apply_key(*key, value);
  } else if (!std::ranges::any_of(
                 keys, [&](const ConfigKey& k) { return k.name.starts_with(name + "."); })) {
    unknown_key(name, place);
  } else if (name.find("[]") != std::string::npos && value.fields.empty()) {
    config_error(diagnostics_, place, "'" + name + "' must hold a key");
  } else if (value.is_map()) {
    apply_section(value, name + ".");
  } else if (!value.is_null()) {
    config_error(diagnostics_, value.text, "'" + name + "' is a section of keys, not a value");
  }
}

void Applier::apply_section(const ConfigNode& map, const std::string& prefix) {
  for (const ConfigField& field : map.fields) {
    apply_field(prefix + field.key.value, field);
  }
}

}  // namespace

Config::Config() {
  if (const char* root = std::getenv("HOST_ROOT"); root != nullptr && root[0] == '/') {
    containers.host = root;
  }
  for (const OutputDef& output : builtin_outputs()) {
    sinks.push_back(default_settings(output));
  }
}

Result<std::shared_ptr<const SourceText>> read_config_file(const std::string& path) {
  const std::string what = "cannot read configuration file '" + path + "'";
  // O_NONBLOCK: a FIFO without a writer must not hang the start.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    return Error{what, errno, ""};
  }
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) {
    return Error{what, errno, ""};
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{what, S_ISDIR(info.st_mode) ? EISDIR : 0, "a configuration is a regular file"};
  }
  std::string text;
  char buffer[65536];
  for (ssize_t n = 0; (n = ::read(fd.get(), buffer, sizeof(buffer))) != 0;) {
    if (n < 0) {
      return Error{what, errno, ""};
    }
    text.append(buffer, static_cast<size_t>(n));
    if (text.size() > kMaxConfigBytes) {
      return Error{what, EFBIG, "a configuration has at most 1 MiB"};
    }
  }
  return std::shared_ptr<const SourceText>(std::make_shared<SourceText>(path, std::move(text)));
}

Config parse_config(const std::shared_ptr<const SourceText>& file,
                    const std::vector<std::string>& overrides, Diagnostics& diagnostics) {
  ConfigNode root;
  if (file != nullptr) {
    add_config_file(root, file, diagnostics);
  }
  for (const std::string& text : overrides) {
    add_config_override(root, std::make_shared<const SourceText>("-o", text), diagnostics);
  }
  Config config;
  Applier(config, diagnostics).apply_section(root, "");
  return config;
}

}  // namespace saker
