// SPDX-License-Identifier: Apache-2.0
// ControlClient: the other end of the control socket (control_server.h).
#ifndef SAKER_CMD_CONTROL_CLIENT_H
#define SAKER_CMD_CONTROL_CLIENT_H

#include <chrono>
#include <string>

#include "engine/base/result.h"

namespace saker {

// Sends a request, a line without its newline, and returns the answer, waited for up to `timeout`.
[[nodiscard]] Result<std::string> ask_sensor(const std::string& path, const std::string& request,
                                             std::chrono::milliseconds timeout);

}  // namespace saker

#endif  // SAKER_CMD_CONTROL_CLIENT_H
