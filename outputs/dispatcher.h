// SPDX-License-Identifier: Apache-2.0
// Dispatcher - step 7 of 8 (README, "The data path"): one bounded queue and one thread per sink.
//
// Threads:   submit() from the reader; never blocks on a sink unless WhenFull::kWait asks for it.
//            Each sink has a thread of its own.
// Ownership: owns the sinks; alerts are shared.
// Loss:      a full queue drops the oldest alert and counts it; a failing write is counted. At any
//            time, per sink: accepted = written + dropped_* + queued.
#ifndef SAKER_OUTPUTS_DISPATCHER_H
#define SAKER_OUTPUTS_DISPATCHER_H

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/alert_id.h"
#include "outputs/sink.h"

namespace saker {

struct SinkStats {
  std::string name;
  uint64_t accepted = 0;
  uint64_t written = 0;
  uint64_t dropped_queue_full = 0;
  uint64_t dropped_write_failed = 0;
  uint64_t dropped_shutdown = 0;  // still queued when the drain time was over
  uint64_t queued = 0;            // the one being written included
  std::string last_error;

  [[nodiscard]] uint64_t lost() const noexcept {
    return dropped_queue_full + dropped_write_failed + dropped_shutdown;
  }
};

class Dispatcher {
 public:
  // A live run must not wait for a sink; a replay must not lose an alert.
  enum class WhenFull : uint8_t { kDropOldest, kWait };
  // Called once, on the sink's thread, for a sink that is_broken(); never after stop(). Must not
  // call back into the dispatcher.
  using OnBroken = std::function<void(const Error& error)>;

  // Requires: queue_capacity > 0.
  Dispatcher(size_t queue_capacity, WhenFull when_full, OnBroken on_broken);
  // Requires: never started, or stopped.
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Requires: before start().
  void add(std::unique_ptr<Sink> sink);
  // Opens all sinks, then starts their threads; the first that cannot open is the error.
  Result<void> start();
  // Gives the alert its id, and hands it to the sinks.
  void submit(std::shared_ptr<Alert> alert) noexcept;
  // Writes out what is queued, for at most `drain`, and ends the threads. A thread that hangs in a
  // write by then is left behind; what it had is counted as dropped_shutdown.
  void stop(std::chrono::milliseconds drain);
  [[nodiscard]] std::vector<SinkStats> stats() const;

 private:
  class Worker;
  size_t queue_capacity_;
  WhenFull when_full_;
  OnBroken on_broken_;
  AlertIds ids_;
  // Shared with the threads: one that hangs outlives the dispatcher.
  std::vector<std::shared_ptr<Worker>> workers_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_DISPATCHER_H
