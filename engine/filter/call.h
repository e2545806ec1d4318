// SPDX-License-Identifier: Apache-2.0
// Call: where the kernel finds the values of an event: which argument is a descriptor, a path.
#ifndef SAKER_ENGINE_FILTER_CALL_H
#define SAKER_ENGINE_FILTER_CALL_H

#include "engine/event_catalog.h"
#include "probes/filter_wire.h"

namespace saker::filter {

struct Call {
  const EventDef* def = nullptr;
  ev_filter_call source{};  // without its group

  [[nodiscard]] bool has(uint8_t arg) const noexcept { return arg != EV_NO_ARG; }
};

// Requires: a system call.
[[nodiscard]] Call call_of(const EventDef& def);

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_CALL_H
