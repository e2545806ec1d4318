// SPDX-License-Identifier: Apache-2.0
// KernelRules: what of a setup goes into the kernel.
#ifndef SAKER_CMD_KERNEL_RULES_H
#define SAKER_CMD_KERNEL_RULES_H

#include <vector>

#include "cmd/filter_tables.h"
#include "cmd/setup.h"
#include "engine/event_catalog.h"
#include "probes/filter_maps.h"
#include "probes/wire.h"

namespace saker {

struct KernelRules {
  std::vector<ev_plan> plans;
  FilterTables filter;  // borrows from the rules
};

// A capture file is also for rules to come: it takes all events of the kinds that rules ask for.
[[nodiscard]] inline bool filters_in_kernel(const Config& config, bool is_recording) {
  return config.kernel_filter && !is_recording;
}

[[nodiscard]] inline KernelRules kernel_rules(const Setup& setup, bool is_recording) {
  return {EventCatalog::builtin().capture_plans(setup.rules->wanted_events()),
          filters_in_kernel(setup.config, is_recording) ? tables_of(setup.rules->filter())
                                                        : FilterTables{}};
}

}  // namespace saker

#endif  // SAKER_CMD_KERNEL_RULES_H
