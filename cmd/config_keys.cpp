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

Problem set_priority(Priority& target, std::string_view text) {
  const std::optional<Priority> priority = parse_priority(text);
  if (!priority) {
    return "must be one of emergency, alert, critical, error, warning, notice, informational, "
           "debug";
  }
  target = *priority;
  return {};
}

// One of the words of a table, by number.
template <typename Value, size_t N>
Problem set_word(Value& target, std::string_view text,
                 const std::array<std::string_view, N>& words) {
  const auto found = std::ranges::find(words, text);
  if (found == words.end()) {
    std::string problem = "must be " + std::string(words[0]);
    for (size_t i = 1; i < N; ++i) {
      problem += (i + 1 < N ? ", " : " or ") + std::string(words[i]);
    }
    return problem;
  }
  target = static_cast<Value>(found - words.begin());
  return {};
}

Problem set_ring_preset(Config& config, const Text& text) {
  uint32_t preset = 1;
  Problem problem = set_integer<uint32_t>(preset, text.value, 1, 10);
  if (problem.empty()) {
    config.ring_bytes = (1U << 20U) << (preset - 1);
  }
  return problem;
}

Problem set_rule_matching(Config& config, const Text& text) {
  static constexpr std::array<std::string_view, 2> kWords{"first", "all"};
  return set_word(config.rule_matching, text.value, kWords);
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

template <std::vector<std::string> ContainerRoots::* kRoots>
Problem add_root(Config& config, const Text& text) {
  (config.containers.*kRoots).push_back(text.value);
  return text.value.starts_with('/') ? Problem() : "must hold absolute paths";
}

// A key of this program; see ConfigKey.
struct KeyDef {
  std::string_view name;
  std::string_view type;
  std::string_view default_text;
  std::string_view doc;
  Problem (*set)(Config& config, const Text& text) = nullptr;
  Problem (*set_entry)(Config& config, const Text& key, const Text& value) = nullptr;
  void (*begin_item)(Config& config) = nullptr;
};

constexpr KeyDef kKeys[] = {
    {"rules_files", "list", "[]",
     "Rule files, and directories of them, in the order of loading; none: the default rules.",
     [](Config& config, const Text& text) {
       config.rules_files.push_back(text.value);
       return text.value.empty() ? Problem("must not hold an empty path") : Problem();
     }},
    {"priority", "text", "debug", "Rules less severe than this are left out.",
     [](Config& config, const Text& text) { return set_priority(config.priority, text.value); }},
    {"rule_matching", "text", "first",
     "first: an event gives an alert for the first rule that holds; all: for each.",
     set_rule_matching},
    {"rules", "list", "[]",
     "Switches rules on and off, in this order: items like `disable: {rule: \"*\"}`."},
    {"rules[].enable.rule", "text", "", "Rules to load; `*` stands for any text.",
     add_selection<true, RulePattern::By::kName>},
    {"rules[].enable.tag", "text", "", "Rules to load: those with this tag.",
     add_selection<true, RulePattern::By::kTag>},
    {"rules[].disable.rule", "text", "", "Rules to leave out; `*` stands for any text.",
     add_selection<false, RulePattern::By::kName>},
    {"rules[].disable.tag", "text", "", "Rules to leave out: those with this tag.",
     add_selection<false, RulePattern::By::kTag>},
    {"enforcement.mode", "text", "audit",
     "The most that is done with what rules with an action (deny, kill) hold for. off: they only "
     "alert, as all others; audit: their alerts say what would have been done; on: it is done.",
     [](Config& config, const Text& text) {
       return set_word(config.enforcement.mode, text.value, kEnforcements);
     }},
    {"enforcement.rules", "list", "[]",
     "Less than enforcement.mode for some rules, in this order, whatever they say themselves: "
     "items like `audit: {rule: \"*\"}`, `on: {tag: ready}`."},
    {"enforcement.rules[].off.rule", "text", "", "Rules that only alert; `*` stands for any text.",
     add_enforcement<Enforcement::kOff, RulePattern::By::kName>},
    {"enforcement.rules[].off.tag", "text", "", "Rules that only alert: those with this tag.",
     add_enforcement<Enforcement::kOff, RulePattern::By::kTag>},
    {"enforcement.rules[].audit.rule", "text", "",
     "Rules that say what they would have done; `*` stands for any text.",
     add_enforcement<Enforcement::kAudit, RulePattern::By::kName>},
    {"enforcement.rules[].audit.tag", "text", "",
     "Rules that say what they would have done: those with this tag.",
     add_enforcement<Enforcement::kAudit, RulePattern::By::kTag>},
    {"enforcement.rules[].on.rule", "text", "",
     "Rules that do what they say; `*` stands for any text.",
     add_enforcement<Enforcement::kOn, RulePattern::By::kName>},
    {"enforcement.rules[].on.tag", "text", "", "Rules that do what they say: those with this tag.",
     add_enforcement<Enforcement::kOn, RulePattern::By::kTag>},
    {"enforcement.fallback", "text", "error",
     "Where the kernel cannot refuse (no BPF-LSM), rules that deny are an error, kill the process "
     "when the operation is done, or only alert.",
     [](Config& config, const Text& text) {
       return set_word(config.enforcement.fallback, text.value, kDenyFallbacks);
     }},
    {"enforcement.exempt", "list", "[]",
     "Executables whose processes are never refused anything nor killed; the sensor and PID 1 "
     "never are.",
     add_exempt_path},
    {"enforcement.on_exit", "text", "release",
     "What becomes of decisions when the sensor ends, however it does. release: nothing is refused "
     "any more; keep: what is refused goes on to be, until a sensor starts again or `saker enforce "
     "off`. It needs a bpf file system at /sys/fs/bpf.",
     [](Config& config, const Text& text) {
       return set_word(config.enforcement_options.on_exit, text.value, kOnExits);
     }},
    {"append_output", "list", "[]", "What is added to the outputs of rules.", nullptr, nullptr,
     [](Config& config) { config.append_output.emplace_back(); }},
    {"append_output[].match.source", "text", "",
     "Only rules of this source. Of the keys of match, all that are given must hold.",
     [](Config& config, const Text& text) {
       config.append_output.back().source = text.value;
       return Problem();
     }},
    {"append_output[].match.rule", "text", "", "Only the rule of this name.",
     [](Config& config, const Text& text) {
       config.append_output.back().rule = text.value;
       return Problem();
     }},
    {"append_output[].match.tags", "list", "[]", "Only rules with all of these tags.",
     [](Config& config, const Text& text) {
       config.append_output.back().tags.push_back(text.value);
       return Problem();
     }},
    {"append_output[].extra_output", "text", "",
     "Text with %fields in it, added to the message behind a blank.",
     [](Config& config, const Text& text) {
       config.append_output.back().extra_output = text;
       return Problem();
     }},
    {"append_output[].extra_fields", "list", "[]",
     "Values for `output_fields` that do not go into the message: names of fields, and "
     "`KEY: \"text with %fields\"`.",
     add_extra_field, add_formatted_field},
    {"append_output[].suggested_output", "bool", "false",
     "Add the fields that say where it happened: container, pod and static_fields.",
     [](Config& config, const Text& text) {
       return set_bool(config.append_output.back().suggested_output, text.value);
     }},
    {"static_fields", "map", "{}",
     "KEY: TEXT makes a field static.KEY, for conditions and outputs.", nullptr, add_static_field},
    {"buffer_format_base64", "bool", "false",
     "Data that was read or sent in base64 instead of with dots for what cannot be printed.",
     [](Config& config, const Text& text) {
       bool base64 = false;
       Problem problem = set_bool(base64, text.value);
       config.buffer_format = base64 ? BufferFormat::kBase64 : BufferFormat::kDots;
       return problem;
     }},
    {"json_output", "bool", "false", "Alerts as JSON objects instead of text lines.",
     [](Config& config, const Text& text) { return set_bool(config.line.json, text.value); }},
    {"json_include_output_property", "bool", "true", "JSON: the text line, as `output`.",
     [](Config& config, const Text& text) {
       return set_bool(config.line.include_output, text.value);
     }},
    {"json_include_message_property", "bool", "false",
     "JSON: the text line without time and priority, as `message`.",
     [](Config& config, const Text& text) {
       return set_bool(config.line.include_message, text.value);
     }},
    {"json_include_output_fields_property", "bool", "true",
     "JSON: the fields of the rule's output with their values, as `output_fields`.",
     [](Config& config, const Text& text) {
       return set_bool(config.line.include_output_fields, text.value);
     }},
    {"json_include_tags_property", "bool", "true", "JSON: the rule's tags, as `tags`.",
     [](Config& config, const Text& text) {
       return set_bool(config.line.include_tags, text.value);
     }},
    {"json_include_id_property", "bool", "true",
     "JSON: a unique `id`, and `seq`, the number among this output's alerts: a repeated id is a "
     "duplicate, a number left out a loss.",
     [](Config& config, const Text& text) { return set_bool(config.line.include_id, text.value); }},
    {"time_format_iso_8601", "bool", "false",
     "Times as ISO 8601 in UTC instead of the local time of day.",
     [](Config& config, const Text& text) {
       return set_bool(config.line.time_iso_8601, text.value);
     }},
    {"outputs_queue.capacity", "integer", "4096",
     "Alerts that wait for each output at most; when there are more, the oldest is dropped and "
     "counted. There is no unlimited queue.",
     [](Config& config, const Text& text) {
       return text.value == "0"
                  ? Problem(
                        "must not be 0: queues are bounded, so that a slow output "
                        "cannot use up memory")
                  : set_integer<size_t>(config.queue_capacity, text.value, 1, 1'000'000);
     }},
    {"spool.directory", "text", "/var/lib/saker/spool",
     "Where outputs with `spool` keep alerts until they are out: a database for each. Of one "
     "sensor only.",
     [](Config& config, const Text& text) {
       config.spool.directory = text.value;
       return text.value.starts_with('/') ? Problem() : Problem("must be an absolute path");
     }},
    {"spool.max_size_mib", "integer", "1024",
     "Disk that the spool of an output may use; beyond it the oldest alerts go, and are counted.",
     [](Config& config, const Text& text) {
       uint64_t mib = 0;
       Problem problem = set_integer<uint64_t>(mib, text.value, 1, 1U << 20U);
       config.spool.max_bytes = problem.empty() ? mib << 20U : config.spool.max_bytes;
       return problem;
     }},
    {"spool.max_age_hours", "integer", "168",
     "Alerts that could not be sent for so long go, and are counted.",
     [](Config& config, const Text& text) {
       int64_t hours = 0;
       Problem problem = set_integer<int64_t>(hours, text.value, 1, 24 * 365);
       config.spool.max_age = problem.empty() ? std::chrono::hours(hours) : config.spool.max_age;
       return problem;
     }},
    {"spool.fsync", "text", "batch",
     "batch: an alert counts as kept when it is on the medium, so that it survives a loss of "
     "power; "
     "checkpoint: when the kernel has it, so that it survives a kill of the sensor; faster.",
     [](Config& config, const Text& text) {
       if (text.value != "batch" && text.value != "checkpoint") {
         return Problem("must be batch or checkpoint");
       }
       config.spool.sync =
           text.value == "batch" ? SpoolOptions::Sync::kEachBatch : SpoolOptions::Sync::kCheckpoint;
       return Problem();
     }},
    {"log_level", "text", "informational", "Messages of the sensor itself: this severe or worse.",
     [](Config& config, const Text& text) { return set_priority(config.log_level, text.value); }},
    {"ring_size_bytes", "integer", "8388608",
     "Ring buffer between kernel and sensor, shared by all CPUs; rounded up to a power of two.",
     [](Config& config, const Text& text) {
       return set_integer<uint32_t>(config.ring_bytes, text.value, 64U << 10U, 1U << 30U);
     }},
    {"engine.modern_ebpf.buf_size_preset", "integer", "4",
     "Falco's way to set ring_size_bytes: 1 is 1 MiB, each step doubles it, 10 is 512 MiB.",
     set_ring_preset},
    {"watch_config_files", "bool", "true", "Reload when the configuration or a rule file changes.",
     [](Config& config, const Text& text) {
       return set_bool(config.watch_config_files, text.value);
     }},
    {"control.socket", "text", "/run/saker/control.sock",
     "Where `saker reload` and `saker status` find the sensor; only root and the sensor's user may "
     "use it. Empty: nowhere.",
     [](Config& config, const Text& text) {
       config.control_socket = text.value;
       return text.value.empty() || text.value.starts_with('/') ? Problem()
                                                                : "must be an absolute path";
     }},
    {"webserver.enabled", "bool", "false",
     "Answer HTTP requests: is the sensor alive, is it ready, versions, metrics.",
     [](Config& config, const Text& text) {
       return set_bool(config.web_server.enabled, text.value);
     }},
    {"webserver.listen_address", "text", "0.0.0.0",
     "IPv4 or IPv6 address to listen on; 127.0.0.1: only for this host.",
     [](Config& config, const Text& text) {
       config.web_server.address = text.value;
       return Problem();
     }},
    {"webserver.listen_port", "integer", "8765", "Port to listen on; 0: any that is free.",
     [](Config& config, const Text& text) {
       return set_integer<uint16_t>(config.web_server.port, text.value, 0, 65535);
     }},
    {"webserver.threadiness", "integer", "0",
     "Without effect, for Falco's configurations: one thread answers all.",
     [](Config&, const Text& text) {
       uint16_t ignored = 0;
       return set_integer<uint16_t>(ignored, text.value, 0, 65535);
     }},
    {"webserver.k8s_healthz_endpoint", "text", "/healthz",
     "Path that is answered with 200 as long as events are read.",
     [](Config& config, const Text& text) {
       config.web_server.health_path = text.value;
       return text.value.starts_with('/') ? Problem() : Problem("must begin with '/'");
     }},
    {"webserver.prometheus_metrics_enabled", "bool", "false",
     "Serve figures for Prometheus and `saker top` at /metrics; needs metrics.enabled.",
     [](Config& config, const Text& text) {
       return set_bool(config.web_server.serves_metrics, text.value);
     }},
    {"webserver.ssl_enabled", "bool", "false", "Answer over TLS only.",
     [](Config& config, const Text& text) {
       return set_bool(config.web_server.uses_tls, text.value);
     }},
    {"webserver.ssl_certificate", "text", "/etc/saker/saker.pem",
     "PEM file with the private key and the certificates.",
     [](Config& config, const Text& text) {
       config.web_server.certificate_path = text.value;
       return Problem();
     }},
    {"metrics.enabled", "bool", "false",
     "Keep figures for monitoring; `saker list metrics` shows them.",
     [](Config& config, const Text& text) { return set_bool(config.metrics_enabled, text.value); }},
    {"metrics.libbpf_stats_enabled", "bool", "false",
     "Have the kernel count the time of BPF programs, all of this host, for some 20 ns a run.",
     [](Config& config, const Text& text) { return set_bool(config.count_bpf_runs, text.value); }},
    {"kernel_filter", "bool", "true",
     "Drop in the kernel what no rule can be about. false: every event of the kinds that rules ask "
     "for reaches the sensor, which costs more and changes no alert.",
     [](Config& config, const Text& text) { return set_bool(config.kernel_filter, text.value); }},
    {"resolve_host_names", "bool", "true",
     "Ask the name servers for the host names that rules compare with (fd.sip.name and its like). "
     "false: no queries are sent, and such a comparison finds no name.",
     [](Config& config, const Text& text) {
       return set_bool(config.resolve_host_names, text.value);
     }},
    {"falco_libs.thread_table_size", "integer", "65536",
     "Processes that are remembered at most; exited ones go first.",
     [](Config& config, const Text& text) {
       return set_integer<size_t>(config.process_limit, text.value, 256, 4'194'304);
     }},
    {"containers.host_root", "text", "/",
     "Where the host's root is mounted, when the sensor runs in a container itself. Without this "
     "key $HOST_ROOT, if that is set.",
     [](Config& config, const Text& text) {
       config.containers.host = text.value;
       return text.value.starts_with('/') ? Problem() : Problem("must be an absolute path");
     }},
    {"containers.docker_roots", "list", "[/var/lib/docker]",
     "Data roots of Docker, as in `data-root` of its daemon.json.",
     add_root<&ContainerRoots::docker>},
    {"containers.containerd_roots", "list", "[/run/containerd, /run/k3s/containerd]",
     "State directories of containerd.", add_root<&ContainerRoots::containerd>},
    {"containers.storage_roots", "list", "[/var/lib/containers/storage, /run/containers/storage]",
     "Directories of podman and CRI-O.", add_root<&ContainerRoots::storage>},
    {"containers.runc_roots", "list", "[/run/runc]",
     "State directories of runc, for containers that no other runtime manages.",
     add_root<&ContainerRoots::runc>},
    {"containers.cni_roots", "list", "[/var/lib/cni/results]",
     "Where CNI plugins keep their results, the addresses of pods.",
     add_root<&ContainerRoots::cni>},
};

std::string_view type_name(SettingType type) {
  switch (type) {
    case SettingType::kBool:
      return "bool";
    case SettingType::kInteger:
      return "integer";
    case SettingType::kText:
      return "text";
    case SettingType::kList:
      return "list";
    case SettingType::kMap:
      break;
  }
  return "map";
}

// The key of an output's setting; `output` is its place in builtin_outputs().
ConfigKey make_key(const OutputDef& def, size_t output, const SettingDef& setting) {
  ConfigKey key;
  key.name = std::string(def.name) + "_output." + std::string(setting.name);
  key.type = type_name(setting.type);
  key.default_text = setting.default_text;
  if (setting.type == SettingType::kList) {
    key.default_text = "[]";
  } else if (setting.type == SettingType::kMap) {
    key.default_text = "{}";
  }
  key.doc = setting.doc;
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
    keys.push_back({std::string(def.name), def.type, def.default_text, def.doc, def.set,
                    def.set_entry, def.begin_item});
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

}  // namespace saker
