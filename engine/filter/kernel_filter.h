// SPDX-License-Identifier: Apache-2.0
// KernelFilter: all conditions of a rule set as the tables that the kernel looks up
// (probes/filter_wire.h). An event that it drops is one that no rule holds for; it may let too much
// pass.
//
// Immutable once made.
#ifndef SAKER_ENGINE_FILTER_KERNEL_FILTER_H
#define SAKER_ENGINE_FILTER_KERNEL_FILTER_H

#include <array>
#include <cstddef>
#include <vector>

#include "probes/filter_wire.h"

namespace saker {

struct KernelFilter {
  std::array<ev_filter_call, EV_SYSCALLS> calls{};
  std::array<ev_hook_policy, EV_HOOKS> hooks{};
  std::vector<ev_filter_group> groups;
  std::vector<ev_filter_class> classes;
  std::vector<ev_clauses> sets;
  std::vector<ev_filter_prefix_entry> prefixes;
  std::vector<ev_automaton> automata;  // by ev_automaton_text; none when nothing searches texts
  // Too many for the tables, so that more events pass: clauses that were joined to others, calls
  // of which all events pass, dimensions of calls that are not looked at.
  size_t joined_clauses = 0;
  size_t unfiltered_calls = 0;
  size_t unasked_dimensions = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_FILTER_KERNEL_FILTER_H
