// SPDX-License-Identifier: Apache-2.0
// DecisionCounts: how many decisions of the kernel were reported.
#ifndef SAKER_CMD_DECISION_COUNTS_H
#define SAKER_CMD_DECISION_COUNTS_H

#include <array>
#include <cstdint>

#include "probes/wire.h"

namespace saker {

struct DecisionCounts {
  // By enum ev_decision, then by enum ev_hook or EV_HOOK_AFTER_CALL.
  std::array<std::array<uint64_t, EV_HOOK_AFTER_CALL + 1>, EV_DECISIONS> by_hook{};
  uint64_t without_rule = 0;  // none of the loaded rules holds
};

}  // namespace saker

#endif  // SAKER_CMD_DECISION_COUNTS_H
