// SPDX-License-Identifier: Apache-2.0
#include "engine/decision.h"

#include <iterator>

#include "engine/filter/enforcement_hooks.h"

namespace saker {
namespace {

constexpr std::string_view kDecisions[] = {"",           "denied",     "killed",
                                           "would_deny", "would_kill", "undecided"};
static_assert(std::size(kDecisions) == EV_DECISIONS);

}  // namespace

std::string_view to_string(ev_decision decision) noexcept { return kDecisions[decision]; }

std::string_view hook_name(uint32_t hook) noexcept {
  return hook < EV_HOOKS ? filter::enforcement_hooks()[hook].name : "after_call";
}

}  // namespace saker
