// SPDX-License-Identifier: Apache-2.0
// StatusText: answers of control commands, for a person. Several lines, the last one ended.
#ifndef SAKER_CMD_STATUS_TEXT_H
#define SAKER_CMD_STATUS_TEXT_H

#include <string>

#include "engine/base/json.h"

namespace saker {

[[nodiscard]] std::string status_text(const JsonValue& status);
[[nodiscard]] std::string enforcement_text(const JsonValue& enforcement);

}  // namespace saker

#endif  // SAKER_CMD_STATUS_TEXT_H
