// SPDX-License-Identifier: Apache-2.0
// Dispatcher - step 7 of 8 (README, "The data path"): hands each alert to the outputs that want it.
// Each has a bounded queue and a thread of its own (sink_worker.h).
//
// Threads:   submit() from the reader; never waits for a sink, unless its queue was told to.
//            stats(), metrics() and reopen() from any thread.
// Ownership: owns the sinks; alerts are shared.
// Loss:      every alert that does not arrive is counted, with a reason (sink_stats.h).
#ifndef SAKER_OUTPUTS_DISPATCHER_H
#define SAKER_OUTPUTS_DISPATCHER_H

#include <memory>
#include <string>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/alert_id.h"
#include "outputs/metric.h"
#include "outputs/sink.h"
#include "outputs/sink_stats.h"
#include "outputs/sink_worker.h"

namespace saker {

class Dispatcher {
 public:
  using OnBroken = SinkWorker::OnBroken;

  explicit Dispatcher(OnBroken on_broken = {}) : on_broken_(std::move(on_broken)) {}
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Requires: before start().
  void add(std::unique_ptr<Sink> sink, SinkOptions options);
  // Opens all sinks and spools, then starts their threads; the first that cannot open is the error.
  Result<void> start();
  // Gives the alert its id, and hands it to the sinks.
  void submit(std::shared_ptr<Alert> alert) noexcept;
  // Sinks open anew what logrotate and its like have moved. Async-signal-safe.
  void reopen() noexcept;
  // Writes out what is queued, within the limits for each sink, and ends the threads. A thread that
  // hangs in a write is left behind.
  void stop(const DrainLimits& limits);

  [[nodiscard]] std::vector<SinkStats> stats() const;
  // Figures that only some sinks have.
  [[nodiscard]] std::vector<Metric> metrics() const;
  // Outputs whose spool was damaged at the start: what was in it is lost.
  [[nodiscard]] std::vector<std::string> lost_spools() const;

 private:
  OnBroken on_broken_;
  AlertIds ids_;
  // Shared with the threads: one that hangs outlives the dispatcher.
  std::vector<std::shared_ptr<SinkWorker>> workers_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_DISPATCHER_H
