// SPDX-License-Identifier: Apache-2.0
#include "cmd/metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <set>
#include <string>

#include "cmd/prometheus_text.h"
#include "engine/base/source_text.h"
#include "engine/rules/loader.h"
#include "outputs/registry.h"

namespace saker {
namespace {

constexpr std::string_view kRules =
    "- rule: \"Say \\\"hi\\\"\"\n"
    "  desc: d\n"
    "  condition: evt.type = openat\n"
    "  output: o\n"
    "  priority: ERROR\n";

MetricsSnapshot make_snapshot() {
  MetricsSnapshot snapshot;
  snapshot.taken = std::chrono::steady_clock::now();
  snapshot.rules =
      load_rules({std::make_shared<const SourceText>("r.yaml", std::string(kRules))}, {}).rules;
  snapshot.alerts_by_rule = {7};
  snapshot.events = {{"openat", 7, 100}, {"close", 0, 0}};
  snapshot.losses = {{"probe", "ring_full", 4}};
  snapshot.evaluation.add(200);
  snapshot.evaluation.add(20'000'000);
  snapshot.source = {{"submitted", "", "syscall", 107, false},
                     {"submitted_bytes", "", "", 4096, false},
                     {"dropped", "ring_full", "syscall", 4, true}};
  snapshot.decisions.by_hook[EV_DECISION_DENIED][EV_HOOK_FILE_OPEN] = 6;
  snapshot.decisions.without_rule = 2;
  snapshot.programs = {{"on_exec", 3, 4500}};
  snapshot.ring = {512, 8192};
  snapshot.processes = 5;
  return snapshot;
}

std::vector<Metric> collect(std::vector<Metric> of_sinks = {}) {
  static const MetricsSnapshot snapshot = make_snapshot();
  SinkStats output;
  output.name = "stdout";
  output.accepted = 7;
  output.written = 5;
  output.dropped_queue_full = 2;
  output.dropped_spool_age = 3;
  output.queue_capacity = 100;
  output.spooled = 9;
  output.spool_oldest_ns = (std::time(nullptr) - 60) * int64_t{1'000'000'000};
  output.failing = true;
  return collect_metrics({snapshot, {output}, {.cpu_seconds = 1.5}}, std::move(of_sinks));
}

// Of the first sample with this name that has the label's value.
double value(std::string_view name, std::string_view label = {}) {
  const auto families = parse_prometheus_text(to_prometheus_text(collect()));
  if (!families) {
    ADD_FAILURE() << families.error().to_string();
    return -1;
  }
  for (const MetricFamily& family : *families) {
    for (const MetricFamily::Sample& sample : family.samples) {
      bool has_label = label.empty();
      for (const auto& [key, text] : sample.labels) {
        has_label = has_label || text == label;
      }
      if (sample.name == name && has_label) {
        return sample.value;
      }
    }
  }
  ADD_FAILURE() << "no " << name << " " << label;
  return -1;
}

TEST(Metrics, TellWhatTheSnapshotHolds) {
  EXPECT_EQ(value("saker_events_total", "matched"), 7);
  EXPECT_EQ(value("saker_events_total", "unmatched"), 100);
  EXPECT_EQ(value("saker_rule_matches_total", "Say \"hi\""), 7);
  EXPECT_EQ(value("saker_rule_matches_total", "Error"), 7);
  EXPECT_EQ(value("saker_losses_total", "ring_full"), 4);
  EXPECT_EQ(value("saker_probe_records_total", "syscall"), 107);
  EXPECT_EQ(value("saker_probe_record_bytes_total"), 4096);
  EXPECT_EQ(value("saker_bpf_run_seconds_total", "on_exec"), 4.5e-6);
  EXPECT_EQ(value("saker_bpf_runs_total", "on_exec"), 3);
  EXPECT_EQ(value("saker_ring_buffer_used_bytes"), 512);
  EXPECT_EQ(value("saker_processes"), 5);
  EXPECT_EQ(value("saker_output_written_total", "stdout"), 5);
  EXPECT_EQ(value("saker_output_dropped_total", "queue_full"), 2);
  EXPECT_EQ(value("saker_output_dropped_total", "spool_age"), 3);
  EXPECT_EQ(value("saker_output_queue_capacity_alerts"), 100);
  EXPECT_EQ(value("saker_output_spooled_alerts"), 9);
  EXPECT_NEAR(value("saker_output_spool_oldest_age_seconds"), 60, 30);
  EXPECT_EQ(value("saker_output_failing"), 1);
  EXPECT_EQ(value("process_cpu_seconds_total"), 1.5);
}

TEST(Metrics, HistogramCountsUpToEachBound) {
  EXPECT_EQ(value("saker_evaluation_seconds_bucket", "1e-07"), 0);
  EXPECT_EQ(value("saker_evaluation_seconds_bucket", "2.5e-07"), 1);
  EXPECT_EQ(value("saker_evaluation_seconds_bucket", "0.01"), 1);
  EXPECT_EQ(value("saker_evaluation_seconds_bucket", "+Inf"), 2);
  EXPECT_EQ(value("saker_evaluation_seconds_count"), 2);
  EXPECT_DOUBLE_EQ(value("saker_evaluation_seconds_sum"), 0.0200002);
}

TEST(Metrics, TellWhatWasDecided) {
  EXPECT_EQ(value("saker_decisions_total", "denied"), 6);
  EXPECT_EQ(value("saker_decisions_total", "file_open"), 6);
  EXPECT_EQ(value("saker_decisions_without_rule_total"), 2);
}

TEST(Metrics, EventsThatDidNotHappenAreLeftOut) {
  EXPECT_EQ(to_prometheus_text(collect()).find("type=\"close\""), std::string::npos);
}

TEST(Metrics, FamiliesThatSeveralSinksHaveAreJoined) {
  const Metric first = {"saker_x", MetricType::kGauge, "X.", {{{{"output", "a"}}, 1}}};
  const Metric second = {"saker_x", MetricType::kGauge, "X.", {{{{"output", "b"}}, 2}}};
  const std::vector<Metric> all = collect({first, second});
  EXPECT_EQ(std::ranges::count(all, "saker_x", &Metric::name), 1);
  EXPECT_EQ(all.back().samples.size(), 2U);
}

void expect_conventional(std::string_view name, MetricType type, std::string_view help) {
  SCOPED_TRACE(name);
  EXPECT_TRUE(name.starts_with("saker_") || name.starts_with("process_"));
  EXPECT_EQ(name.ends_with("_total"), type == MetricType::kCounter);
  EXPECT_TRUE(type != MetricType::kHistogram || name.ends_with("_seconds"));
  EXPECT_TRUE(help.ends_with('.'));
  EXPECT_EQ(help.find_first_of("\n\\"), std::string_view::npos);
  // Units are base units, and stand at the end.
  for (const char* unit :
       {"_ms_", "_us_", "_ns_", "_kb_", "_mb_", "_milliseconds_", "_nanoseconds_", "_percent_"}) {
    EXPECT_EQ((std::string(name) + '_').find(unit), std::string::npos);
  }
  for (const std::string_view unit : {"_seconds", "_bytes", "_info", "_fds", "_threads"}) {
    const size_t at = name.find(unit);
    EXPECT_TRUE(at == name.npos || name.substr(at) == unit ||
                name.substr(at) == std::string(unit) + "_total");
  }
}

TEST(Metrics, FollowTheConventionsOfPrometheus) {
  std::set<std::string_view> names;
  for (const MetricDef& def : metric_defs()) {
    EXPECT_TRUE(names.insert(def.name).second) << def.name;
    expect_conventional(def.name, def.type, def.help);
  }
  for (const OutputDef& output : builtin_outputs()) {
    for (const Metric& family :
         output.metric_families != nullptr ? output.metric_families() : std::vector<Metric>()) {
      EXPECT_TRUE(names.insert(family.name).second) << family.name;
      expect_conventional(family.name, family.type, family.help);
    }
  }
}

TEST(EvaluationTimes, MeasuresOneEventOfAThousand) {
  EvaluationTimes times;
  for (uint64_t i = 0; i < 3 * EvaluationTimes::kInterval; ++i) {
    times.begin();
    times.end();
  }
  EXPECT_EQ(times.sampled(), 3U);
}

TEST(EvaluationTimes, LeavesOutEventsThatAreNotEnded) {
  EvaluationTimes times;
  for (uint64_t i = 0; i < EvaluationTimes::kInterval; ++i) {
    times.begin();
  }
  times.begin();
  times.end();
  EXPECT_EQ(times.sampled(), 0U);
}

TEST(ProcessUsage, IsThatOfThisProcess) {
  const ProcessUsage usage = read_process_usage();
  EXPECT_GT(usage.cpu_seconds, 0);
  EXPECT_GT(usage.resident_bytes, uint64_t{1} << 20);
  EXPECT_GT(usage.virtual_bytes, usage.resident_bytes);
  EXPECT_GE(usage.threads, 1U);
  EXPECT_GT(usage.max_fds, usage.open_fds);
  EXPECT_NEAR(usage.start_time_seconds, static_cast<double>(std::time(nullptr)), 300);
  const int fd = ::dup(0);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(read_process_usage().open_fds, usage.open_fds + 1);
  ::close(fd);
  EXPECT_EQ(read_process_usage().start_time_seconds, usage.start_time_seconds);
}

}  // namespace
}  // namespace saker
