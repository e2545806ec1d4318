// SPDX-License-Identifier: Apache-2.0
// MetricsSnapshot: what the reader counts, copied out for others to read; MetricsExchange hands the
// latest one over. The counters themselves are plain memory of the reader.
#ifndef SAKER_CMD_METRICS_SNAPSHOT_H
#define SAKER_CMD_METRICS_SNAPSHOT_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/decision_counts.h"
#include "cmd/evaluation_times.h"
#include "cmd/losses.h"
#include "cmd/reload_status.h"
#include "cmd/tampering.h"
#include "engine/rules/rule_set.h"
#include "engine/state/container_enricher.h"
#include "engine/state/process_table.h"
#include "engine/state/tracker.h"
#include "probes/event_source.h"

namespace saker {

// Events of one type, by whether a rule held.
struct EventCount {
  std::string_view type;
  uint64_t matched = 0;
  uint64_t unmatched = 0;
};

struct MetricsSnapshot {
  std::chrono::steady_clock::time_point taken;
  std::shared_ptr<const RuleSet> rules;
  std::vector<uint64_t> alerts_by_rule;  // as many as there are rules
  std::vector<EventCount> events;
  std::vector<Loss> losses;
  EvaluationTimes evaluation;
  DecisionCounts decisions;
  Tampering::Counts tampering{};
  std::vector<SourceCounter> source;
  std::vector<ProgramRuns> programs;
  RingUsage ring;
  size_t processes = 0;
  size_t process_limit = 0;
  size_t process_text_bytes = 0;
  ProcessTableStats process_table;
  TrackerStats tracker;
  ReloadCounts reloads;
  size_t containers = 0;
  ContainerStats container_lookups;
};

// Threads: any.
class MetricsExchange {
 public:
  void publish(MetricsSnapshot snapshot) {
    auto latest = std::make_shared<const MetricsSnapshot>(std::move(snapshot));
    const std::lock_guard lock(mutex_);
    latest_.swap(latest);  // the old one is freed behind the lock
  }
  // Null before the first one.
  [[nodiscard]] std::shared_ptr<const MetricsSnapshot> latest() const {
    const std::lock_guard lock(mutex_);
    return latest_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const MetricsSnapshot> latest_;
};

}  // namespace saker

#endif  // SAKER_CMD_METRICS_SNAPSHOT_H
