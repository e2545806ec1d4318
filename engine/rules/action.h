// SPDX-License-Identifier: Apache-2.0
// RuleAction: what a rule does when it holds, and whether that is in force.
#ifndef SAKER_ENGINE_RULES_ACTION_H
#define SAKER_ENGINE_RULES_ACTION_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace saker {

enum class RuleAction : uint8_t {
  kAlert,
  kDeny,  // refuse the operation before it is done
  kKill,  // end the process that does it
};

// In the order of what they let happen to processes.
enum class Enforcement : uint8_t {
  kOff,    // rules with an action only alert, as all others
  kAudit,  // decide as if it were on, say what would have been done, and let it go on
  kOn,
};

// Where the kernel cannot deny.
enum class DenyFallback : uint8_t {
  kError,  // rules that deny are not loaded, nor any other
  kKill,   // they kill
  kAlert,
};

// As users write them, by number.
inline constexpr std::array<std::string_view, 3> kRuleActions{"alert", "deny", "kill"};
inline constexpr std::array<std::string_view, 3> kEnforcements{"off", "audit", "on"};
inline constexpr std::array<std::string_view, 3> kDenyFallbacks{"error", "kill", "alert"};

[[nodiscard]] constexpr std::string_view to_string(RuleAction action) noexcept {
  return kRuleActions[static_cast<size_t>(action)];
}
[[nodiscard]] constexpr std::string_view to_string(Enforcement mode) noexcept {
  return kEnforcements[static_cast<size_t>(mode)];
}

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_ACTION_H
