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
  std::vector<ev_filter_call> calls;  // those of the filter
  FilterTables filter;                // borrows from the rules and from `calls`
};

// A capture file is also for rules to come: it takes all events of the kinds that rules ask for.
[[nodiscard]] inline bool filters_in_kernel(const Config& config, bool is_recording) {
  return config.kernel_filter && !is_recording;
}

[[nodiscard]] inline KernelRules kernel_rules(const Setup& setup, bool is_recording) {
  const KernelFilter& filter = setup.rules->filter();
  KernelRules rules{EventCatalog::builtin().capture_plans(setup.rules->wanted_events()),
                    {filter.calls.begin(), filter.calls.end()},
                    tables_of(filter)};
  if (!filters_in_kernel(setup.config, is_recording)) {
    for (ev_filter_call& call : rules.calls) {
      call.group = 0;  // all pass; what is decided stays
    }
  }
  rules.filter.calls = rules.calls;
  return rules;
}

}  // namespace saker

#endif  // SAKER_CMD_KERNEL_RULES_H
