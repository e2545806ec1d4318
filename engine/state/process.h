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
#include <vector>

#include "probes/wire.h"

namespace saker {

// A pid is reused; pid and start time together name one process of one boot.
struct ProcessKey {
  uint32_t pid = 0;
  uint64_t start_boot_ns = 0;

  friend bool operator==(const ProcessKey&, const ProcessKey&) = default;
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
  ev_task task{};  // as of the last record that carried it
  ev_inode exe_inode{};
  uint64_t pidns_start_boot_ns = 0;
  uint64_t exec_boot_ns = 0;  // last exec seen; 0: none
  uint64_t fdlimit = 0;
  std::string comm;               // at exec or fork; prctl(PR_SET_NAME) does not change it
  std::string exe;                // argv[0]
  std::string exe_path;           // resolved; empty for kernel threads
  std::vector<std::string> args;  // after argv[0]
  std::string args_text;          // args joined by one blank
  std::string cmdline;            // comm, then each argument
  std::string env;                // NUL-terminated entries, as captured
  std::string cwd;                // without the final '/'
  bool exe_writable = false;      // by the executing user, at exec
  bool args_truncated = false;
  bool env_truncated = false;
  bool exited = false;  // kept until its children are gone or the table needs room
  ProcessOrigin origin = ProcessOrigin::kTaskOnly;

  // Rebuilds args_text and cmdline. Call after comm or args changed.
  void update_texts();
};

// Mode, owner, capabilities and mount let this task write the file. Supplementary groups and ACLs
// are not known.
[[nodiscard]] bool can_write(const ev_task& task, const ev_inode& inode) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROCESS_H
