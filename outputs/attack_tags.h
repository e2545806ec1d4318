// SPDX-License-Identifier: Apache-2.0
// Tags of rules that name something of MITRE ATT&CK: "T1059", "T1059.004", "mitre_execution".
#ifndef SAKER_OUTPUTS_ATTACK_TAGS_H
#define SAKER_OUTPUTS_ATTACK_TAGS_H

#include <string_view>

namespace saker {

struct AttackTactic {
  std::string_view tag;   // "mitre_execution"
  std::string_view id;    // "TA0002"
  std::string_view name;  // "Execution"
};
// The tactic with this tag, or null.
[[nodiscard]] const AttackTactic* find_tactic(std::string_view tag) noexcept;

// T1059 and T1059.004 are techniques, the second one a sub-technique of the first.
[[nodiscard]] bool is_technique(std::string_view tag) noexcept;
[[nodiscard]] bool is_sub_technique(std::string_view tag) noexcept;
// "T1059" of both. Requires: is_technique(tag).
[[nodiscard]] std::string_view technique_of(std::string_view tag) noexcept;

}  // namespace saker

#endif  // SAKER_OUTPUTS_ATTACK_TAGS_H
