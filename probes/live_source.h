// SPDX-License-Identifier: Apache-2.0
// LiveSource: loads and attaches the probes and reads their ring buffer. Owner of libbpf.
//
// Only what `plans` asks for is attached: the sys_exit dispatcher when there is a plan, sys_enter
// when a plan has a step that must be read before the call runs; exec, fork and exit always.
#ifndef SAKER_PROBES_LIVE_SOURCE_H
#define SAKER_PROBES_LIVE_SOURCE_H

#include <memory>
#include <vector>

#include "engine/base/result.h"
#include "probes/event_source.h"
#include "probes/wire.h"

namespace saker {

struct LiveOptions {
  std::vector<ev_plan> plans;
  uint32_t ring_bytes = 8 * 1024 * 1024;  // rounded up to a power of two and whole pages
  // Part of the ring that only exec, fork and exit may fill, in percent.
  uint32_t reserved_percent = 20;
  // Have the kernel count the time that BPF programs take, all of this host; some 20 ns a run.
  bool count_runs = false;
};

// Fails with what is missing (root, BTF, a program type) and how to get it.
[[nodiscard]] Result<std::unique_ptr<EventSource>> open_live_source(const LiveOptions& options);

}  // namespace saker

#endif  // SAKER_PROBES_LIVE_SOURCE_H
