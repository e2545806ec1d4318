// SPDX-License-Identifier: Apache-2.0
#include "cmd/metrics.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <utility>

#include "engine/decision.h"

namespace saker {
namespace {

using Samples = std::vector<Metric::Sample>;

double number(uint64_t value) { return static_cast<double>(value); }
double seconds(uint64_t ns) { return static_cast<double>(ns) / 1e9; }

std::string text(double value) {
  std::array<char, 32> buffer{};
  return {buffer.data(), std::to_chars(buffer.begin(), buffer.end(), value).ptr};
}

// One sample without labels.
template <auto Read>
void single(const MetricsInput& input, Samples& samples) {
  samples.push_back({{}, static_cast<double>(Read(input))});
}

// One sample per output.
template <auto Read>
void per_output(const MetricsInput& input, Samples& samples) {
  for (const SinkStats& output : input.outputs) {
    samples.push_back({{{"output", output.name}}, static_cast<double>(Read(output))});
  }
}

void build_info(const MetricsInput& /*input*/, Samples& samples) {
  samples.push_back({{{"version", SAKER_VERSION}}, 1});
}

void kernel_info(const MetricsInput& /*input*/, Samples& samples) {
  utsname system{};
  ::uname(&system);  // cannot fail: the buffer is ours
  samples.push_back({{{"release", system.release}}, 1});
}

void events(const MetricsInput& input, Samples& samples) {
  for (const EventCount& event : input.reader.events) {
    if (event.matched + event.unmatched != 0) {
      const std::string type(event.type);
      samples.push_back({{{"type", type}, {"outcome", "matched"}}, number(event.matched)});
      samples.push_back({{{"type", type}, {"outcome", "unmatched"}}, number(event.unmatched)});
    }
  }
}

void rule_matches(const MetricsInput& input, Samples& samples) {
  const std::vector<Rule>& rules = input.reader.rules->rules();
  for (size_t i = 0; i < rules.size(); ++i) {
    samples.push_back({{{"rule", rules[i].name},
                        {"priority", std::string(to_string(rules[i].priority))},
                        {"source", rules[i].source}},
                       number(input.reader.alerts_by_rule[i])});
  }
}

void losses(const MetricsInput& input, Samples& samples) {
  for (const Loss& loss : input.reader.losses) {
    samples.push_back({{{"stage", loss.stage}, {"reason", loss.reason}}, number(loss.count)});
  }
}

void evaluation(const MetricsInput& input, Samples& samples) {
  const EvaluationTimes& times = input.reader.evaluation;
  for (size_t i = 0; i < EvaluationTimes::kBoundsNs.size(); ++i) {
    samples.push_back({{{"le", text(seconds(EvaluationTimes::kBoundsNs[i]))}},
                       number(times.at_most(i)),
                       "_bucket"});
  }
  samples.push_back({{{"le", "+Inf"}}, number(times.sampled()), "_bucket"});
  samples.push_back({{}, seconds(times.sum_ns()), "_sum"});
  samples.push_back({{}, number(times.sampled()), "_count"});
}

// Those that were made.
void decisions(const MetricsInput& input, Samples& samples) {
  const auto& counts = input.reader.decisions.by_hook;
  for (size_t decision = 0; decision < counts.size(); ++decision) {
    for (uint32_t hook = 0; hook < counts[decision].size(); ++hook) {
      if (counts[decision][hook] != 0) {
        samples.push_back(
            {{{"decision", std::string(to_string(static_cast<ev_decision>(decision)))},
              {"hook", std::string(hook_name(hook))}},
             number(counts[decision][hook])});
      }
    }
  }
}

void tampering(const MetricsInput& input, Samples& samples) {
  for (uint32_t act = 0; act < input.reader.tampering.size(); ++act) {
    if (const std::string_view name = tampering_name(act); !name.empty()) {
      samples.push_back({{{"act", std::string(name)}}, number(input.reader.tampering[act])});
    }
  }
}

void records(const MetricsInput& input, Samples& samples) {
  for (const SourceCounter& counter : input.reader.source) {
    if (counter.name == "submitted") {
      samples.push_back({{{"kind", counter.kind}}, number(counter.value)});
    }
  }
}

void record_bytes(const MetricsInput& input, Samples& samples) {
  for (const SourceCounter& counter : input.reader.source) {
    if (counter.name == "submitted_bytes") {
      samples.push_back({{}, number(counter.value)});
    }
  }
}

void bpf_seconds(const MetricsInput& input, Samples& samples) {
  for (const ProgramRuns& program : input.reader.programs) {
    samples.push_back({{{"program", std::string(program.program)}}, seconds(program.run_ns)});
  }
}

void bpf_runs(const MetricsInput& input, Samples& samples) {
  for (const ProgramRuns& program : input.reader.programs) {
    samples.push_back({{{"program", std::string(program.program)}}, number(program.runs)});
  }
}

void healed(const MetricsInput& input, Samples& samples) {
  const TrackerStats& stats = input.reader.tracker;
  samples.push_back({{{"outcome", "read"}}, number(stats.healed)});
  samples.push_back({{{"outcome", "gone"}}, number(stats.heal_failed)});
  samples.push_back({{{"outcome", "skipped"}}, number(stats.heal_skipped)});
}

void reloads(const MetricsInput& input, Samples& samples) {
  samples.push_back({{{"result", "ok"}}, number(input.reader.reloads.succeeded)});
  samples.push_back({{{"result", "failed"}}, number(input.reader.reloads.failed)});
}

void container_lookups(const MetricsInput& input, Samples& samples) {
  const ContainerStats& stats = input.reader.container_lookups;
  samples.push_back({{{"outcome", "found"}}, number(stats.found)});
  samples.push_back({{{"outcome", "not_found"}}, number(stats.not_found)});
  samples.push_back({{{"outcome", "invalid"}}, number(stats.invalid)});
}

void dropped(const MetricsInput& input, Samples& samples) {
  for (const SinkStats& output : input.outputs) {
    for (const auto& [reason, count] : output.losses()) {
      samples.push_back(
          {{{"output", output.name}, {"reason", std::string(reason)}}, number(count)});
    }
  }
}

double spool_age_seconds(const SinkStats& output) {
  const std::chrono::nanoseconds oldest(output.spool_oldest_ns);
  const auto age = std::chrono::system_clock::now().time_since_epoch() - oldest;
  return oldest.count() == 0 ? 0 : std::max(0.0, std::chrono::duration<double>(age).count());
}

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;

constexpr MetricDef kMetrics[] = {
    {"saker_build_info", kGauge, "Always 1; the version of the sensor.", build_info},
    {"saker_kernel_info", kGauge, "Always 1; the release of the kernel.", kernel_info},
    {"saker_rules_loaded", kGauge, "Rules in use.",
     single<[](const MetricsInput& in) { return in.reader.rules->rules().size(); }>},
    {"saker_reloads_total", kCounter,
     "Reloads of rules and configuration, by result; one that failed has changed nothing.",
     reloads},
    {"saker_reload_last_success_timestamp_seconds", kGauge,
     "When the rules in use were put in force, in Unix time.", single<[](const MetricsInput& in) {
       return static_cast<double>(in.reader.reloads.since_ns) / 1e9;
     }>},
    {"saker_snapshot_age_seconds", kGauge,
     "How old the figures of the reader are; more than some seconds: it hangs.",
     single<[](const MetricsInput& in) {
       return std::chrono::duration<double>(std::chrono::steady_clock::now() - in.reader.taken)
           .count();
     }>},

    {"saker_events_total", kCounter,
     "Events that rules were applied to, by type and by whether one of them held.", events},
    {"saker_rule_matches_total", kCounter, "Alerts by rule.", rule_matches},
    {"saker_decisions_total", kCounter,
     "Operations that rules with an action held for, by what was decided and at which hook.",
     decisions},
    {"saker_decisions_without_rule_total", kCounter,
     "Those of them that none of the loaded rules holds for.",
     single<[](const MetricsInput& in) { return in.reader.decisions.without_rule; }>},
    {"saker_tampering_total", kCounter,
     "What was done to the sensor by others: signals, access to its process, BPF objects opened "
     "and changed; with self_protection.enabled.",
     tampering},
    {"saker_losses_total", kCounter,
     "What was lost between kernel and outputs, by stage and reason; outputs/README.md says what "
     "to do about each.",
     losses},
    {"saker_evaluation_seconds", MetricType::kHistogram,
     "Time from decoding an event to knowing which rules hold. One event in 1024 is measured.",
     evaluation},

    {"saker_probe_records_total", kCounter, "Records that the probes submitted, by kind.", records},
    {"saker_probe_record_bytes_total", kCounter, "Bytes of the records that the probes submitted.",
     record_bytes},
    {"saker_ring_buffer_used_bytes", kGauge,
     "Bytes between kernel and reader that were not read yet, when the figures were taken.",
     single<[](const MetricsInput& in) { return in.reader.ring.used_bytes; }>},
    {"saker_ring_buffer_size_bytes", kGauge, "Size of the buffer between kernel and reader.",
     single<[](const MetricsInput& in) { return in.reader.ring.size_bytes; }>},
    {"saker_bpf_run_seconds_total", kCounter,
     "Time that a BPF program took; 0 unless the kernel counts it: metrics.libbpf_stats_enabled, "
     "or the sysctl kernel.bpf_stats_enabled.",
     bpf_seconds},
    {"saker_bpf_runs_total", kCounter,
     "Runs of a BPF program; counted like saker_bpf_run_seconds_total.", bpf_runs},

    {"saker_processes", kGauge, "Processes that are remembered.",
     single<[](const MetricsInput& in) { return in.reader.processes; }>},
    {"saker_processes_limit", kGauge, "Processes that are remembered at most.",
     single<[](const MetricsInput& in) { return in.reader.process_limit; }>},
    {"saker_process_texts_bytes", kGauge, "Names, arguments and environments of those processes.",
     single<[](const MetricsInput& in) { return in.reader.process_text_bytes; }>},
    {"saker_processes_evicted_total", kCounter,
     "Running processes that were forgotten because of the limit.",
     single<[](const MetricsInput& in) { return in.reader.process_table.evicted; }>},
    {"saker_processes_healed_total", kCounter,
     "Processes that no record had shown: read from /proc, gone before that, or left alone because "
     "there were too many.",
     healed},
    {"saker_containers", kGauge, "Containers that are remembered.",
     single<[](const MetricsInput& in) { return in.reader.containers; }>},
    {"saker_container_lookups_total", kCounter,
     "Lookups of the metadata of containers, by what they found.", container_lookups},

    {"saker_output_accepted_total", kCounter, "Alerts that were handed to an output.",
     per_output<[](const SinkStats& output) { return output.accepted; }>},
    {"saker_output_filtered_total", kCounter, "Alerts that an output's filters kept from it.",
     per_output<[](const SinkStats& output) { return output.filtered; }>},
    {"saker_output_collapsed_total", kCounter,
     "Repeated alerts that an output counts in another one.",
     per_output<[](const SinkStats& output) { return output.collapsed; }>},
    {"saker_output_resumed_total", kCounter, "Alerts that were in an output's spool at the start.",
     per_output<[](const SinkStats& output) { return output.resumed; }>},
    {"saker_output_written_total", kCounter, "Alerts that an output has delivered.",
     per_output<[](const SinkStats& output) { return output.written; }>},
    {"saker_output_retried_total", kCounter, "Alerts that an output has sent once more.",
     per_output<[](const SinkStats& output) { return output.retried; }>},
    {"saker_output_dropped_total", kCounter,
     "Alerts that an output has lost, by reason; outputs/README.md says what to do about each.",
     dropped},
    {"saker_output_failing", kGauge, "1: what an output tried last has failed.",
     per_output<[](const SinkStats& output) { return output.failing; }>},
    {"saker_output_queued_alerts", kGauge, "Alerts that wait in memory.",
     per_output<[](const SinkStats& output) { return output.queued; }>},
    {"saker_output_queue_capacity_alerts", kGauge, "Alerts that wait in memory at most.",
     per_output<[](const SinkStats& output) { return output.queue_capacity; }>},
    {"saker_output_spooled_alerts", kGauge, "Alerts that wait on disk.",
     per_output<[](const SinkStats& output) { return output.spooled; }>},
    {"saker_output_spool_bytes", kGauge, "What they take there.",
     per_output<[](const SinkStats& output) { return output.spool_bytes; }>},
    {"saker_output_spool_oldest_age_seconds", kGauge,
     "How old the oldest alert on disk is; 0: there is none.", per_output<spool_age_seconds>},
    {"saker_output_spool_disk_errors_total", kCounter,
     "Failed attempts to use the spool; they are made again.",
     per_output<[](const SinkStats& output) { return output.spool_disk_errors; }>},

    {"process_cpu_seconds_total", kCounter, "CPU time of the sensor, user and system.",
     single<[](const MetricsInput& in) { return in.process.cpu_seconds; }>},
    {"process_resident_memory_bytes", kGauge, "Resident memory of the sensor.",
     single<[](const MetricsInput& in) { return in.process.resident_bytes; }>},
    {"process_virtual_memory_bytes", kGauge, "Address space of the sensor.",
     single<[](const MetricsInput& in) { return in.process.virtual_bytes; }>},
    {"process_start_time_seconds", kGauge, "When the sensor started, in Unix time.",
     single<[](const MetricsInput& in) { return in.process.start_time_seconds; }>},
    {"process_open_fds", kGauge, "Open descriptors.",
     single<[](const MetricsInput& in) { return in.process.open_fds; }>},
    {"process_max_fds", kGauge, "Descriptors that may be open at most.",
     single<[](const MetricsInput& in) { return in.process.max_fds; }>},
    {"process_threads", kGauge, "Threads of the sensor.",
     single<[](const MetricsInput& in) { return in.process.threads; }>},
};

}  // namespace

std::span<const MetricDef> metric_defs() noexcept { return kMetrics; }

std::vector<Metric> collect_metrics(const MetricsInput& input, std::vector<Metric> of_sinks) {
  std::vector<Metric> all;
  for (const MetricDef& def : kMetrics) {
    Metric& metric = all.emplace_back(Metric{def.name, def.type, def.help, {}});
    def.collect(input, metric.samples);
  }
  for (Metric& metric : of_sinks) {
    // Sinks of one kind have families in common.
    const auto same = std::ranges::find(all, metric.name, &Metric::name);
    if (same == all.end()) {
      all.push_back(std::move(metric));
    } else {
      std::ranges::move(metric.samples, std::back_inserter(same->samples));
    }
  }
  return all;
}

}  // namespace saker
