// SPDX-License-Identifier: Apache-2.0
// StatusText: the answer to the control command `status`, for a person.
#ifndef SAKER_CMD_STATUS_TEXT_H
#define SAKER_CMD_STATUS_TEXT_H

#include <string>

#include "engine/base/json.h"

namespace saker {

// Several lines, the last one ended.
[[nodiscard]] std::string status_text(const JsonValue& status);

}  // namespace saker

#endif  // SAKER_CMD_STATUS_TEXT_H
