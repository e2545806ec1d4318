// SPDX-License-Identifier: Apache-2.0
// SinkStats: what became of the alerts of one output. At any time
//
//   accepted + resumed = written + collapsed + lost() + queued + spooled
//
// What each counter means, and what to do, stands in outputs/README.md.
#ifndef SAKER_OUTPUTS_SINK_STATS_H
#define SAKER_OUTPUTS_SINK_STATS_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace saker {

struct SinkStats {
  std::string name;
  uint64_t filtered = 0;  // not for this output; not accepted either
  uint64_t accepted = 0;
  uint64_t resumed = 0;  // found in the spool at the start
  uint64_t written = 0;
  uint64_t collapsed = 0;  // counted in another alert's repeat_count
  uint64_t dropped_queue_full = 0;
  uint64_t dropped_write_failed = 0;  // refused for good
  uint64_t dropped_spool_full = 0;
  uint64_t dropped_spool_age = 0;
  uint64_t dropped_shutdown = 0;
  uint64_t queued = 0;  // in memory, on their way included
  uint64_t queue_capacity = 0;
  uint64_t spooled = 0;  // on disk, on their way included
  uint64_t spool_bytes = 0;
  int64_t spool_oldest_ns = 0;     // Unix time; 0: the spool is empty
  uint64_t spool_disk_errors = 0;  // tried again
  uint64_t retried = 0;            // messages sent once more
  bool failing = false;            // the last thing that happened was a failure
  std::string last_error;          // also when it is over

  // Loss counters by reason, as metrics and summary name them.
  [[nodiscard]] std::array<std::pair<std::string_view, uint64_t>, 5> losses() const {
    return {{{"queue_full", dropped_queue_full},
             {"write_failed", dropped_write_failed},
             {"spool_full", dropped_spool_full},
             {"spool_age", dropped_spool_age},
             {"shutdown", dropped_shutdown}}};
  }
  [[nodiscard]] uint64_t lost() const {
    uint64_t sum = 0;
    for (const auto& [reason, count] : losses()) {
      sum += count;
    }
    return sum;
  }
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SINK_STATS_H
