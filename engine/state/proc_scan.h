// SPDX-License-Identifier: Apache-2.0
// ProcScan: /proc as records. Each process becomes an EV_SNAPSHOT record, the user database one
// EV_USERS record, so that state has one way in and a capture file holds everything a replay needs.
//
// Not thread-safe. May allocate and read files: used at start and when healing, not per event.
#ifndef SAKER_ENGINE_STATE_PROC_SCAN_H
#define SAKER_ENGINE_STATE_PROC_SCAN_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace saker {

class ProcScan {
 public:
  using Emit = std::function<void(std::span<const std::byte> record)>;

  // `root` is normally "/"; tests pass a fake tree with proc/ and etc/ below it.
  explicit ProcScan(std::string root = "/");

  // One EV_SNAPSHOT per process, in no particular order. Processes that vanish are skipped.
  void scan_all(const Emit& emit);
  // The process that has `pid` now; false when there is none.
  bool scan_one(uint32_t pid, const Emit& emit);
  // One EV_USERS record from /etc/passwd and /etc/group; nothing when neither is readable.
  void scan_users(const Emit& emit);
  // True when /etc/passwd or /etc/group changed since the last scan_users().
  bool users_changed();

  // Files that could not be read for another reason than that the process was gone.
  [[nodiscard]] uint64_t unreadable() const noexcept { return unreadable_; }

 private:
  std::string root_;
  std::vector<std::byte> record_;
  uint64_t unreadable_ = 0;
  uint64_t users_stamp_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROC_SCAN_H
