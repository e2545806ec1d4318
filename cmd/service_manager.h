// SPDX-License-Identifier: Apache-2.0
// ServiceManager: tells whoever started the sensor how it does, as sd_notify(3) has it, and feeds
// its watchdog. Owner of libsystemd. Nothing is said where nobody wants to know.
//
// Threads: any; feed_watchdog() belongs to the reader, so that a reader that hangs is noticed.
#ifndef SAKER_CMD_SERVICE_MANAGER_H
#define SAKER_CMD_SERVICE_MANAGER_H

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace saker {

// "watching with 18 rules of version 17525cef45008c2f".
[[nodiscard]] std::string watching_status(size_t rules, const std::string& version);

class ServiceManager {
 public:
  // Reads the environment (NOTIFY_SOCKET, WATCHDOG_USEC).
  ServiceManager();

  // How often to call feed_watchdog() at least; nothing: there is no watchdog.
  [[nodiscard]] std::optional<std::chrono::milliseconds> feeding_interval() const noexcept {
    return interval_;
  }

  // Events are read from now on.
  void tell_ready(const std::string& status);
  // A reload begins, or is over. Nothing is said before tell_ready() and behind tell_stopping():
  // the one would be taken for the end of the start, the other has said it all.
  void tell_reloading() const;
  void tell_reloaded(const std::string& status) const;
  void tell_stopping();

  // Cheap: says something only when an interval is over.
  void feed_watchdog(uint64_t now_boot_ns);

 private:
  enum class State : uint8_t { kStarting, kRunning, kStopping };
  std::optional<std::chrono::milliseconds> interval_;
  uint64_t due_boot_ns_ = 0;
  std::atomic<State> state_ = State::kStarting;
};

}  // namespace saker

#endif  // SAKER_CMD_SERVICE_MANAGER_H
