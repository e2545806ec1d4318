// SPDX-License-Identifier: Apache-2.0
// EventSource - step 2 of 8 (README, "The data path"): hands out raw records in ring order; live
// (live_source.h) or from a capture file (replay_source.h).
//
// Threads:   one reader; stop() may be called from any thread and from a signal handler.
// Ownership: a record's bytes are valid until next() is called again.
#ifndef SAKER_PROBES_EVENT_SOURCE_H
#define SAKER_PROBES_EVENT_SOURCE_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "probes/wire.h"

namespace saker {

// Facts of the recorded host that records do not carry.
struct SourceInfo {
  int64_t boot_to_epoch_ns = 0;  // add to CLOCK_BOOTTIME to get Unix time
  std::string hostname;
};

// A loss or a count of the source, for the summary and for metrics.
struct SourceCounter {
  std::string name;    // "dropped", "submitted"
  std::string reason;  // "ring_full"; empty for plain counts
  std::string kind;    // record kind: "syscall", "exec"...; empty: all
  uint64_t value = 0;
  bool is_loss = false;
};

// What a program in the kernel cost so far. The kernel counts only while it is told to
// (LiveOptions::count_runs, or the sysctl kernel.bpf_stats_enabled).
struct ProgramRuns {
  std::string_view program;
  uint64_t runs = 0;
  uint64_t run_ns = 0;
};

// The buffer between kernel and reader; 0 where there is none.
struct RingUsage {
  uint64_t used_bytes = 0;  // not yet read
  uint64_t size_bytes = 0;
};

class EventSource {
 public:
  enum class Next : uint8_t {
    kRecord,  // `record` is set
    kIdle,    // nothing arrived within the time given
    kEnd,     // stop() was called and all is drained, or the capture ended
    kFailed,  // error() says why
  };

  virtual ~EventSource() = default;

  [[nodiscard]] virtual const SourceInfo& info() const noexcept = 0;
  // Waits up to `timeout_ms`, and a millisecond after a burst, for a record.
  virtual Next next(std::span<const std::byte>& record, int timeout_ms) = 0;
  // Ends the run after what is already there was handed out. Async-signal-safe.
  virtual void stop() noexcept = 0;
  [[nodiscard]] virtual Error error() const = 0;
  // All counters, also those that are 0.
  [[nodiscard]] virtual std::vector<SourceCounter> counters() const = 0;
  [[nodiscard]] virtual std::vector<ProgramRuns> program_runs() const { return {}; }
  [[nodiscard]] virtual RingUsage ring_usage() const noexcept { return {}; }
};

}  // namespace saker

#endif  // SAKER_PROBES_EVENT_SOURCE_H
