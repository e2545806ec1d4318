// SPDX-License-Identifier: Apache-2.0
#include "cmd/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "engine/base/unique_fd.h"
#include "engine/base/yaml.h"

namespace saker {
namespace {

constexpr size_t kMaxConfigBytes = 1024 * 1024;

// What is wrong with a value, as in "must be true or false"; empty: nothing.
using Problem = std::string;

Problem set_bool(bool& target, std::string_view text) {
  const std::optional<bool> value = parse_bool(text);
  if (!value) {
    return "must be true or false";
  }
  target = *value;
  return {};
}

template <typename Integer>
Problem set_integer(Integer& target, std::string_view text, Integer low, Integer high) {
  Integer value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  }
  target = value;
  return {};
}

Problem set_priority(Priority& target, std::string_view text) {
  const std::optional<Priority> priority = parse_priority(text);
  if (!priority) {
    return "must be one of emergency, alert, critical, error, warning, notice, informational, "
           "debug";
  }
  target = *priority;
  return {};
}

Problem set_ring_preset(Config& config, std::string_view text) {
  uint32_t preset = 1;
  Problem problem = set_integer<uint32_t>(preset, text, 1, 10);
  if (problem.empty()) {
    config.ring_bytes = (1U << 20U) << (preset - 1);
  }
  return problem;
}

Problem set_rule_matching(Config& config, std::string_view text) {
  if (text == "first" || text == "all") {
    config.rule_matching = text == "all" ? RuleMatching::kAll : RuleMatching::kFirst;
    return {};
  }
  return "must be first or all";
}

// A key of this program; those of outputs stand in the registry. A list's setter adds one item.
struct KeyDef {
  std::string_view name;
  std::string_view type;  // "bool", "integer", "text", "list"
  std::string_view default_text;
  std::string_view doc;
  Problem (*set)(Config& config, std::string_view text);
  void (*clear)(Config& config) = nullptr;  // lists only
};

constexpr KeyDef kKeys[] = {
    {"rules_files", "list", "[]",
     "Rule files, and directories of them, in the order of loading; none: the default rules.",
     [](Config& config, std::string_view text) {
       config.rules_files.emplace_back(text);
       return text.empty() ? Problem("must not hold an empty path") : Problem();
     },
     [](Config& config) { config.rules_files.clear(); }},
    {"priority", "text", "debug", "Rules less severe than this are left out.",
     [](Config& config, std::string_view text) { return set_priority(config.priority, text); }},
    {"rule_matching", "text", "first",
     "first: an event gives an alert for the first rule that holds; all: for each.",
     set_rule_matching},
    {"json_output", "bool", "false", "Alerts as JSON objects instead of text lines.",
     [](Config& config, std::string_view text) { return set_bool(config.line.json, text); }},
    {"json_include_output_property", "bool", "true", "JSON: the text line, as `output`.",
     [](Config& config, std::string_view text) {
       return set_bool(config.line.include_output, text);
     }},
    {"json_include_message_property", "bool", "false",
     "JSON: the text line without time and priority, as `message`.",
     [](Config& config, std::string_view text) {
       return set_bool(config.line.include_message, text);
     }},
    {"json_include_output_fields_property", "bool", "true",
     "JSON: the fields of the rule's output with their values, as `output_fields`.",
     [](Config& config, std::string_view text) {
       return set_bool(config.line.include_output_fields, text);
     }},
    {"json_include_tags_property", "bool", "true", "JSON: the rule's tags, as `tags`.",
     [](Config& config, std::string_view text) {
       return set_bool(config.line.include_tags, text);
     }},
    {"time_format_iso_8601", "bool", "false",
     "Times as ISO 8601 in UTC instead of the local time of day.",
     [](Config& config, std::string_view text) {
       return set_bool(config.line.time_iso_8601, text);
     }},
    {"outputs_queue.capacity", "integer", "4096",
     "Alerts that wait for each output at most; when there are more, the oldest is dropped and "
     "counted. There is no unlimited queue.",
     [](Config& config, std::string_view text) {
       return text == "0" ? Problem(
                                "must not be 0: queues are bounded, so that a slow output "
                                "cannot use up memory")
                          : set_integer<size_t>(config.queue_capacity, text, 1, 1'000'000);
     }},
    {"log_level", "text", "informational", "Messages of the sensor itself: this severe or worse.",
     [](Config& config, std::string_view text) { return set_priority(config.log_level, text); }},
    {"ring_size_bytes", "integer", "8388608",
     "Ring buffer between kernel and sensor, shared by all CPUs; rounded up to a power of two.",
     [](Config& config, std::string_view text) {
       return set_integer<uint32_t>(config.ring_bytes, text, 64U << 10U, 1U << 30U);
     }},
    {"engine.modern_ebpf.buf_size_preset", "integer", "4",
     "Falco's way to set ring_size_bytes: 1 is 1 MiB, each step doubles it, 10 is 512 MiB.",
     set_ring_preset},
    {"falco_libs.thread_table_size", "integer", "65536",
     "Processes that are remembered at most; exited ones go first.",
     [](Config& config, std::string_view text) {
       return set_integer<size_t>(config.process_limit, text, 256, 4'194'304);
     }},
};

// The setter and the clearer of a list of directories.
template <std::vector<std::string> ContainerRoots::* kRoots>
Problem add_root(Config& config, std::string_view text) {
  (config.containers.*kRoots).emplace_back(text);
  return text.starts_with('/') ? Problem() : Problem("must be an absolute path");
}
template <std::vector<std::string> ContainerRoots::* kRoots>
void clear_roots(Config& config) {
  (config.containers.*kRoots).clear();
}

// Where the runtimes of containers keep their state.
constexpr KeyDef kContainerKeys[] = {
    {"containers.host_root", "text", "/",
     "Where the host's root is mounted, when the sensor runs in a container. The default is "
     "$HOST_ROOT when that is set.",
     [](Config& config, std::string_view text) {
       config.containers.host = text;
       return text.starts_with('/') ? Problem() : Problem("must be an absolute path");
     }},
    {"containers.docker_roots", "list", "[/var/lib/docker]",
     "Data roots of Docker (`data-root` of its daemon.json), below containers.host_root.",
     add_root<&ContainerRoots::docker>, clear_roots<&ContainerRoots::docker>},
    {"containers.containerd_roots", "list", "[/run/containerd, /run/k3s/containerd]",
     "State directories of containerd.", add_root<&ContainerRoots::containerd>,
     clear_roots<&ContainerRoots::containerd>},
    {"containers.storage_roots", "list", "[/var/lib/containers/storage, /run/containers/storage]",
     "Directories of containers/storage: podman and CRI-O.", add_root<&ContainerRoots::storage>,
     clear_roots<&ContainerRoots::storage>},
    {"containers.runc_roots", "list", "[/run/runc]",
     "State directories of runc, for containers without a manager.",
     add_root<&ContainerRoots::runc>, clear_roots<&ContainerRoots::runc>},
    {"containers.cni_roots", "list", "[/var/lib/cni/results]",
     "Where CNI plugins cache their results: addresses of pods.", add_root<&ContainerRoots::cni>,
     clear_roots<&ContainerRoots::cni>},
};

// A row of kKeys, of kContainerKeys or of an output, alike.
struct Key {
  ConfigKey shown;
  std::function<Problem(Config&, std::string_view)> set;
  void (*clear)(Config& config) = nullptr;
};

Problem check_setting(SettingType type, std::string_view text) {
  bool boolean = false;
  int64_t integer = 0;
  switch (type) {
    case SettingType::kBool:
      return set_bool(boolean, text);
    case SettingType::kInteger:
      return set_integer<int64_t>(integer, text, 0, std::numeric_limits<int64_t>::max());
    case SettingType::kText:
      break;
  }
  return {};
}

std::string_view type_name(SettingType type) {
  return type == SettingType::kBool ? "bool" : type == SettingType::kInteger ? "integer" : "text";
}

std::vector<Key> make_keys() {
  std::vector<Key> keys;
  for (const std::span<const KeyDef> defs :
       std::initializer_list<std::span<const KeyDef>>{kKeys, kContainerKeys}) {
    for (const KeyDef& def : defs) {
      keys.push_back(
          {{std::string(def.name), def.type, def.default_text, def.doc}, def.set, def.clear});
    }
  }
  const auto outputs = builtin_outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    for (const SettingDef& setting : outputs[i].settings) {
      Key key;
      key.shown = {std::string(outputs[i].name) + "_output." + std::string(setting.name),
                   type_name(setting.type), setting.default_text, setting.doc};
      key.set = [i, &setting](Config& config, std::string_view text) {
        config.sinks[i].find(setting.name)->second = text;
        return check_setting(setting.type, text);
      };
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

const std::vector<Key>& all_keys() {
  static const std::vector<Key> keys = make_keys();
  return keys;
}

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

// Applies one source, the file or an override, to a Config.
class Applier {
 public:
  Applier(Config& config, std::shared_ptr<const SourceText> source, Diagnostics& diagnostics)
      : config_(config), source_(std::move(source)), diagnostics_(diagnostics) {}

  void apply_file();
  void apply_override();

 private:
  void apply_section(const YamlNode& map, const std::string& prefix);
  void apply_at(const std::string& name, Span name_span, const YamlNode& value);
  void apply_key(const Key& key, const YamlNode& value);
  void apply_scalar(const Key& key, const YamlNode& value);
  void unknown_key(const std::string& name, Span span);
  // Requires: a span in the source; see in_source().
  void error(Span span, std::string message, std::string hint = "");
  [[nodiscard]] Span in_source(Span span) const {
    return {span.begin + offset_, span.end + offset_};
  }
  // Reports the errors of the file; true when there are none.
  bool accept(const YamlFile& file);

  Config& config_;
  std::shared_ptr<const SourceText> source_;
  uint32_t offset_ = 0;  // of the YAML text in source_
  Diagnostics& diagnostics_;
};

void Applier::error(Span span, std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostic.source = source_;
  diagnostic.span = span;
  diagnostics_.add(std::move(diagnostic));
}

void Applier::unknown_key(const std::string& name, Span span) {
  std::vector<std::string_view> names;
  for (const Key& key : all_keys()) {
    names.emplace_back(key.shown.name);
  }
  std::string hint = did_you_mean(name, names);
  error(span, "unknown configuration key '" + name + "'",
        hint.empty() ? "'saker list config' shows all keys" : std::move(hint));
}

void Applier::apply_scalar(const Key& key, const YamlNode& value) {
  if (!value.is_scalar()) {
    error(in_source(value.span), "'" + key.shown.name + "' must be a single value");
    return;
  }
  const Problem problem = key.set(config_, expand_environment(value.text));
  if (!problem.empty()) {
    error(in_source(value.span), "'" + key.shown.name + "' " + problem);
  }
}

void Applier::apply_key(const Key& key, const YamlNode& value) {
  if (key.clear == nullptr) {
    apply_scalar(key, value);
    return;
  }
  key.clear(config_);
  if (value.is_sequence()) {
    for (const YamlNode* item : value.items) {
      apply_scalar(key, *item);
    }
  } else if (value.is_scalar()) {
    apply_scalar(key, value);
  } else if (!value.is_null()) {
    error(in_source(value.span), "'" + key.shown.name + "' must be a list");
  }
}

void Applier::apply_at(const std::string& name, Span name_span, const YamlNode& value) {
  const auto& keys = all_keys();
  const auto key = std::ranges::find_if(keys, [&](const Key& k) { return k.shown.name == name; });
  if (key != keys.end()) {
    apply_key(*key, value);
  } else if (std::ranges::any_of(
                 keys, [&](const Key& k) { return k.shown.name.starts_with(name + "."); })) {
    if (value.is_map()) {
      apply_section(value, name + ".");
    } else if (!value.is_null()) {
      error(in_source(value.span), "'" + name + "' is a section of keys, not a value");
    }
  } else {
    unknown_key(name, name_span);
  }
}

void Applier::apply_section(const YamlNode& map, const std::string& prefix) {
  for (const auto& [key, value] : map.fields) {
    apply_at(prefix + key->text, in_source(key->span), *value);
  }
}

bool Applier::accept(const YamlFile& file) {
  for (const YamlError& finding : file.errors) {
    error(in_source(finding.span), finding.message, finding.hint);
  }
  return file.errors.empty();
}

void Applier::apply_file() {
  const YamlFile file = parse_yaml(source_->text());
  if (!accept(file)) {
    return;
  }
  for (const YamlNode* document : file.documents) {
    if (document->is_map()) {
      apply_section(*document, "");
    } else if (!document->is_null()) {
      error(in_source(document->span),
            "a configuration file holds keys and values, like `json_output: true`");
    }
  }
}

// KEY=VALUE, KEY[]=ITEM. A VALUE that starts with '[' or '{' is YAML, else it is taken as it is.
void Applier::apply_override() {
  const std::string_view text = source_->text();
  const size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) {
    error({0, static_cast<uint32_t>(text.size())}, "an override has the form KEY=VALUE");
    return;
  }
  std::string_view name = text.substr(0, equals);
  const std::string_view value = text.substr(equals + 1);
  const Span name_span{0, static_cast<uint32_t>(equals)};
  const Span value_span{name_span.end + 1, static_cast<uint32_t>(text.size())};
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = value;
  node.span = value_span;
  if (name.ends_with("[]")) {
    name.remove_suffix(2);
    const auto& keys = all_keys();
    const auto key = std::ranges::find_if(
        keys, [&](const Key& k) { return k.clear != nullptr && k.shown.name == name; });
    if (key != keys.end()) {
      apply_scalar(*key, node);
    } else if (std::ranges::any_of(keys, [&](const Key& k) { return k.shown.name == name; })) {
      error(name_span, "'" + std::string(name) + "' is not a list");
    } else {
      unknown_key(std::string(name), name_span);
    }
    return;
  }
  if (!value.starts_with('[') && !value.starts_with('{')) {
    apply_at(std::string(name), name_span, node);
    return;
  }
  offset_ = value_span.begin;
  const YamlFile file = parse_yaml(value);
  if (accept(file) && !file.documents.empty()) {
    apply_at(std::string(name), name_span, *file.documents.front());
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

std::optional<bool> parse_bool(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "true" || lower == "yes" || lower == "on") {
    return true;
  }
  if (lower == "false" || lower == "no" || lower == "off") {
    return false;
  }
  return std::nullopt;
}

std::vector<ConfigKey> config_keys() {
  std::vector<ConfigKey> shown;
  for (const Key& key : all_keys()) {
    shown.push_back(key.shown);
  }
  return shown;
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
  Config config;
  if (file != nullptr) {
    Applier(config, file, diagnostics).apply_file();
  }
  for (const std::string& override_text : overrides) {
    auto source = std::make_shared<const SourceText>("-o", override_text);
    Applier(config, std::move(source), diagnostics).apply_override();
  }
  return config;
}

}  // namespace saker
