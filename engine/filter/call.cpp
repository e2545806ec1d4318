// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/call.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace saker::filter {
namespace {

// Calls that have the flags of open(2) in registers.
struct Opening {
  std::string_view name;
  uint8_t flags_arg;
  uint8_t mode_arg;
};
constexpr Opening kOpenings[] = {
    {"open", 1, 2},
    {"openat", 2, 3},
    {"open_by_handle_at", 2, EV_NO_ARG},
};

constexpr ev_filter_call kNoSource{0, EV_NO_ARG, 0, EV_NO_ARG, EV_NO_ARG, EV_NO_ARG, 0, 0, 0};

// Null when nothing but success of the call may keep the step from being followed.
const ev_plan_step* find_step(const EventDef& def, ev_op op) {
  const auto found = std::ranges::find_if(def.plan, [op](const ev_plan_step& step) {
    return step.op == op && step.slot == 0 && (step.flags & ~EV_STEPF_ON_SUCCESS) == 0;
  });
  return found != def.plan.end() ? &*found : nullptr;
}

}  // namespace

Call call_of(const EventDef& def) {
  Call call;
  call.def = &def;
  call.source = kNoSource;
  if (const ev_plan_step* step = find_step(def, EV_OP_FD)) {
    call.source.fd_arg = step->arg;
    call.source.fd_on_success = (step->flags & EV_STEPF_ON_SUCCESS) != 0 ? 1 : 0;
  }
  if (const ev_plan_step* step = find_step(def, EV_OP_STRING)) {
    call.source.path_arg = step->arg;
  }
  const auto* opening = std::ranges::find(kOpenings, def.name, &Opening::name);
  if (opening != std::end(kOpenings)) {
    call.source.flags_arg = opening->flags_arg;
    call.source.mode_arg = opening->mode_arg;
  }
  return call;
}

Call call_of(const EventDef& def, const EnforcementHook& hook) {
  Call call;
  call.def = &def;
  call.source = kNoSource;
  call.hook = &hook;
  call.has_succeeded = true;
  return call;
}

}  // namespace saker::filter
