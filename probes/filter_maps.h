// SPDX-License-Identifier: Apache-2.0
// FilterMaps: the tables of the filter in the kernel (filter_wire.h). There are two of each; a new
// filter is written beside the one in use, and then takes its place at once.
//
// Threads: one at a time. Ownership: borrows the maps.
#ifndef SAKER_PROBES_FILTER_MAPS_H
#define SAKER_PROBES_FILTER_MAPS_H

#include <cstdint>
#include <span>

#include "engine/base/result.h"
#include "probes/filter_wire.h"

namespace saker {

// A filter as plain tables; what is left out lets all events pass.
struct FilterTables {
  std::span<const ev_filter_call> calls;  // by syscall
  std::span<const ev_filter_group> groups;
  std::span<const ev_filter_class> classes;
  std::span<const ev_clauses> sets;
  std::span<const ev_filter_prefix_entry> prefixes;
  std::span<const ev_automaton> automata;  // by enum ev_automaton_text
};

class FilterMaps {
 public:
  struct Parts {
    // Descriptors of the maps.
    int groups;
    int sets;
    int automata;
    int classes;                      // of maps
    int prefixes;                     // of maps
    std::span<ev_filter_call> calls;  // of both, EV_SYSCALLS each
    uint32_t* generation;             // its last bit says which of the two are in use
  };
  explicit FilterMaps(const Parts& parts) : parts_(parts) {}

  // When these fail, the filter that was there stays.
  [[nodiscard]] Result<void> install(const FilterTables& filter);
  // Also gives up the one before: when it returns, no program works with that any more, and the
  // records of those that did are in the ring.
  [[nodiscard]] Result<void> replace(const FilterTables& filter);

 private:
  Parts parts_;
};

}  // namespace saker

#endif  // SAKER_PROBES_FILTER_MAPS_H
