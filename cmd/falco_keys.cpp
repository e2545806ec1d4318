// SPDX-License-Identifier: Apache-2.0
#include "cmd/falco_keys.h"

#include <algorithm>
#include <span>
#include <string_view>

namespace saker {
namespace {

constexpr std::string_view kOneEngine =
    "there is one way to see events: eBPF programs that the sensor brings along";
constexpr std::string_view kPlugins =
    "there are no plugins; what the container plugin knows is built in, see containers.*";
constexpr std::string_view kCapture = "`saker record FILE` makes a capture file";
constexpr std::string_view kMetrics =
    "figures are served at /metrics, see webserver.prometheus_metrics_enabled; `saker status` has "
    "some of them, too";
constexpr std::string_view kAllMetrics = "metrics.enabled keeps all figures";
constexpr std::string_view kLog =
    "the sensor writes its messages to stderr, which systemd keeps in the journal";
constexpr std::string_view kLevel = "log_level is for all messages of the sensor";
constexpr std::string_view kDrops =
    "losses are counted, and are alerts of the sensor itself; /metrics has the counts";
constexpr std::string_view kSyscalls =
    "the system calls that rules and the state of processes need are looked at, no others";
constexpr std::string_view kTable =
    "a process is forgotten when it has exited and the table is full, see "
    "falco_libs.thread_table_size";
constexpr std::string_view kGrpc = "there is no gRPC; see http_output and kafka_output";

constexpr FalcoKey kKeys[] = {
    {"engine.kind", "", kOneEngine},
    {"engine.kmod", "", kOneEngine},
    {"engine.ebpf", "", kOneEngine},
    {"engine.gvisor", "", kOneEngine},
    {"engine.modern_ebpf.cpus_for_each_buffer", "",
     "one ring buffer serves all CPUs, see ring_size_bytes"},
    {"engine.modern_ebpf.drop_failed_exit", "",
     "the kernel drops what no rule can be about, see kernel_filter"},
    {"engine.modern_ebpf.disable_iterators", "", "processes that run already are always looked at"},
    {"engine.replay", "", "`saker replay FILE` applies rules to a capture file"},
    {"capture", "", kCapture},
    {"plugins", "", kPlugins},
    {"load_plugins", "", kPlugins},
    {"plugins_hostinfo", "", kPlugins},
    {"buffered_outputs", "", "each alert is written at once"},
    {"outputs_queue.capacity", "0",
     "queues are bounded, so that a slow output cannot use up memory; without the key: 4096"},
    {"webserver.threadiness", "", "one thread answers all requests"},
    {"log_stderr", "", kLog},
    {"log_syslog", "", kLog},
    {"libs_logger", "", kLevel},
    {"output_timeout", "",
     "each output has a queue of its own, so that none waits for another; /metrics tells about "
     "trouble"},
    {"syscall_event_timeouts", "",
     "a host without events is no trouble; /healthz tells whether the reader works"},
    {"syscall_event_drops.threshold", "", kDrops},
    {"syscall_event_drops.actions", "", kDrops},
    {"syscall_event_drops.rate", "", kDrops},
    {"syscall_event_drops.max_burst", "", kDrops},
    {"syscall_event_drops.simulate_drops", "", kDrops},
    {"metrics.interval", "", kMetrics},
    {"metrics.output_rule", "", kMetrics},
    {"metrics.output_file", "", kMetrics},
    {"metrics.convert_memory_to_mb", "", kMetrics},
    {"metrics.include_empty_values", "", kMetrics},
    {"metrics.rules_counters_enabled", "", kAllMetrics},
    {"metrics.resource_utilization_enabled", "", kAllMetrics},
    {"metrics.state_counters_enabled", "", kAllMetrics},
    {"metrics.kernel_event_counters_enabled", "", kAllMetrics},
    {"metrics.kernel_event_counters_per_cpu_enabled", "", kAllMetrics},
    {"metrics.kernel_iter_event_counters_enabled", "", kAllMetrics},
    {"metrics.plugins_metrics_enabled", "", kAllMetrics},
    {"metrics.jemalloc_stats_enabled", "", kAllMetrics},
    {"base_syscalls.custom_set", "", kSyscalls},
    {"base_syscalls.repair", "", kSyscalls},
    {"base_syscalls.all", "", kSyscalls},
    {"falco_libs.thread_table_auto_purging_interval_s", "", kTable},
    {"falco_libs.thread_table_auto_purging_thread_timeout_s", "", kTable},
    {"falco_libs.snaplen", "", "how much is kept of data that is read or sent is fixed"},
    {"grpc", "", kGrpc},
    {"grpc_output", "", kGrpc},
};

}  // namespace

std::span<const FalcoKey> falco_keys() { return kKeys; }

const FalcoKey* find_falco_key(std::string_view name) { return find_falco_value(name, ""); }

const FalcoKey* find_falco_value(std::string_view name, std::string_view value) {
  const auto* const found = std::ranges::find_if(
      kKeys, [=](const FalcoKey& key) { return key.name == name && key.value == value; });
  return found == std::end(kKeys) ? nullptr : found;
}

bool is_falco_section(std::string_view name) {
  return std::ranges::any_of(kKeys, [=](const FalcoKey& key) {
    return key.name.starts_with(name) && key.name.substr(name.size()).starts_with('.');
  });
}

}  // namespace saker
