// SPDX-License-Identifier: Apache-2.0
// KeptPolicies: what ended sensors have left in force (probes/pins.h), for a person and for answers
// of the control socket.
#ifndef SAKER_CMD_KEPT_POLICIES_H
#define SAKER_CMD_KEPT_POLICIES_H

#include <span>
#include <string>

#include "outputs/json.h"
#include "probes/pins.h"

namespace saker {

// An array with pid, ended, programs and decisions of each; null where that cannot be read.
void write_kept(JsonWriter& json, std::span<const LeftPins> kept);

// "12 operations were refused while no sensor ran, by programs of 1 sensor that has ended".
[[nodiscard]] std::string left_decisions_text(const LeftDecisions& left);

}  // namespace saker

#endif  // SAKER_CMD_KEPT_POLICIES_H
