// SPDX-License-Identifier: Apache-2.0
// RuleAction: what a rule does when it holds, and whether that is in force.
#ifndef SAKER_ENGINE_RULES_ACTION_H
#define SAKER_ENGINE_RULES_ACTION_H

#include <cstdint>

namespace saker {

enum class RuleAction : uint8_t {
  kAlert,
  kDeny,  // refuse the operation before it is done
  kKill,  // end the process that does it
};

enum class Enforcement : uint8_t {
  kOff,    // rules with an action only alert, as all others
  kAudit,  // decide as if it were on, say what would have been done, and let it go on
  kOn,
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_ACTION_H
