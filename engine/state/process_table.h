// SPDX-License-Identifier: Apache-2.0
// ProcessTable: the processes of this host by (pid, start time). Bounded in number and in bytes of
// text: when it is full, exited processes go first, then the ones not touched for longest; each
// eviction is counted.
//
// Not thread-safe; belongs to the reader; no allocation except for a new process. Pointers to
// Process stay valid until that process is evicted or purged, which happens only inside insert()
// and purge_exited().
#ifndef SAKER_ENGINE_STATE_PROCESS_TABLE_H
#define SAKER_ENGINE_STATE_PROCESS_TABLE_H

#include <cstdint>
#include <memory>

#include "engine/state/process.h"

namespace saker {

struct ProcessTableStats {
  uint64_t inserted = 0;
  uint64_t evicted = 0;  // lost to the size limit while still running
  uint64_t purged = 0;   // removed after exit
};

class ProcessTable {
 public:
  static constexpr size_t kDefaultLimit = 65536;
  // Ten thousand processes with 4 KiB of arguments and environment each need a third of it.
  static constexpr size_t kMaxTextBytes = size_t{128} << 20;

  explicit ProcessTable(size_t limit = kDefaultLimit);
  ~ProcessTable();

  // The process with this key, or null. The first form counts as a use.
  [[nodiscard]] Process* find(const ProcessKey& key) noexcept;
  [[nodiscard]] const Process* find(const ProcessKey& key) const noexcept;
  // The process that has this pid now, or had it last; null when unknown.
  [[nodiscard]] const Process* find_by_pid(uint32_t pid) const noexcept;
  // The process whose pid in namespace `pid_ns` is `vpid`; null when unknown.
  [[nodiscard]] const Process* find_by_vpid(uint32_t pid_ns, uint32_t vpid) const noexcept;

  // The parent as the kernel has it now (reparenting included); null when unknown.
  [[nodiscard]] const Process* parent_of(const Process& process) const noexcept;
  // Ancestor `n`: 0 is the process itself, 1 its parent; null when unknown.
  [[nodiscard]] const Process* ancestor(const Process& process, uint32_t n) const noexcept;

  // Adds an empty process with this key, or returns the one that is there.
  Process& insert(const ProcessKey& key);
  // Stores what a record says of the process; follows a changed parent, pid namespace, and a start
  // time that is more exact than the one from /proc. Requires: same process.
  void update(Process& process, const ev_task& task);
  // Counts the texts of a process anew. Call after they changed.
  void resized(Process& process) noexcept;
  // Marks as exited at `boot_ns`. Its children have `reaper` (a pid; 0: unknown) as their parent
  // from then on, until a record of theirs says more.
  void mark_exited(const ProcessKey& key, uint64_t boot_ns, uint32_t reaper);
  // Removes processes that exited before `boot_ns` and have no child left. Cheap when there are
  // none.
  void purge_exited(uint64_t boot_ns);

  [[nodiscard]] size_t size() const noexcept;
  [[nodiscard]] size_t text_bytes() const noexcept;
  [[nodiscard]] const ProcessTableStats& stats() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROCESS_TABLE_H
