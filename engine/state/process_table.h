// SPDX-License-Identifier: Apache-2.0
// ProcessTable: the processes of this host by (pid, start time). Bounded: when it is full, exited
// processes go first, then the ones not touched for longest; each eviction is counted.
//
// Not thread-safe; belongs to the reader. Pointers to Process stay valid until that process is
// evicted or purged, which happens only inside insert() and purge_exited().
#ifndef SAKER_ENGINE_STATE_PROCESS_TABLE_H
#define SAKER_ENGINE_STATE_PROCESS_TABLE_H

#include <cstdint>
#include <list>
#include <memory>
#include <unordered_map>

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

  explicit ProcessTable(size_t limit = kDefaultLimit);
  ~ProcessTable();

  // The process with exactly this key, or null.
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
  // Marks as exited at `boot_ns`; children move to `reaper` (0: unknown).
  void mark_exited(const ProcessKey& key, uint64_t boot_ns, uint32_t reaper);
  // Removes processes that exited before `boot_ns`. Cheap when there are none.
  void purge_exited(uint64_t boot_ns);

  [[nodiscard]] size_t size() const noexcept;
  [[nodiscard]] const ProcessTableStats& stats() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PROCESS_TABLE_H
