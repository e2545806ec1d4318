// SPDX-License-Identifier: Apache-2.0
// ProbeCounters: what the probes count in the kernel (struct ev_stats), as counters of the source.
#ifndef SAKER_PROBES_PROBE_COUNTERS_H
#define SAKER_PROBES_PROBE_COUNTERS_H

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "probes/event_source.h"
#include "probes/wire.h"

namespace saker {

// What the kernel did not run, by enum ev_kind.
using MissedRuns = std::array<uint64_t, EV_KINDS>;

// `unattended`: decisions that were made while nobody read records.
[[nodiscard]] std::vector<SourceCounter> probe_counters(std::span<const ev_stats> per_cpu,
                                                        const MissedRuns& missed,
                                                        uint64_t unattended);

}  // namespace saker

#endif  // SAKER_PROBES_PROBE_COUNTERS_H
