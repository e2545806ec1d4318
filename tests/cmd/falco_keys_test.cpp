// SPDX-License-Identifier: Apache-2.0
#include "cmd/falco_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "cmd/config.h"
#include "cmd/config_keys.h"

namespace saker {
namespace {

// All keys that Falco 0.44 has, with values that it takes.
constexpr const char* kFalcoConfig = R"(
config_files: [/etc/falco/config.d]
watch_config_files: true
rules_files: [/etc/falco/falco_rules.yaml, /etc/falco/falco_rules.local.yaml, /etc/falco/rules.d]
rules: []
engine:
  kind: modern_ebpf
  kmod: {buf_size_preset: 4, drop_failed_exit: false}
  modern_ebpf:
    cpus_for_each_buffer: 2
    buf_size_preset: 4
    drop_failed_exit: false
    disable_iterators: false
  replay: {capture_file: ""}
capture:
  enabled: false
  path_prefix: /tmp/falco
  mode: rules
  default_duration: 5000
  max_file_size_mb: 0
plugins:
  - {name: container, library_path: libcontainer.so, init_config: {label_max_len: 100}}
  - {name: json, library_path: libjson.so, open_params: ""}
load_plugins: []
plugins_hostinfo: true
time_format_iso_8601: false
buffer_format_base64: false
priority: debug
json_output: false
json_include_output_property: true
json_include_message_property: false
json_include_output_fields_property: true
json_include_tags_property: true
buffered_outputs: false
rule_matching: first
outputs_queue: {capacity: 0}
append_output: [{suggested_output: true}]
static_fields:
stdout_output: {enabled: true}
syslog_output: {enabled: true}
file_output: {enabled: false, keep_alive: false, filename: ./events.txt}
program_output: {enabled: false, keep_alive: false, program: "cat >> /tmp/alerts"}
http_output:
  enabled: false
  url: ""
  user_agent: falcosecurity/falco
  insecure: false
  ca_cert: ""
  ca_bundle: ""
  ca_path: ""
  mtls: false
  client_cert: /etc/ssl/certs/client.crt
  client_key: /etc/ssl/certs/client.key
  echo: false
  compress_uploads: false
  keep_alive: false
  max_consecutive_timeouts: 5
webserver:
  enabled: true
  threadiness: 0
  listen_port: 8765
  listen_address: 0.0.0.0
  k8s_healthz_endpoint: /healthz
  prometheus_metrics_enabled: false
  ssl_enabled: false
  ssl_certificate: /etc/falco/falco.pem
log_stderr: true
log_syslog: true
log_level: info
libs_logger: {enabled: true, severity: info}
output_timeout: 2000
syscall_event_timeouts: {max_consecutives: 1000}
syscall_event_drops:
  threshold: 0.1
  actions: [log, alert]
  rate: 0.03333
  max_burst: 1
  simulate_drops: false
metrics:
  enabled: false
  interval: 1h
  output_rule: true
  output_file: ""
  rules_counters_enabled: true
  resource_utilization_enabled: true
  state_counters_enabled: true
  kernel_event_counters_enabled: true
  kernel_event_counters_per_cpu_enabled: false
  libbpf_stats_enabled: true
  plugins_metrics_enabled: true
  kernel_iter_event_counters_enabled: true
  jemalloc_stats_enabled: false
  convert_memory_to_mb: true
  include_empty_values: false
base_syscalls: {custom_set: [], repair: false, all: false}
falco_libs:
  thread_table_size: 262144
  thread_table_auto_purging_interval_s: 300
  thread_table_auto_purging_thread_timeout_s: 300
  snaplen: 80
)";

constexpr const char* kWithoutMeaning =
    "'engine.kind\n"
    "'engine.kmod\n"
    "'engine.modern_ebpf.cpus_for_each_buffer\n"
    "'engine.modern_ebpf.drop_failed_exit\n"
    "'engine.modern_ebpf.disable_iterators\n"
    "'engine.replay\n"
    "'capture\n"
    "'plugins\n"
    "'load_plugins\n"
    "'plugins_hostinfo\n"
    "'buffered_outputs\n"
    "'outputs_queue.capacity: 0\n"
    "'webserver.threadiness\n"
    "'log_stderr\n"
    "'log_syslog\n"
    "'libs_logger\n"
    "'output_timeout\n"
    "'syscall_event_timeouts\n"
    "'syscall_event_drops.threshold\n"
    "'syscall_event_drops.actions\n"
    "'syscall_event_drops.rate\n"
    "'syscall_event_drops.max_burst\n"
    "'syscall_event_drops.simulate_drops\n"
    "'metrics.interval\n"
    "'metrics.output_rule\n"
    "'metrics.output_file\n"
    "'metrics.rules_counters_enabled\n"
    "'metrics.resource_utilization_enabled\n"
    "'metrics.state_counters_enabled\n"
    "'metrics.kernel_event_counters_enabled\n"
    "'metrics.kernel_event_counters_per_cpu_enabled\n"
    "'metrics.plugins_metrics_enabled\n"
    "'metrics.kernel_iter_event_counters_enabled\n"
    "'metrics.jemalloc_stats_enabled\n"
    "'metrics.convert_memory_to_mb\n"
    "'metrics.include_empty_values\n"
    "'base_syscalls.custom_set\n"
    "'base_syscalls.repair\n"
    "'base_syscalls.all\n"
    "'falco_libs.thread_table_auto_purging_interval_s\n"
    "'falco_libs.thread_table_auto_purging_thread_timeout_s\n"
    "'falco_libs.snaplen\n";

// Of sections that a row names as a whole, only the section is warned about.
TEST(FalcoKeys, AWholeFalcoYamlWorksWithAWarningForEachKeyWithoutMeaning) {
  Diagnostics diagnostics;
  const auto file = std::make_shared<const SourceText>("falco.yaml", kFalcoConfig);
  const Config config = make_config(read_config_tree(file, diagnostics), diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  std::string warned;
  for (const Diagnostic& finding : diagnostics.items()) {
    warned += finding.message.substr(0, finding.message.find("' of Falco has no meaning here"));
    warned += finding.hint.empty() ? " has no advice\n" : "\n";
  }
  EXPECT_EQ(warned, kWithoutMeaning);
  EXPECT_EQ(config.rules_files.size(), 3U);
  EXPECT_EQ(config.queue_capacity, 4096U);
  EXPECT_EQ(config.ring_bytes, 8U << 20U);
  EXPECT_EQ(config.process_limit, 262144U);
  EXPECT_EQ(config.append_output.size(), 1U);
  EXPECT_TRUE(config.web_server.enabled);
  EXPECT_TRUE(config.count_bpf_runs);
}

TEST(FalcoKeys, AWarningSaysWhyAndWhatInstead) {
  Diagnostics diagnostics;
  const auto file =
      std::make_shared<const SourceText>("falco.yaml", "outputs_queue:\n  capacity: 0\n");
  const ConfigNode tree = read_config_tree(file, diagnostics);
  EXPECT_EQ(make_config(tree, diagnostics).queue_capacity, 4096U);
  ASSERT_EQ(diagnostics.items().size(), 1U);
  EXPECT_EQ(
      render(diagnostics.items()[0]),
      "falco.yaml:2:13: warning: 'outputs_queue.capacity: 0' of Falco has no meaning here\n"
      "  capacity: 0\n"
      "            ~\n"
      "hint: queues are bounded, so that a slow output cannot use up memory; without the key: "
      "4096");
}

TEST(FalcoKeys, HaveNoMeaningHere) {
  for (const FalcoKey& row : falco_keys()) {
    const bool is_key = std::ranges::any_of(
        config_keys(), [&](const ConfigKey& key) { return key.name == row.name; });
    EXPECT_EQ(is_key, !row.value.empty()) << row.name;
    EXPECT_FALSE(row.advice.empty()) << row.name;
  }
}

TEST(FalcoKeys, TwoNamesOfOneSettingAreNotGivenTogether) {
  Diagnostics diagnostics;
  const auto file = std::make_shared<const SourceText>(
      "falco.yaml",
      "rules_files: [a]\nrules_file: b\n"
      "ring_size_bytes: 65536\nengine: {modern_ebpf: {buf_size_preset: 2}}\n");
  static_cast<void>(make_config(read_config_tree(file, diagnostics), diagnostics));
  std::string findings;
  for (const Diagnostic& finding : diagnostics.items()) {
    findings += render(finding) + '\n';
  }
  EXPECT_EQ(findings,
            "falco.yaml:2:13: error: 'rules_file' and 'rules_files' say the same\n"
            "  rules_file: b\n"
            "              ~\n"
            "hint: keep one of them\n"
            "falco.yaml:4:41: error: 'engine.modern_ebpf.buf_size_preset' and 'ring_size_bytes' "
            "say the same\n"
            "  engine: {modern_ebpf: {buf_size_preset: 2}}\n"
            "                                          ~\n"
            "hint: keep one of them\n");
}

}  // namespace
}  // namespace saker
