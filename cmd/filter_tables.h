// SPDX-License-Identifier: Apache-2.0
// tables_of: what the engine compiled, as what the probes install.
#ifndef SAKER_CMD_FILTER_TABLES_H
#define SAKER_CMD_FILTER_TABLES_H

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

}  // namespace saker

#endif  // SAKER_CMD_FILTER_TABLES_H
