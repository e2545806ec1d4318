// SPDX-License-Identifier: Apache-2.0
// Tracker - step 4 of 8 (README, "The data path"): applies an event to processes, containers and
// users, and attaches the acting process to it.
//
// A process that no exec, fork or scan has shown is asked for from the Healer (live: /proc) once;
// failing that, it lives with what the record's task says. A known process is asked for again, at
// most once a second, when its records hint at a lost exec: a new name or cgroup out of nowhere.
// Nothing here allocates for an event of a known process that changes nothing.
//
// Threads: one Tracker per reader. Errors: none.
#ifndef SAKER_ENGINE_STATE_TRACKER_H
#define SAKER_ENGINE_STATE_TRACKER_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/event.h"
#include "engine/record_writer.h"
#include "engine/state/container.h"
#include "engine/state/container_enricher.h"
#include "engine/state/container_source.h"
#include "engine/state/hosts.h"
#include "engine/state/peer_table.h"
#include "engine/state/process_table.h"
#include "engine/state/rate_limit.h"
#include "engine/state/users.h"

namespace saker {

struct TrackerStats {
  uint64_t healed = 0;        // processes read from /proc after a loss
  uint64_t heal_failed = 0;   // gone before they could be read: fields stay missing
  uint64_t heal_skipped = 0;  // hints at a lost exec that were too many
  uint64_t unknown_parent = 0;
};

class Tracker {
 public:
  // Called for a process that no record has shown: gives an EV_SNAPSHOT record for it to `emit`, or
  // returns false. Live runs pass ProcScan::scan_one; replays pass nothing, their captures hold the
  // healed records.
  using Emit = std::function<void(std::span<const std::byte> record)>;
  using Healer = std::function<bool(uint32_t pid, const Emit& emit)>;

  struct Options {
    int64_t boot_to_epoch_ns = 0;
    std::string hostname;
    size_t process_limit = ProcessTable::kDefaultLimit;
    Healer healer;
    ContainerSource* containers = nullptr;  // borrowed; null: no metadata are looked up
    // Sees the records that are made here, in the order in which a replay must apply them: of
    // healed processes and of containers whose metadata were found. May be empty.
    Emit on_made;
    // For the filter in the kernel, which sees neither: a process whose name came from /proc, and
    // a cgroup that was not known. May be empty.
    std::function<void(const Process& process)> on_found_process;
    std::function<void(uint64_t cgroup_id, const ContainerIdentity& container)> on_new_cgroup;
    // A container stays without metadata; may be empty.
    std::function<void(const Container& container)> on_unknown_container;
  };
  explicit Tracker(Options options);
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;

  // Applies the event; afterwards event.process() and event.world() are set.
  void apply(Event& event);
  // Ends an event: removes what it removed (an exited process) only after it was matched.
  void finish(const Event& event);

  [[nodiscard]] const ProcessTable& processes() const noexcept { return processes_; }
  [[nodiscard]] const ContainerTable& containers() const noexcept { return containers_; }
  [[nodiscard]] const PeerTable& peers() const noexcept { return peers_; }
  [[nodiscard]] const ContainerStats& container_stats() const noexcept { return enricher_.stats(); }
  [[nodiscard]] const TrackerStats& stats() const noexcept { return stats_; }

 private:
  void apply_exec(const Event& event);
  void apply_fork(const Event& event);
  void apply_snapshot(const Event& event, ProcessOrigin origin);
  void apply_users(const Event& event);
  void apply_container(const Event& event);
  void emit_container(const Container& container, uint64_t boot_ns);
  void apply_syscall(Event& event, Process& process);
  void learn_cgroup(const Event& event);
  Process& actor_of(const Event& event);
  Process& insert_unknown(const Event& event);
  [[nodiscard]] bool hints_at_lost_exec(const Event& event, const Process& process) const noexcept;
  [[nodiscard]] bool may_ask(uint64_t boot_ns) noexcept;
  bool heal(uint32_t pid);
  void heal_parents(const Process& process);

  Options options_;
  EventWorld world_;
  ProcessTable processes_;
  ContainerTable containers_;
  ContainerEnricher enricher_;
  UserTable users_;
  HostTable hosts_;
  PeerTable peers_;
  Process nobody_;     // the actor of records that have none
  Process attempted_;  // what the actor of the event wants to become
  std::unique_ptr<Event> healed_;
  TrackerStats stats_;
  uint64_t events_ = 0;
  RateLimit asks_;
  RecordWriter writer_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_TRACKER_H
