// SPDX-License-Identifier: Apache-2.0
// ProcScan: /proc as records. Each process becomes an EV_SNAPSHOT record, the user database one
// EV_USERS record, so that state has one way in and a capture file holds everything a replay needs.
//
// Start times are whole clock ticks, rounded down (see ProcessKey). Not known from user space: the
// overlay layer of an executable; the start of a pid namespace whose init is not visible.
//
// Not thread-safe. May allocate and read files: used at start and when healing, not per event.
#ifndef SAKER_ENGINE_STATE_PROC_SCAN_H
#define SAKER_ENGINE_STATE_PROC_SCAN_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/record_writer.h"
#include "engine/state/proc_files.h"

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
  [[nodiscard]] uint64_t unreadable() const noexcept { return files_.unreadable(); }

 private:
  uint32_t namespace_id(uint32_t pid, std::string_view name);
  bool read_task(uint32_t pid, ev_task& task);
  uint64_t start_of(uint32_t pid);
  void read_exe(uint32_t pid, ev_inode& inode, std::string& path);
  std::string read_cgroup(uint32_t pid, ev_task& task);
  uint64_t read_fdlimit(uint32_t pid);
  bool emit_snapshot(uint32_t pid, const Emit& emit);
  void write_cut(ev_section_kind kind, const std::string& path, size_t max);
  [[nodiscard]] uint64_t users_stamp() const;

  ProcFiles files_;
  RecordWriter writer_;
  std::unordered_map<uint32_t, uint64_t> starts_;         // by pid, during scan_all()
  std::unordered_map<uint32_t, uint64_t> pid_ns_starts_;  // start of each namespace's init
  uint64_t users_stamp_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROC_SCAN_H
