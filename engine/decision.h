// SPDX-License-Identifier: Apache-2.0
// Names of what the kernel decides, and of where (probes/wire.h): in alerts and metrics.
#ifndef SAKER_ENGINE_DECISION_H
#define SAKER_ENGINE_DECISION_H

#include <cstdint>
#include <string_view>

#include "probes/wire.h"

namespace saker {

// "denied", "would_deny"; empty for EV_DECISION_NONE.
[[nodiscard]] std::string_view to_string(ev_decision decision) noexcept;
// "file_open", as the kernel calls it; "after_call". `hook`: an enum ev_hook or EV_HOOK_AFTER_CALL.
[[nodiscard]] std::string_view hook_name(uint32_t hook) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_DECISION_H
