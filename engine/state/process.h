// SPDX-License-Identifier: Apache-2.0
// Process: what is known of one process (thread group). Kept by the ProcessTable, filled from exec
// and fork records or from /proc, and healed from the task of every record.
//
// Texts are owned; the ones derived from others (cmdline) are made when the process changes, never
// per event.
#ifndef SAKER_ENGINE_STATE_PROCESS_H
#define SAKER_ENGINE_STATE_PROCESS_H

#include <cstdint>
#include <string>
#include <string_view>

#include "probes/wire.h"

namespace saker {

// A pid is reused; pid and start time together name one process of one boot.
//
// The kernel's records give the start in nanoseconds, /proc only in whole ticks of the clock. So
// times of the same tick are equal: a pid cannot be used twice within one.
struct ProcessKey {
  static constexpr uint64_t kTickNs = 10'000'000;  // USER_HZ is 100 on all our architectures

  uint32_t pid = 0;
  uint64_t start_boot_ns = 0;

  [[nodiscard]] uint64_t start_tick() const noexcept { return start_boot_ns / kTickNs; }
  friend bool operator==(const ProcessKey& a, const ProcessKey& b) noexcept {
    return a.pid == b.pid && a.start_tick() == b.start_tick();
  }
};

// The arguments of a process, packed: a process may have thousands of empty ones.
class ArgList {
 public:
  class Iterator {
   public:
    explicit Iterator(std::string_view left) noexcept : left_(left) {}
    std::string_view operator*() const noexcept { return left_.substr(0, left_.find('\0')); }
    Iterator& operator++() noexcept {
      left_.remove_prefix(left_.find('\0') + 1);
      return *this;
    }
    bool operator==(const Iterator& other) const noexcept {
      return left_.size() == other.left_.size();
    }

   private:
    std::string_view left_;
  };

  void clear() noexcept;
  void add(std::string_view argument);

  [[nodiscard]] size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] Iterator begin() const noexcept { return Iterator(bytes_); }
  [[nodiscard]] Iterator end() const noexcept { return Iterator({}); }
  // Walks the list. Requires: n < size().
  [[nodiscard]] std::string_view operator[](size_t n) const noexcept;
  // Each argument and its terminating NUL.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
  size_t count_ = 0;
};

// How much of a Process is known.
enum class ProcessOrigin : uint8_t {
  kExec,      // an exec record: everything
  kFork,      // inherited from the parent
  kScan,      // /proc at start
  kHealed,    // /proc after a loss, while it still ran
  kTaskOnly,  // only the task of a record: no arguments, environment, executable
};

struct Process {
  ProcessKey key;
  ProcessKey parent;
  ev_task task{};  // as of the last record that carried it; `comm` is the main thread's
  ev_inode exe_inode{};
  uint64_t pidns_start_boot_ns = 0;
  uint64_t exec_boot_ns = 0;   // last exec seen; 0: none
  uint64_t asked_boot_ns = 0;  // when /proc was last asked for it; 0: never
  uint64_t fdlimit = 0;
  std::string comm;            // at exec or fork; prctl(PR_SET_NAME) does not change it
  std::string exe;             // argv[0]
  std::string exe_path;        // resolved; empty for kernel threads
  ArgList args;                // after argv[0]
  std::string cmdline;         // comm, then each argument
  std::string_view args_text;  // args joined by one blank; the end of cmdline
  std::string env;             // NUL-terminated entries, as captured
  std::string cwd;             // without the final "/", so empty for the root directory
  bool exe_writable = false;   // by the executing user, at exec
  bool args_truncated = false;
  bool env_truncated = false;
  bool exited = false;  // kept for a while, and until its children are gone
  ProcessOrigin origin = ProcessOrigin::kTaskOnly;

  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Rebuilds args_text and cmdline. Call after comm or args changed.
  void update_texts();
  // Bytes of the texts.
  [[nodiscard]] size_t text_bytes() const noexcept;
};

// Mode, owner, capabilities and mount let this task write the file. Supplementary groups and ACLs
// are not known.
[[nodiscard]] bool can_write(const ev_task& task, const ev_inode& inode) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROCESS_H
