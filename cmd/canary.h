// SPDX-License-Identifier: Apache-2.0
// Canary: an event that the sensor makes itself at an interval, and that must come back to it. One
// that does not says that the way from the kernel to here is broken, whatever the counters say.
//
// Records come in order, so it takes no waiting to know: a canary is missing when all records made
// after it have been seen.
//
// Not thread-safe: belongs to the reader.
#ifndef SAKER_CMD_CANARY_H
#define SAKER_CMD_CANARY_H

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "cmd/internal_alert.h"
#include "engine/alert.h"

namespace saker {

class Canary {
 public:
  struct Counts {
    uint64_t sent = 0;
    uint64_t missing = 0;
  };
  enum class News : uint8_t {
    kNone,
    kMissing,  // it came until now
    kBack,     // it comes again
  };

  // `send(number)` makes the event. Interval 0: there is none.
  Canary(std::chrono::seconds interval, std::function<void(uint64_t)> send)
      : interval_(interval), send_(std::move(send)) {}

  // The event has come, with the number that was sent.
  void take(uint64_t number) noexcept { is_awaited_ = is_awaited_ && number != counts_.sent; }

  // Whether there is something to do at this time: see to the last one, send the next.
  [[nodiscard]] bool is_due(uint64_t now_boot_ns) const noexcept {
    return interval_.count() != 0 && now_boot_ns >= due_boot_ns_;
  }
  // Does it. `is_complete`: all records that were made before have been seen; else the last one
  // may still come, and nothing is done.
  News tend(uint64_t now_boot_ns, bool is_complete);

  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::chrono::seconds interval() const noexcept { return interval_; }

 private:
  std::chrono::seconds interval_;
  std::function<void(uint64_t)> send_;
  uint64_t due_boot_ns_ = 0;
  bool is_awaited_ = false;  // the one with the number counts_.sent
  bool is_missing_ = false;  // the one before it was
  Counts counts_;
};

[[nodiscard]] std::shared_ptr<Alert> make_canary_alert(const Canary& canary,
                                                       const AlertOrigin& origin);

}  // namespace saker

#endif  // SAKER_CMD_CANARY_H
