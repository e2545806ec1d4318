// SPDX-License-Identifier: Apache-2.0
// SinkWorker: one sink with its queue and its threads.
//
//   queue → intake → delivery → sink                       one thread
//   queue → intake → spool    spool → delivery → sink      two: a slow sink must not keep alerts
//                                                          from the disk
//
// Threads: submit() on the reader's; the rest on any but those of the worker.
#ifndef SAKER_OUTPUTS_SINK_WORKER_H
#define SAKER_OUTPUTS_SINK_WORKER_H

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/base/result.h"
#include "outputs/alert_collapser.h"
#include "outputs/alert_filter.h"
#include "outputs/alert_queue.h"
#include "outputs/delivery.h"
#include "outputs/intake.h"
#include "outputs/metric.h"
#include "outputs/sink.h"
#include "outputs/sink_stats.h"
#include "outputs/spool.h"

namespace saker {

struct SinkOptions {
  AlertFilter filter{};
  AlertCollapser::Options collapse{};
  size_t queue_capacity = 4096;
  AlertQueue::WhenFull when_full = AlertQueue::WhenFull::kDropOldest;
  std::optional<SpoolOptions> spool = std::nullopt;  // none: what is not out is in memory only
};

// How long stop() waits for what is not out yet.
struct DrainLimits {
  std::chrono::milliseconds total;
  std::chrono::milliseconds idle;  // of a sink that fails, without any progress
};

class SinkWorker {
 public:
  using Clock = std::chrono::steady_clock;
  // Called once, on the sink's thread, for a sink that is_broken(); never after stop(). Must not
  // call back.
  using OnBroken = std::function<void(const Error& error)>;

  SinkWorker(std::unique_ptr<Sink> sink, SinkOptions options, OnBroken on_broken);

  // Opens the spool and the sink.
  Result<void> open();
  // Starts the threads, which share the ownership: one that hangs outlives the dispatcher.
  static void start(const std::shared_ptr<SinkWorker>& worker);
  void submit(const AlertPtr& alert);
  // The sink opens anew what it has open, within a second.
  void request_reopen() noexcept { wants_reopen_.store(true); }

  void request_stop();
  // Returns when all is out, or the limits are reached: what is spooled stays on disk then, and the
  // rest is counted as dropped_shutdown. Requires: request_stop() was called.
  void stop(const DrainLimits& limits);

  [[nodiscard]] std::string_view name() const noexcept { return sink_->name(); }
  [[nodiscard]] SinkStats stats() const;
  [[nodiscard]] std::vector<Metric> metrics() const { return sink_->metrics(); }
  [[nodiscard]] bool is_broken() const { return is_broken_.load(); }
  // The spool's file was damaged; what was in it is lost.
  [[nodiscard]] bool has_lost_spool() const noexcept {
    return spool_ != nullptr && spool_->was_damaged();
  }

 private:
  void fill_spool();
  void append_to_spool(std::vector<Message>& messages);
  void deliver();
  [[nodiscard]] Clock::time_point next_wake(const Delivery& delivery) const;
  void apply(const Delivery::Progress& progress, uint64_t settled_through);
  void settle_taken(size_t count);
  void reopen();
  void note_error(const Error& error);
  void end_thread();
  [[nodiscard]] bool is_hopeless(std::chrono::milliseconds idle) const;

  const std::unique_ptr<Sink> sink_;
  const SinkOptions options_;
  const OnBroken on_broken_;
  std::atomic<uint64_t> filtered_ = 0;
  AlertQueue queue_;
  std::unique_ptr<Spool> spool_;
  std::unique_ptr<Intake> intake_;
  std::vector<std::thread> threads_;
  std::atomic<bool> wants_reopen_ = false;
  std::atomic<bool> is_abandoned_ = false;  // written with mutex_ held
  std::atomic<bool> is_broken_ = false;

  mutable std::mutex mutex_;
  std::condition_variable wake_;  // of threads that wait between two tries
  std::condition_variable ended_;
  // All below: guarded by mutex_.
  SinkStats stats_;  // without what filter, queue and spool count
  Clock::time_point last_progress_{};
  size_t running_threads_ = 0;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SINK_WORKER_H
