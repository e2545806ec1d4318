// SPDX-License-Identifier: Apache-2.0
// tables_of: what the engine compiled, as what the probes install.
#ifndef SAKER_CMD_FILTER_TABLES_H
#define SAKER_CMD_FILTER_TABLES_H

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/filter/enforcement_hooks.h"
#include "engine/filter/kernel_filter.h"
#include "probes/filter_maps.h"

namespace saker {

// Borrows the filter.
[[nodiscard]] inline FilterTables tables_of(const KernelFilter& filter) {
  return {.calls = filter.calls,
          .groups = filter.groups,
          .classes = filter.classes,
          .sets = filter.sets,
          .prefixes = filter.prefixes,
          .automata = filter.automata,
          .hooks = filter.hooks};
}

// LiveOptions::hook_calls: of each hook, the system calls that rules name it by.
[[nodiscard]] inline std::vector<std::vector<uint32_t>> hook_calls() {
  const EventCatalog& catalog = EventCatalog::builtin();
  std::vector<std::vector<uint32_t>> calls;
  for (const filter::EnforcementHook& hook : filter::enforcement_hooks()) {
    std::vector<uint32_t>& of_hook = calls.emplace_back();
    for (const std::string_view name : hook.events) {
      const EventSet named = catalog.find(name);
      for (size_t code = 0; code < catalog.size(); ++code) {
        const int nr = catalog.def(static_cast<EventCode>(code)).syscall_nr;
        if (named.test(code) && nr >= 0) {
          of_hook.push_back(static_cast<uint32_t>(nr));
        }
      }
    }
  }
  return calls;
}

}  // namespace saker

#endif  // SAKER_CMD_FILTER_TABLES_H
