// SPDX-License-Identifier: Apache-2.0
// Config: the settings of a run as plain values, made of what configuration files
// (config_files.h), `-o KEY=VALUE` and the environment say.
//
// A key is a row of config_keys.h. Names are those of Falco where it has the key.
//
// Values: `${VAR}` in a scalar is the environment variable, empty when there is none; `$${VAR}` is
// the text `${VAR}`.
#ifndef SAKER_CMD_CONFIG_H
#define SAKER_CMD_CONFIG_H

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/config_tree.h"
#include "engine/base/diagnostic.h"
#include "engine/rules/document.h"
#include "engine/rules/enforcement_policy.h"
#include "engine/rules/loader.h"
#include "engine/state/container_reader.h"
#include "engine/state/process_table.h"
#include "outputs/alert_line.h"
#include "outputs/registry.h"
#include "outputs/spool.h"
#include "probes/enforcement.h"

namespace saker {

struct WebServerConfig {
  bool enabled = false;
  std::string address = "0.0.0.0";
  uint16_t port = 8765;
  std::string health_path = "/healthz";
  bool serves_metrics = false;  // if there are any: Config::metrics_enabled
  bool uses_tls = false;
  std::string certificate_path = "/etc/saker/saker.pem";

  friend bool operator==(const WebServerConfig&, const WebServerConfig&) = default;
};

struct SelfProtectionConfig {
  bool enabled = true;
  std::string run_file = "/var/lib/saker/run";  // empty: none

  friend bool operator==(const SelfProtectionConfig&, const SelfProtectionConfig&) = default;
};

// An entry of config_files.
struct ConfigFileEntry {
  Text path;
  ConfigMerge strategy = ConfigMerge::kAppend;
};

struct Config {
  Config();

  std::vector<ConfigFileEntry> config_files;
  std::vector<std::string> rules_files;  // empty: the default rules
  Priority priority = Priority::kDebug;
  RuleMatching rule_matching = RuleMatching::kFirst;
  std::vector<RuleSelection> rule_selection;
  EnforcementPolicy enforcement;
  EnforcementOptions enforcement_options;
  std::vector<AppendOutput> append_output;
  std::map<std::string, std::string> static_fields;
  BufferFormat buffer_format = BufferFormat::kDots;
  LineFormat line;
  std::vector<SinkSettings> sinks;  // one per row of builtin_outputs(), same order
  // A typical alert takes 2 KiB, so a full queue 8 MiB.
  size_t queue_capacity = 4096;
  SpoolOptions spool{.directory = "/var/lib/saker/spool"};
  Priority log_level = Priority::kInformational;
  uint32_t ring_bytes = 8 * 1024 * 1024;
  size_t process_limit = ProcessTable::kDefaultLimit;
  bool resolve_host_names = true;
  ContainerRoots containers;
  bool metrics_enabled = false;
  bool count_bpf_runs = false;
  bool kernel_filter = true;
  bool watch_config_files = true;
  std::string control_socket = "/run/saker/control.sock";  // empty: none
  WebServerConfig web_server;
  SelfProtectionConfig self_protection;
};

// The settings that a tree of values stands for. All that is wrong is
// reported; with an error the result must not be used.
[[nodiscard]] Config make_config(const ConfigNode& tree, Diagnostics& diagnostics);
// Adds what the environment says about keys that are not there: $HOST_ROOT.
void add_environment(ConfigNode& tree, Diagnostics& diagnostics);
// A text as its key gets it: with the values of variables.
[[nodiscard]] Text expand_environment(const Text& text);

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_H
