// SPDX-License-Identifier: Apache-2.0
// Dispatcher - step 7 of 8 (README, "The data path"): one bounded queue and one thread per sink.
//
// Threads:   submit() from the reader; never blocks on a sink. Each sink has a thread of its own.
// Ownership: owns the sinks; alerts are shared.
// Loss:      a full queue drops the oldest alert and counts it; a failing write is counted.
#ifndef SAKER_OUTPUTS_DISPATCHER_H
#define SAKER_OUTPUTS_DISPATCHER_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/sink.h"

namespace saker {

struct SinkStats {
  std::string name;
  uint64_t accepted = 0;
  uint64_t written = 0;
  uint64_t dropped_queue_full = 0;
  uint64_t dropped_write_failed = 0;
  uint64_t dropped_shutdown = 0;  // still queued when the drain time was over
  size_t queued = 0;
  std::string last_error;
};

class Dispatcher {
 public:
  explicit Dispatcher(size_t queue_capacity);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Requires: before start().
  void add(std::unique_ptr<Sink> sink);
  // Opens all sinks, then starts their threads; the first that cannot open is the error.
  Result<void> start();
  void submit(std::shared_ptr<const Alert> alert) noexcept;
  // Writes out what is queued, for at most `drain`, and ends the threads.
  void stop(std::chrono::milliseconds drain);
  [[nodiscard]] std::vector<SinkStats> stats() const;

 private:
  class Worker;
  size_t queue_capacity_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_DISPATCHER_H
