// SPDX-License-Identifier: Apache-2.0
// Alerts of the sensor's own (spec 5.4): about itself, not about what it watches.
#ifndef SAKER_CMD_INTERNAL_ALERT_H
#define SAKER_CMD_INTERNAL_ALERT_H

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/alert.h"
#include "engine/rules/rule_set.h"

namespace saker {

// When and where it is.
struct AlertOrigin {
  int64_t time_ns = 0;  // Unix time
  std::string_view hostname;
};

// What describes events that the sensor speaks of by itself, in place of a rule: "Saker internal:
// TOPIC". `details`: of the output, behind that; a template of fields that there are.
[[nodiscard]] Rule make_internal_rule(std::string_view topic, std::string_view details);

// The rule is "Saker internal: TOPIC", the source "internal"; the message names all fields.
[[nodiscard]] std::shared_ptr<Alert> make_internal_alert(
    std::string_view topic, Priority priority, const AlertOrigin& origin,
    const std::map<std::string, std::string>& fields);

}  // namespace saker

#endif  // SAKER_CMD_INTERNAL_ALERT_H
