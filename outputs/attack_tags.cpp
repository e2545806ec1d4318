// SPDX-License-Identifier: Apache-2.0
#include "outputs/attack_tags.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace saker {
namespace {

// The tactics of the enterprise matrix.
constexpr AttackTactic kTactics[] = {
    {"mitre_reconnaissance", "TA0043", "Reconnaissance"},
    {"mitre_resource_development", "TA0042", "Resource Development"},
    {"mitre_initial_access", "TA0001", "Initial Access"},
    {"mitre_execution", "TA0002", "Execution"},
    {"mitre_persistence", "TA0003", "Persistence"},
    {"mitre_privilege_escalation", "TA0004", "Privilege Escalation"},
    {"mitre_defense_evasion", "TA0005", "Defense Evasion"},
    {"mitre_credential_access", "TA0006", "Credential Access"},
    {"mitre_discovery", "TA0007", "Discovery"},
    {"mitre_lateral_movement", "TA0008", "Lateral Movement"},
    {"mitre_collection", "TA0009", "Collection"},
    {"mitre_command_and_control", "TA0011", "Command and Control"},
    {"mitre_exfiltration", "TA0010", "Exfiltration"},
    {"mitre_impact", "TA0040", "Impact"},
};

// A technique is a T and four digits; a sub-technique adds a dot and three.
constexpr size_t kTechniqueSize = 5;
constexpr size_t kSubTechniqueSize = 9;

bool are_digits(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const AttackTactic* find_tactic(std::string_view tag) noexcept {
  const auto* const tactic = std::ranges::find(kTactics, tag, &AttackTactic::tag);
  return tactic == std::end(kTactics) ? nullptr : tactic;
}

bool is_technique(std::string_view tag) noexcept {
  return (tag.size() == kTechniqueSize || is_sub_technique(tag)) && tag.front() == 'T' &&
         are_digits(tag.substr(1, kTechniqueSize - 1));
}

bool is_sub_technique(std::string_view tag) noexcept {
  return tag.size() == kSubTechniqueSize && tag.front() == 'T' &&
         are_digits(tag.substr(1, kTechniqueSize - 1)) && tag[kTechniqueSize] == '.' &&
         are_digits(tag.substr(kTechniqueSize + 1));
}

std::string_view technique_of(std::string_view tag) noexcept {
  return tag.substr(0, kTechniqueSize);
}

}  // namespace saker
