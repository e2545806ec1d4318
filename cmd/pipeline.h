// SPDX-License-Identifier: Apache-2.0
// Pipeline: the parts of the data path's steps 3 to 7, put together for one run, and the counts of
// what went through them. The loop that drives it is run_loop() in run.cpp.
//
// Not thread-safe: belongs to the reader.
#ifndef SAKER_CMD_PIPELINE_H
#define SAKER_CMD_PIPELINE_H

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "cmd/config.h"
#include "cmd/decision_counts.h"
#include "cmd/evaluation_times.h"
#include "cmd/losses.h"
#include "cmd/metrics_snapshot.h"
#include "cmd/output_watch.h"
#include "cmd/rule_switch.h"
#include "cmd/summary.h"
#include "cmd/tampering.h"
#include "engine/base/result.h"
#include "engine/event.h"
#include "engine/rules/rule_set.h"
#include "engine/state/tracker.h"
#include "outputs/dispatcher.h"
#include "probes/capture.h"
#include "probes/event_source.h"
#include "probes/live_source.h"

namespace saker {

// The configured sinks, opened and started. Fails when one cannot be opened, or there is none.
[[nodiscard]] Result<std::unique_ptr<Dispatcher>> start_outputs(const Config& config,
                                                                AlertQueue::WhenFull when_full,
                                                                Dispatcher::OnBroken on_broken);

class Pipeline {
 public:
  struct Parts {
    std::shared_ptr<const RuleSet> rules = nullptr;
    uint8_t generation = 0;                         // of the filter that they are in
    std::unique_ptr<NameResolver> names = nullptr;  // of hosts that the rules name; null: none
    RuleOffer* offer = nullptr;                     // borrowed; of new rules; null: there never are
    EventSource* source = nullptr;                  // borrowed
    Dispatcher* dispatcher = nullptr;               // borrowed
    CaptureWriter* capture = nullptr;               // borrowed; null: nothing is recorded
    size_t process_limit = ProcessTable::kDefaultLimit;
    Tracker::Healer healer = nullptr;       // null: a replay
    ContainerSource* containers = nullptr;  // borrowed; null: none are looked up
    LiveSource* live = nullptr;             // borrowed; whose filter is told; null: a replay
  };
  explicit Pipeline(Parts parts);

  [[nodiscard]] Event& event() noexcept { return event_; }
  [[nodiscard]] Tracker& tracker() noexcept { return tracker_; }
  // The rules that judge the event at hand.
  [[nodiscard]] RunningRules& rules_for_event() noexcept {
    return rules_.rules_for(event_.header());
  }
  [[nodiscard]] RunningRules& rules() noexcept { return rules_.current(); }
  // Call when nothing happens: see RuleSwitch::look_ahead().
  void look_for_new_rules() { rules_.look_ahead(*parts_.source); }
  [[nodiscard]] Dispatcher& dispatcher() noexcept { return *parts_.dispatcher; }
  [[nodiscard]] EvaluationTimes& evaluation_times() noexcept { return evaluation_times_; }

  // Counts a record by what decoding it gave; true when the event can be used.
  bool count_record(DecodeError error) noexcept;
  void count_event(const Event& event, bool is_matched) noexcept;
  // Counts what was decided about the event, and whether one of the rules that hold decided it; if
  // none did, gives what stands for it. Null: there is no decision, or it has its rule.
  const Rule* count_decision(const Event& event, const RuleSet& rules,
                             std::span<const uint32_t> matched);
  // Alerts of what the event says that was done to the sensor. Requires: event.guard() is not null.
  void report_tampering(const Event& event);
  // What the sensor says of itself; null: nothing.
  void submit_and_log(std::shared_ptr<Alert> alert);
  // Writes the record to the capture file, if there is one.
  void record(std::span<const std::byte> record);
  // Why recording failed; the run must end then.
  [[nodiscard]] const std::optional<Error>& capture_error() const noexcept {
    return capture_error_;
  }

  // Logs new losses and outputs that began to fail, and makes alerts of them; not more often than
  // LossReporter and OutputWatch allow. `now_boot_ns`: time of the event at hand.
  void report_problems(uint64_t now_boot_ns);
  // Of alerts about what is so now.
  [[nodiscard]] AlertOrigin origin_at(uint64_t boot_ns) const;
  [[nodiscard]] uint64_t undecodable() const noexcept;
  [[nodiscard]] uint64_t events() const noexcept { return events_; }
  [[nodiscard]] Summary summary() const;
  [[nodiscard]] MetricsSnapshot snapshot() const;

 private:
  [[nodiscard]] Tracker::Options tracker_options();
  void report_losses(const std::vector<Loss>& losses, int64_t now_boot_ns,
                     const AlertOrigin& origin);
  void report_outputs(const std::vector<SinkStats>& outputs, int64_t now_boot_ns,
                      const AlertOrigin& origin);
  // Those of the source and of the outputs are handed in: asking for them costs system calls and
  // locks.
  [[nodiscard]] std::vector<Loss> losses_of(const std::vector<SourceCounter>& counters,
                                            const std::vector<SinkStats>& outputs) const;
  // By type, sorted; also those that did not happen.
  [[nodiscard]] std::vector<EventCount> event_counts() const;
  void warn_unknown_container(const Container& container);

  Parts parts_;
  Event event_;
  Tracker tracker_;
  RuleSwitch rules_;
  LossReporter loss_reporter_;
  OutputWatch output_watch_;
  Tampering tampering_{this_sensor()};
  std::optional<Error> capture_error_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::set<std::string_view> warned_runtimes_;  // types of containers
  uint64_t events_ = 0;
  std::vector<uint64_t> events_by_code_ = std::vector<uint64_t>(kMaxEventCodes);
  std::vector<uint64_t> matched_by_code_ = std::vector<uint64_t>(kMaxEventCodes);
  std::array<uint64_t, 7> by_decode_error_{};  // indexed by DecodeError
  DecisionCounts decisions_;
  EvaluationTimes evaluation_times_;
};

}  // namespace saker

#endif  // SAKER_CMD_PIPELINE_H
