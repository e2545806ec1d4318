// SPDX-License-Identifier: Apache-2.0
#include "cmd/restart_keys.h"

#include <string_view>

namespace saker {
namespace {

struct RestartKey {
  std::string_view name;  // as in config_keys.cpp
  bool (*is_same)(const Config& a, const Config& b);
};

template <auto Read>
bool same(const Config& a, const Config& b) {
  return Read(a) == Read(b);
}

constexpr RestartKey kKeys[] = {
    {"json_output", same<[](const Config& c) { return c.line.json; }>},
    {"json_include_output_property", same<[](const Config& c) { return c.line.include_output; }>},
    {"json_include_message_property", same<[](const Config& c) { return c.line.include_message; }>},
    {"json_include_output_fields_property",
     same<[](const Config& c) { return c.line.include_output_fields; }>},
    {"json_include_tags_property", same<[](const Config& c) { return c.line.include_tags; }>},
    {"json_include_id_property", same<[](const Config& c) { return c.line.include_id; }>},
    {"time_format_iso_8601", same<[](const Config& c) { return c.line.time_iso_8601; }>},
    {"outputs_queue.capacity", same<[](const Config& c) { return c.queue_capacity; }>},
    {"spool.directory", same<[](const Config& c) { return c.spool.directory; }>},
    {"spool.max_size_mib", same<[](const Config& c) { return c.spool.max_bytes; }>},
    {"spool.max_age_hours", same<[](const Config& c) { return c.spool.max_age; }>},
    {"spool.fsync", same<[](const Config& c) { return c.spool.sync; }>},
    {"ring_size_bytes", same<[](const Config& c) { return c.ring_bytes; }>},
    {"enforcement.exempt",
     same<[](const Config& c) { return c.enforcement_options.exempt_paths; }>},
    {"enforcement.on_exit", same<[](const Config& c) { return c.enforcement_options.on_exit; }>},
    {"control.socket", same<[](const Config& c) { return c.control_socket; }>},
    {"self_protection.enabled", same<[](const Config& c) { return c.self_protection.enabled; }>},
    {"self_protection.run_file", same<[](const Config& c) { return c.self_protection.run_file; }>},
    {"webserver.enabled", same<[](const Config& c) { return c.web_server.enabled; }>},
    {"webserver.listen_address", same<[](const Config& c) { return c.web_server.address; }>},
    {"webserver.listen_port", same<[](const Config& c) { return c.web_server.port; }>},
    {"webserver.k8s_healthz_endpoint",
     same<[](const Config& c) { return c.web_server.health_path; }>},
    {"webserver.prometheus_metrics_enabled",
     same<[](const Config& c) { return c.web_server.serves_metrics; }>},
    {"webserver.ssl_enabled", same<[](const Config& c) { return c.web_server.uses_tls; }>},
    {"webserver.ssl_certificate",
     same<[](const Config& c) { return c.web_server.certificate_path; }>},
    {"metrics.enabled", same<[](const Config& c) { return c.metrics_enabled; }>},
    {"metrics.libbpf_stats_enabled", same<[](const Config& c) { return c.count_bpf_runs; }>},
    {"falco_libs.thread_table_size", same<[](const Config& c) { return c.process_limit; }>},
    {"containers.host_root", same<[](const Config& c) { return c.containers.host; }>},
    {"containers.docker_roots", same<[](const Config& c) { return c.containers.docker; }>},
    {"containers.containerd_roots", same<[](const Config& c) { return c.containers.containerd; }>},
    {"containers.storage_roots", same<[](const Config& c) { return c.containers.storage; }>},
    {"containers.runc_roots", same<[](const Config& c) { return c.containers.runc; }>},
    {"containers.cni_roots", same<[](const Config& c) { return c.containers.cni; }>},
};

// Calls `visit(name, output, setting)` for each key of an output.
template <typename Visit>
void for_each_output_key(Visit visit) {
  const auto outputs = builtin_outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    for (const SettingDef& setting : all_settings(outputs[i])) {
      visit(std::string(outputs[i].name) + "_output." + std::string(setting.name), i, setting);
    }
  }
}

}  // namespace

std::vector<std::string> restart_keys() {
  std::vector<std::string> names;
  for (const RestartKey& key : kKeys) {
    names.emplace_back(key.name);
  }
  for_each_output_key(
      [&](const std::string& name, size_t, const SettingDef&) { names.push_back(name); });
  return names;
}

std::vector<std::string> changed_restart_keys(const Config& running, const Config& wanted) {
  std::vector<std::string> names;
  for (const RestartKey& key : kKeys) {
    if (!key.is_same(running, wanted)) {
      names.emplace_back(key.name);
    }
  }
  for_each_output_key([&](const std::string& name, size_t output, const SettingDef& setting) {
    if (!running.sinks[output].agrees_on(setting.name, wanted.sinks[output])) {
      names.push_back(name);
    }
  });
  return names;
}

}  // namespace saker
