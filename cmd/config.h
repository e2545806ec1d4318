// SPDX-License-Identifier: Apache-2.0
// Config: the settings of a run as plain values, from a YAML file and `-o KEY=VALUE`.
//
// A key is a row of config_keys.h. Names are those of Falco where it has the key.
//
// Values: `${VAR}` in a scalar is the environment variable, empty when there is none; `$${VAR}` is
// the text `${VAR}`.
#ifndef SAKER_CMD_CONFIG_H
#define SAKER_CMD_CONFIG_H

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/source_text.h"
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

struct Config {
  Config();

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
};

// Used when it exists and no other is named.
inline constexpr std::string_view kDefaultConfigPath = "/etc/saker/saker.yaml";

// The text of a configuration file; fails for what is not a regular file of at most 1 MiB.
[[nodiscard]] Result<std::shared_ptr<const SourceText>> read_config_file(const std::string& path);

// The defaults, then `file` (may be null), then each override (config_tree.h). All that is wrong is
// reported; with an error the result must not be used.
[[nodiscard]] Config parse_config(const std::shared_ptr<const SourceText>& file,
                                  const std::vector<std::string>& overrides,
                                  Diagnostics& diagnostics);

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_H
