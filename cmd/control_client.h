// SPDX-License-Identifier: Apache-2.0
// ControlClient: the other end of the control socket (control_server.h).
#ifndef SAKER_CMD_CONTROL_CLIENT_H
#define SAKER_CMD_CONTROL_CLIENT_H

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "cmd/options.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

namespace saker {

// Sends a request, a line without its newline, and returns the answer, waited for up to `timeout`.
[[nodiscard]] Result<std::string> ask_sensor(const std::string& path, const std::string& request,
                                             std::chrono::milliseconds timeout);

// Whether somebody listens where the configuration says; also true when that cannot be found out.
[[nodiscard]] bool has_sensor(const Options& options);

// A reload takes some tenths of a second; the sensor itself waits 10 s for a reader that is late.
inline constexpr std::chrono::seconds kReloadTimeout{60};

// What a command of the command line asks for.
struct SensorCall {
  std::string_view request;
  std::chrono::milliseconds timeout;
  std::string_view refused;  // what a refusal means, said before its reason
};
// The answer of the sensor that the configuration names; nothing when that is not "ok", and stderr
// tells why.
[[nodiscard]] std::optional<JsonDocument> call_sensor(const Options& options,
                                                      const SensorCall& call);

}  // namespace saker

#endif  // SAKER_CMD_CONTROL_CLIENT_H
