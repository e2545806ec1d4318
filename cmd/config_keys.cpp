// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/setting_text.h"
#include "engine/base/strings.h"
#include "engine/lang/lexer.h"
#include "probes/filter_wire.h"

namespace saker {
namespace {

constexpr std::array<std::string_view, 2> kMatchings{"first", "all"};     // RuleMatching
constexpr std::array<std::string_view, 2> kSyncs{"batch", "checkpoint"};  // Spool...::Sync
constexpr std::array<std::string_view, 3> kMerges{"append", "override", "add-only"};  // ConfigMerge

// The words of a table as SettingDef has them: "off|audit|on".
template <const auto& kWords>
constexpr auto kJoined = [] {
  constexpr size_t kSize = [] {
    size_t size = kWords.size() - 1;
    for (const std::string_view word : kWords) {
      size += word.size();
    }
    return size;
  }();
  std::array<char, kSize> text{};
  auto out = text.begin();
  for (const std::string_view word : kWords) {
    if (out != text.begin()) {
      *out++ = '|';
    }
    out = std::ranges::copy(word, out).out;
  }
  return text;
}();
template <const auto& kWords>
constexpr std::string_view kChoices{kJoined<kWords>.data(), kJoined<kWords>.size()};

// What follows takes a value into the place in the Config that `Place` gives. check_setting() has
// passed it, so that it is of its row's type.
template <auto Place>
Problem bool_at(Config& config, const Text& text) {
  return set_bool(Place(config), text.value);
}

template <auto Place>
Problem integer_at(Config& config, const Text& text) {
  auto& target = Place(config);
  using Limits = std::numeric_limits<std::remove_reference_t<decltype(target)>>;
  return set_integer(target, text.value, Limits::min(), Limits::max());
}

template <auto Place>
Problem text_at(Config& config, const Text& text) {
  Place(config) = text.value;
  return {};
}

template <auto Place>
Problem path_at(Config& config, const Text& text) {
  Place(config) = text.value;
  return text.value.starts_with('/') ? Problem() : "must be an absolute path";
}

// One of the words of a table, by number.
template <auto Place, const auto& kWords>
Problem word_at(Config& config, const Text& text) {
  auto& target = Place(config);
  const auto found = std::ranges::find(kWords, text.value);
  target = static_cast<std::remove_reference_t<decltype(target)>>(found - kWords.begin());
  return {};
}

template <auto Place>
Problem priority_at(Config& config, const Text& text) {
  Place(config) = parse_priority(text.value).value();
  return {};
}

template <auto Place>
Problem add_to(Config& config, const Text& text) {
  Place(config).push_back(text.value);
  return {};
}

template <auto Place>
Problem add_path_to(Config& config, const Text& text) {
  Place(config).push_back(text.value);
  return text.value.empty() ? "must not hold an empty path" : Problem();
}

template <std::vector<std::string> ContainerRoots::* kRoots>
Problem add_root(Config& config, const Text& text) {
  (config.containers.*kRoots).push_back(text.value);
  return text.value.starts_with('/') ? Problem() : "must hold absolute paths";
}

Problem set_ring_preset(Config& config, const Text& text) {
  uint32_t preset = 1;
  Problem problem = set_integer<uint32_t>(preset, text.value, 1, 10);
  config.ring_bytes = (1U << 20U) << (preset - 1);
  return problem;
}

// RuleSelection of one of the keys rules[].{enable,disable}.{rule,tag}.
template <bool Enable, RulePattern::By By>
Problem add_selection(Config& config, const Text& text) {
  config.rule_selection.push_back({Enable, {By, text}});
  return text.value.empty() ? Problem("must not be empty") : Problem();
}

// EnforcementSelection of one of the keys enforcement.rules[].{off,audit,on}.{rule,tag}.
template <Enforcement Mode, RulePattern::By By>
Problem add_enforcement(Config& config, const Text& text) {
  config.enforcement.rules.push_back({Mode, {By, text}});
  return text.value.empty() ? Problem("must not be empty") : Problem();
}

Problem add_exempt_path(Config& config, const Text& text) {
  config.enforcement_options.exempt_paths.push_back(text.value);
  if (text.value.size() >= EV_PREFIX_MAX) {
    return "must hold shorter paths";
  }
  return text.value.starts_with('/') ? Problem() : "must hold absolute paths";
}

Problem add_extra_field(Config& config, const Text& name) {
  config.append_output.back().extra_fields.push_back({name, std::nullopt});
  return name.value.empty() ? Problem("must not hold an empty name") : Problem();
}

Problem add_formatted_field(Config& config, const Text& name, const Text& format) {
  config.append_output.back().extra_fields.push_back({name, format});
  return trim(format.value).empty() ? Problem("must not hold an empty text") : Problem();
}

Problem add_static_field(Config& config, const Text& key, const Text& value) {
  const std::string name = "static." + key.value;
  if (lang::field_name_length(name) != name.size()) {
    return "needs keys of letters, digits and '_', with a letter first";
  }
  config.static_fields[key.value] = value.value;
  return {};
}

// A key of this program; see ConfigKey.
struct KeyDef {
  SettingDef setting;
  Problem (*set)(Config& config, const Text& text) = nullptr;
  Problem (*set_entry)(Config& config, const Text& key, const Text& value) = nullptr;
  void (*begin_item)(Config& config) = nullptr;
  std::string_view instead_of = {};
};

constexpr KeyDef kKeys[] = {
    {{"config_files", SettingType::kList, "[/etc/saker/config.d]",
      "More configuration files, and directories of them whose *.yaml and *.yml are read in the "
      "order of their names. What a later file says counts. Without this key and without -c: the "
      "default. Only in the main file."},
     [](Config& config, const Text& text) {
       config.config_files.push_back({text, ConfigMerge::kAppend});
       return text.value.empty() ? Problem("must not hold an empty path") : Problem();
     },
     nullptr,
     [](Config& config) { config.config_files.emplace_back(); }},
    {{"config_files[].path", SettingType::kText, "", "The file or directory."},
     [](Config& config, const Text& text) {
       config.config_files.back().path = text;
       return text.value.empty() ? Problem("must not be empty") : Problem();
     }},
    {{"config_files[].strategy", SettingType::kText, "append",
      "What becomes of values that are there already. append: lists get longer, others are "
      "replaced; override: lists are replaced, too; add-only: they stay.",
      kChoices<kMerges>},
     word_at<[](Config& c) -> auto& { return c.config_files.back().strategy; }, kMerges>},
    {{"rules_files", SettingType::kList, "[]",
      "Rule files, and directories of them, in the order of loading; none: the default rules."},
     add_path_to<[](Config& c) -> auto& { return c.rules_files; }>},
    {{"rules_file", SettingType::kList, "[]", "Falco's older name of rules_files."},
     add_path_to<[](Config& c) -> auto& { return c.rules_files; }>,
     nullptr,
     nullptr,
     "rules_files"},
    {{"priority", SettingType::kText, "debug", "Rules less severe than this are left out.",
      kPriorityChoices},
     priority_at<[](Config& c) -> auto& { return c.priority; }>},
    {{"rule_matching", SettingType::kText, "first",
      "first: an event gives an alert for the first rule that holds; all: for each.",
      kChoices<kMatchings>},
     word_at<[](Config& c) -> auto& { return c.rule_matching; }, kMatchings>},
    {{"rules", SettingType::kList, "[]",
      "Switches rules on and off, in this order: items like `disable: {rule: \"*\"}`."}},
    {{"rules[].enable.rule", SettingType::kText, "", "Rules to load; `*` stands for any text."},
     add_selection<true, RulePattern::By::kName>},
    {{"rules[].enable.tag", SettingType::kText, "", "Rules to load: those with this tag."},
     add_selection<true, RulePattern::By::kTag>},
    {{"rules[].disable.rule", SettingType::kText, "",
      "Rules to leave out; `*` stands for any text."},
     add_selection<false, RulePattern::By::kName>},
    {{"rules[].disable.tag", SettingType::kText, "", "Rules to leave out: those with this tag."},
     add_selection<false, RulePattern::By::kTag>},
    {{"enforcement.mode", SettingType::kText, "audit",
      "The most that is done with what rules with an action (deny, kill) hold for. off: they only "
      "alert, as all others; audit: their alerts say what would have been done; on: it is done.",
      kChoices<kEnforcements>},
     word_at<[](Config& c) -> auto& { return c.enforcement.mode; }, kEnforcements>},
    {{"enforcement.rules", SettingType::kList, "[]",
      "Less than enforcement.mode for some rules, in this order, whatever they say themselves: "
      "items like `audit: {rule: \"*\"}`, `on: {tag: ready}`."}},
    {{"enforcement.rules[].off.rule", SettingType::kText, "",
      "Rules that only alert; `*` stands for any text."},
     add_enforcement<Enforcement::kOff, RulePattern::By::kName>},
    {{"enforcement.rules[].off.tag", SettingType::kText, "",
      "Rules that only alert: those with this tag."},
     add_enforcement<Enforcement::kOff, RulePattern::By::kTag>},
    {{"enforcement.rules[].audit.rule", SettingType::kText, "",
      "Rules that say what they would have done; `*` stands for any text."},
     add_enforcement<Enforcement::kAudit, RulePattern::By::kName>},
    {{"enforcement.rules[].audit.tag", SettingType::kText, "",
      "Rules that say what they would have done: those with this tag."},
     add_enforcement<Enforcement::kAudit, RulePattern::By::kTag>},
    {{"enforcement.rules[].on.rule", SettingType::kText, "",
      "Rules that do what they say; `*` stands for any text."},
     add_enforcement<Enforcement::kOn, RulePattern::By::kName>},
    {{"enforcement.rules[].on.tag", SettingType::kText, "",
      "Rules that do what they say: those with this tag."},
     add_enforcement<Enforcement::kOn, RulePattern::By::kTag>},
    {{"enforcement.fallback", SettingType::kText, "error",
      "Where the kernel cannot refuse (no BPF-LSM), rules that deny are an error, kill the process "
      "when the operation is done, or only alert.",
      kChoices<kDenyFallbacks>},
     word_at<[](Config& c) -> auto& { return c.enforcement.fallback; }, kDenyFallbacks>},
    {{"enforcement.exempt", SettingType::kList, "[]",
      "Executables whose processes are never refused anything nor killed; the sensor and PID 1 "
      "never are."},
     add_exempt_path},
    {{"enforcement.on_exit", SettingType::kText, "release",
      "What becomes of decisions when the sensor ends, however it does. release: nothing is "
      "refused "
      "any more; keep: what is refused goes on to be, until a sensor starts again or `saker "
      "enforce "
      "off`. It needs a bpf file system at /sys/fs/bpf.",
      kChoices<kOnExits>},
     word_at<[](Config& c) -> auto& { return c.enforcement_options.on_exit; }, kOnExits>},
    {{"append_output", SettingType::kList, "[]", "What is added to the outputs of rules."},
     nullptr,
     nullptr,
     [](Config& config) { config.append_output.emplace_back(); }},
    {{"append_output[].match.source", SettingType::kText, "",
      "Only rules of this source. Of the keys of match, all that are given must hold."},
     text_at<[](Config& c) -> auto& { return c.append_output.back().source; }>},
    {{"append_output[].match.rule", SettingType::kText, "", "Only the rule of this name."},
     text_at<[](Config& c) -> auto& { return c.append_output.back().rule; }>},
    {{"append_output[].match.tags", SettingType::kList, "[]", "Only rules with all of these tags."},
     add_to<[](Config& c) -> auto& { return c.append_output.back().tags; }>},
    {{"append_output[].extra_output", SettingType::kText, "",
      "Text with %fields in it, added to the message behind a blank."},
     [](Config& config, const Text& text) {
       config.append_output.back().extra_output = text;
       return Problem();
     }},
    {{"append_output[].extra_fields", SettingType::kList, "[]",
      "Values for `output_fields` that do not go into the message: names of fields, and "
      "`KEY: \"text with %fields\"`."},
     add_extra_field,
     add_formatted_field},
    {{"append_output[].suggested_output", SettingType::kBool, "false",
      "Add the fields that say where it happened: container, pod and static_fields."},
     bool_at<[](Config& c) -> auto& { return c.append_output.back().suggested_output; }>},
    {{"static_fields", SettingType::kMap, "{}",
      "KEY: TEXT makes a field static.KEY, for conditions and outputs."},
     nullptr,
     add_static_field},
    {{"buffer_format_base64", SettingType::kBool, "false",
      "Data that was read or sent in base64 instead of with dots for what cannot be printed."},
     [](Config& config, const Text& text) {
       const bool is_base64 = parse_bool(text.value).value();
       config.buffer_format = is_base64 ? BufferFormat::kBase64 : BufferFormat::kDots;
       return Problem();
     }},
    {{"json_output", SettingType::kBool, "false", "Alerts as JSON objects instead of text lines."},
     bool_at<[](Config& c) -> auto& { return c.line.json; }>},
    {{"json_include_output_property", SettingType::kBool, "true",
      "JSON: the text line, as `output`."},
     bool_at<[](Config& c) -> auto& { return c.line.include_output; }>},
    {{"json_include_message_property", SettingType::kBool, "false",
      "JSON: the text line without time and priority, as `message`."},
     bool_at<[](Config& c) -> auto& { return c.line.include_message; }>},
    {{"json_include_output_fields_property", SettingType::kBool, "true",
      "JSON: the fields of the rule's output with their values, as `output_fields`."},
     bool_at<[](Config& c) -> auto& { return c.line.include_output_fields; }>},
    {{"json_include_tags_property", SettingType::kBool, "true",
      "JSON: the rule's tags, as `tags`."},
     bool_at<[](Config& c) -> auto& { return c.line.include_tags; }>},
    {{"json_include_id_property", SettingType::kBool, "true",
      "JSON: a unique `id`, and `seq`, the number among this output's alerts: a repeated id is a "
      "duplicate, a number left out a loss."},
     bool_at<[](Config& c) -> auto& { return c.line.include_id; }>},
    {{"time_format_iso_8601", SettingType::kBool, "false",
      "Times as ISO 8601 in UTC instead of the local time of day."},
     bool_at<[](Config& c) -> auto& { return c.line.time_iso_8601; }>},
    {{"outputs_queue.capacity",
      SettingType::kInteger,
      "4096",
      "Alerts that wait for each output at most; when there are more, the oldest is dropped and "
      "counted. There is no unlimited queue.",
      {},
      1,
      1'000'000},
     integer_at<[](Config& c) -> auto& { return c.queue_capacity; }>},
    {{"spool.directory", SettingType::kText, "/var/lib/saker/spool",
      "Where outputs with `spool` keep alerts until they are out: a database for each. Of one "
      "sensor only."},
     path_at<[](Config& c) -> auto& { return c.spool.directory; }>},
    {{"spool.max_size_mib",
      SettingType::kInteger,
      "1024",
      "Disk that the spool of an output may use; beyond it the oldest alerts go, and are counted.",
      {},
      1,
      1U << 20U},
     [](Config& config, const Text& text) {
       Problem problem = set_integer<uint64_t>(config.spool.max_bytes, text.value, 1, 1U << 20U);
       config.spool.max_bytes <<= 20U;
       return problem;
     }},
    {{"spool.max_age_hours",
      SettingType::kInteger,
      "168",
      "Alerts that could not be sent for so long go, and are counted.",
      {},
      1,
      24LL * 365},
     [](Config& config, const Text& text) {
       int hours = 0;
       Problem problem = set_integer(hours, text.value, 1, 24 * 365);
       config.spool.max_age = std::chrono::hours(hours);
       return problem;
     }},
    {{"spool.fsync", SettingType::kText, "batch",
      "batch: an alert counts as kept when it is on the medium, so that it survives a loss of "
      "power; "
      "checkpoint: when the kernel has it, so that it survives a kill of the sensor; faster.",
      kChoices<kSyncs>},
     word_at<[](Config& c) -> auto& { return c.spool.sync; }, kSyncs>},
    {{"log_level", SettingType::kText, "informational",
      "Messages of the sensor itself: this severe or worse.", kPriorityChoices},
     priority_at<[](Config& c) -> auto& { return c.log_level; }>},
    {{"ring_size_bytes",
      SettingType::kInteger,
      "8388608",
      "Ring buffer between kernel and sensor, shared by all CPUs; rounded up to a power of two.",
      {},
      64U << 10U,
      1U << 30U},
     integer_at<[](Config& c) -> auto& { return c.ring_bytes; }>},
    {{"engine.modern_ebpf.buf_size_preset",
      SettingType::kInteger,
      "4",
      "Falco's way to set ring_size_bytes: 1 is 1 MiB, each step doubles it, 10 is 512 MiB.",
      {},
      1,
      10},
     set_ring_preset,
     nullptr,
     nullptr,
     "ring_size_bytes"},
    {{"watch_config_files", SettingType::kBool, "true",
      "Reload when the configuration or a rule file changes."},
     bool_at<[](Config& c) -> auto& { return c.watch_config_files; }>},
    {{"control.socket", SettingType::kText, "/run/saker/control.sock",
      "Where `saker reload` and `saker status` find the sensor; only root and the sensor's user "
      "may "
      "use it. Empty: nowhere."},
     [](Config& config, const Text& text) {
       config.control_socket = text.value;
       return text.value.empty() || text.value.starts_with('/') ? Problem()
                                                                : "must be an absolute path";
     }},
    {{"self_protection.enabled", SettingType::kBool, "true",
      "Alert when somebody sends the sensor a signal, traces it, reaches its memory or sets its "
      "limits, or opens or changes one of its BPF objects."},
     bool_at<[](Config& c) -> auto& { return c.self_protection.enabled; }>},
    {{"self_protection.run_file", SettingType::kText, "/var/lib/saker/run",
      "Kept while the sensor runs, so that the next start can tell when one was killed. Of one "
      "sensor only. Empty: none."},
     [](Config& config, const Text& text) {
       config.self_protection.run_file = text.value;
       return text.value.empty() || text.value.starts_with('/') ? Problem()
                                                                : "must be an absolute path";
     }},
    {{"webserver.enabled", SettingType::kBool, "false",
      "Answer HTTP requests: is the sensor alive, is it ready, versions, metrics."},
     bool_at<[](Config& c) -> auto& { return c.web_server.enabled; }>},
    {{"webserver.listen_address", SettingType::kText, "0.0.0.0",
      "IPv4 or IPv6 address to listen on; 127.0.0.1: only for this host."},
     text_at<[](Config& c) -> auto& { return c.web_server.address; }>},
    {{"webserver.listen_port",
      SettingType::kInteger,
      "8765",
      "Port to listen on; 0: any that is free.",
      {},
      0,
      65535},
     integer_at<[](Config& c) -> auto& { return c.web_server.port; }>},
    {{"webserver.k8s_healthz_endpoint", SettingType::kText, "/healthz",
      "Path that is answered with 200 as long as events are read."},
     [](Config& config, const Text& text) {
       config.web_server.health_path = text.value;
       return text.value.starts_with('/') ? Problem() : Problem("must begin with '/'");
     }},
    {{"webserver.prometheus_metrics_enabled", SettingType::kBool, "false",
      "Serve figures for Prometheus and `saker top` at /metrics; needs metrics.enabled."},
     bool_at<[](Config& c) -> auto& { return c.web_server.serves_metrics; }>},
    {{"webserver.ssl_enabled", SettingType::kBool, "false", "Answer over TLS only."},
     bool_at<[](Config& c) -> auto& { return c.web_server.uses_tls; }>},
    {{"webserver.ssl_certificate", SettingType::kText, "/etc/saker/saker.pem",
      "PEM file with the private key and the certificates."},
     text_at<[](Config& c) -> auto& { return c.web_server.certificate_path; }>},
    {{"metrics.enabled", SettingType::kBool, "false",
      "Keep figures for monitoring; `saker list metrics` shows them."},
     bool_at<[](Config& c) -> auto& { return c.metrics_enabled; }>},
    {{"metrics.libbpf_stats_enabled", SettingType::kBool, "false",
      "Have the kernel count the time of BPF programs, all of this host, for some 20 ns a run."},
     bool_at<[](Config& c) -> auto& { return c.count_bpf_runs; }>},
    {{"kernel_filter", SettingType::kBool, "true",
      "Drop in the kernel what no rule can be about. false: every event of the kinds that rules "
      "ask "
      "for reaches the sensor, which costs more and changes no alert."},
     bool_at<[](Config& c) -> auto& { return c.kernel_filter; }>},
    {{"resolve_host_names", SettingType::kBool, "true",
      "Ask the name servers for the host names that rules compare with (fd.sip.name and its like). "
      "false: no queries are sent, and such a comparison finds no name."},
     bool_at<[](Config& c) -> auto& { return c.resolve_host_names; }>},
    {{"falco_libs.thread_table_size",
      SettingType::kInteger,
      "65536",
      "Processes that are remembered at most; exited ones go first.",
      {},
      256,
      4'194'304},
     integer_at<[](Config& c) -> auto& { return c.process_limit; }>},
    {{"containers.host_root", SettingType::kText, "/",
      "Where the host's root is mounted, when the sensor runs in a container itself. Without this "
      "key $HOST_ROOT, if that is set."},
     path_at<[](Config& c) -> auto& { return c.containers.host; }>},
    {{"containers.docker_roots", SettingType::kList, "[/var/lib/docker]",
      "Data roots of Docker, as in `data-root` of its daemon.json."},
     add_root<&ContainerRoots::docker>},
    {{"containers.containerd_roots", SettingType::kList, "[/run/containerd, /run/k3s/containerd]",
      "State directories of containerd."},
     add_root<&ContainerRoots::containerd>},
    {{"containers.storage_roots", SettingType::kList,
      "[/var/lib/containers/storage, /run/containers/storage]", "Directories of podman and CRI-O."},
     add_root<&ContainerRoots::storage>},
    {{"containers.runc_roots", SettingType::kList, "[/run/runc]",
      "State directories of runc, for containers that no other runtime manages."},
     add_root<&ContainerRoots::runc>},
    {{"containers.cni_roots", SettingType::kList, "[/var/lib/cni/results]",
      "Where CNI plugins keep their results, the addresses of pods."},
     add_root<&ContainerRoots::cni>},
};

// The key of an output's setting; `output` is its place in builtin_outputs().
ConfigKey make_key(const OutputDef& def, size_t output, const SettingDef& setting) {
  ConfigKey key;
  key.name = std::string(def.name) + "_output." + std::string(setting.name);
  key.setting = setting;
  if (setting.type == SettingType::kList) {
    key.setting.default_text = "[]";
  } else if (setting.type == SettingType::kMap) {
    key.setting.default_text = "{}";
  }
  if (setting.type == SettingType::kMap) {
    key.set_entry = [output, setting](Config& config, const Text& name, const Text& value) {
      return config.sinks[output].set(setting, value.value, name.value);
    };
  } else {
    key.set = [output, setting](Config& config, const Text& text) {
      return config.sinks[output].set(setting, text.value);
    };
  }
  return key;
}

std::vector<ConfigKey> make_keys() {
  std::vector<ConfigKey> keys;
  for (const KeyDef& def : kKeys) {
    keys.push_back({std::string(def.setting.name), def.setting, def.set, def.set_entry,
                    def.begin_item, def.instead_of});
  }
  const auto outputs = builtin_outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    for (const SettingDef& setting : all_settings(outputs[i])) {
      keys.push_back(make_key(outputs[i], i, setting));
    }
  }
  return keys;
}

}  // namespace

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> keys = make_keys();
  return keys;
}

std::map<std::string, const ConfigNode*> values_by_key(const ConfigNode& tree) {
  std::map<std::string, const ConfigNode*> values;
  std::vector<std::pair<std::string, const ConfigNode*>> sections{{"", &tree}};
  while (!sections.empty()) {
    const auto [prefix, section] = std::move(sections.back());
    sections.pop_back();
    for (const ConfigField& field : section->fields) {
      const std::string name = prefix + field.key.value;
      if (std::ranges::find(config_keys(), name, &ConfigKey::name) != config_keys().end()) {
        values[name] = &field.value;
      } else {
        sections.emplace_back(name + ".", &field.value);
      }
    }
  }
  return values;
}

}  // namespace saker
