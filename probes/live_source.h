// SPDX-License-Identifier: Apache-2.0
// LiveSource: loads and attaches the probes and reads their ring buffer. Owner of libbpf.
//
// Everything is loaded, but only what the plans ask for is attached: the sys_exit dispatcher when
// there is a plan, sys_enter when a plan has a step that must be read before the call runs; exec,
// fork and exit always.
//
// Programs that decide are loaded and attached when a filter has policies for them, and detached
// when it has none any more; the new policy is in force before the old one ends.
//
// The filter drops in the kernel what no rule can be about. Names of processes it learns by itself
// as they begin and execute; of those that ran before, and of all cgroups, it is told.
#ifndef SAKER_PROBES_LIVE_SOURCE_H
#define SAKER_PROBES_LIVE_SOURCE_H

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "probes/enforcement.h"
#include "probes/event_source.h"
#include "probes/filter_maps.h"
#include "probes/filter_wire.h"
#include "probes/hooks.h"
#include "probes/pins.h"
#include "probes/wire.h"

namespace saker {

struct LiveOptions {
  std::vector<ev_plan> plans;
  uint32_t ring_bytes = 8 * 1024 * 1024;  // rounded up to a power of two and whole pages
  // Part of the ring that only exec, fork and exit may fill, in percent.
  uint32_t reserved_percent = 20;
  // Keep a process or container that floods from using up the ring.
  bool throttle = true;
  FilterTables filter = {};
  // Rules may come to decide; without it, policies of hooks are refused.
  bool may_decide = false;
  // By which programs; see features.h.
  HookMeans hook_means = HookMeans::kLsm;
  EnforcementOptions enforcement = {};
  // By enum ev_hook: the native calls that rules name the hook by. What comes another way is
  // recorded as the first of them.
  std::vector<std::vector<uint32_t>> hook_calls = {};
  ev_filter_mode filter_mode = EV_FILTER_DROP;
  // Have the kernel count the time that BPF programs take, all of this host; some 20 ns a run.
  bool count_runs = false;
  // Have the probes tell of whoever lays hands on this process or on its BPF objects (guard.h).
  bool guard = false;
};

class LiveSource : public EventSource {
 public:
  // These may be called while another thread is in next(), one at a time. When one fails, what was
  // there stays.
  //
  // Which syscalls give records. Those that begin or end to be wanted do so at once.
  [[nodiscard]] virtual Result<void> set_plans(std::span<const ev_plan> plans) = 0;
  // Takes the place of the filter at once, with the next generation(). When it returns, no record
  // is made any more of which the filter before decided; those that were are in the ring.
  [[nodiscard]] virtual Result<void> set_filter(const FilterTables& filter) = 0;
  // Of the filter in use, as its records have it (ev_header.generation).
  [[nodiscard]] virtual uint8_t generation() const noexcept = 0;

  // Ends the time of sensors that have ended, but go on deciding (pins.h): they stay in force until
  // this one knows what it decides about, that is when all processes have been told. From then on,
  // what the filter in use refuses goes on being refused when this sensor ends, if it is to.
  // When it fails, the others stay. Once, by the reader.
  [[nodiscard]] virtual Result<LeftDecisions> take_over() = 0;
  // The same of sensors that have ended since, having run beside this one. Before take_over() it
  // does nothing. From any thread.
  [[nodiscard]] virtual Result<LeftDecisions> end_others() = 0;

  // What a record of the guard speaks of (ev_guard.object); empty: nothing is guarded.
  [[nodiscard]] virtual std::string guarded_object(uint32_t /*number*/) const { return {}; }

  // Ends the wait of next() with kIdle. From any thread.
  virtual void wake() noexcept = 0;

  // A process and its name, as /proc shows them. What the kernel itself has seen of it stays.
  virtual void tell_process(uint32_t pid, uint64_t start_boot_ns, std::string_view name) = 0;
  // `place`: EV_PLACE_*.
  virtual void tell_cgroup(uint64_t cgroup_id, uint32_t place) = 0;
};

// Fails with what is missing (root, BTF, a program type) and how to get it.
[[nodiscard]] Result<std::unique_ptr<LiveSource>> open_live_source(const LiveOptions& options);

}  // namespace saker

#endif  // SAKER_PROBES_LIVE_SOURCE_H
