// SPDX-License-Identifier: Apache-2.0
#include "cmd/service_manager.h"

#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>

namespace saker {
namespace {

// The sensor feeds between two events, or when none came for an interval: two can lie nearly two
// intervals apart.
constexpr uint64_t kFeedingsPerTimeout = 3;

// systemd's own clock for the beginning of a reload.
uint64_t monotonic_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

// Nothing can be done about a manager that does not listen.
void tell(const std::string& message) { static_cast<void>(::sd_notify(0, message.c_str())); }

// Each line of a message is a variable of its own.
std::string status_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return "\nSTATUS=" + text;
}

}  // namespace

std::string watching_status(size_t rules, const std::string& version) {
  return "watching with " + std::to_string(rules) + " rules of version " + version;
}

ServiceManager::ServiceManager() {
  uint64_t timeout_us = 0;
  if (::sd_watchdog_enabled(0, &timeout_us) > 0) {
    interval_ = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::microseconds(timeout_us / kFeedingsPerTimeout));
  }
}

void ServiceManager::tell_ready(const std::string& status) {
  tell("READY=1" + status_line(status));
  state_ = State::kRunning;
}

void ServiceManager::tell_reloading() const {
  if (state_ == State::kRunning) {
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us()) +
         status_line("loading rules and configuration anew"));
  }
}

void ServiceManager::tell_reloaded(const std::string& status) const {
  if (state_ == State::kRunning) {
    tell("READY=1" + status_line(status));
  }
}

void ServiceManager::tell_stopping() {
  state_ = State::kStopping;
  tell("STOPPING=1" + status_line("writing out what is queued"));
}

void ServiceManager::feed_watchdog(uint64_t now_boot_ns) {
  if (!interval_ || now_boot_ns < due_boot_ns_) {
    return;
  }
  due_boot_ns_ = now_boot_ns + static_cast<uint64_t>(std::chrono::nanoseconds(*interval_).count());
  tell("WATCHDOG=1");
}

}  // namespace saker
