// SPDX-License-Identifier: Apache-2.0
// AlertQueue: a bounded queue of alerts between the reader and one output.
//
// Threads: push() from one thread, take() from another, the rest from any.
// Cost:    push() takes a lock that is never held for longer than some pointers are moved; it
//          allocates nothing.
#ifndef SAKER_OUTPUTS_ALERT_QUEUE_H
#define SAKER_OUTPUTS_ALERT_QUEUE_H

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/alert.h"

namespace saker {

using AlertPtr = std::shared_ptr<const Alert>;

class AlertQueue {
 public:
  using Clock = std::chrono::steady_clock;
  // A live run must not wait for an output; a replay must not lose an alert.
  enum class WhenFull : uint8_t { kDropOldest, kWait };

  // Requires: capacity > 0.
  AlertQueue(size_t capacity, WhenFull when_full);

  // Refuses the alert when the queue is closed.
  void push(const AlertPtr& alert);

  struct Taken {
    uint64_t dropped = 0;   // alerts that had to go since the last take(), all before these
    bool is_ended = false;  // closed and empty: there will be no more
  };
  // Appends the oldest alerts, at most `max`; waits for the first one until `deadline`.
  Taken take(size_t max, Clock::time_point deadline, std::vector<AlertPtr>& alerts);

  // `count` alerts that were taken are accounted for elsewhere now.
  void settle(size_t count);

  // Ends push() and the waiting of both sides; what is in the queue can still be taken.
  void close();
  // Gives up: removes everything, and returns how many alerts were pending.
  size_t clear();

  // Since the beginning; all of one moment.
  struct Counts {
    uint64_t accepted = 0;  // by push()
    uint64_t refused = 0;
    uint64_t dropped = 0;  // of those accepted, because the queue was full
    size_t pending = 0;    // in the queue, or taken and not settled
  };
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] size_t capacity() const noexcept { return ring_.size(); }

 private:
  AlertPtr pop();

  const WhenFull when_full_;
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable room_;
  // All below: guarded by mutex_. A ring, so that push() never allocates.
  std::vector<AlertPtr> ring_;
  size_t first_ = 0;
  size_t size_ = 0;
  size_t unsettled_ = 0;
  uint64_t accepted_ = 0;
  uint64_t refused_ = 0;
  uint64_t dropped_ = 0;
  uint64_t dropped_told_ = 0;  // by take()
  bool is_closed_ = false;
  bool is_taker_waiting_ = false;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_ALERT_QUEUE_H
