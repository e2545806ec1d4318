// SPDX-License-Identifier: Apache-2.0
// Call: where the kernel finds the values of an event: which argument is a descriptor, a path; or
// which hook asks about the operation.
#ifndef SAKER_ENGINE_FILTER_CALL_H
#define SAKER_ENGINE_FILTER_CALL_H

#include <cstdint>

#include "engine/event_catalog.h"
#include "engine/filter/enforcement_hooks.h"
#include "probes/filter_wire.h"

namespace saker::filter {

struct Call {
  const EventDef* def = nullptr;
  ev_filter_call source{};  // without its groups; of a hook: nothing
  // Null: the event is asked about when the call has returned.
  const EnforcementHook* hook = nullptr;
  // It is asked about as one that succeeded, or as if it did.
  bool has_succeeded = false;
  // Of a hook with a limit: what it does not see.
  bool is_unseen = false;

  [[nodiscard]] bool has(uint8_t arg) const noexcept { return arg != EV_NO_ARG; }
};

// Requires: a system call.
[[nodiscard]] Call call_of(const EventDef& def);
// The event as what the hook asks about.
[[nodiscard]] Call call_of(const EventDef& def, const EnforcementHook& hook);

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_CALL_H
