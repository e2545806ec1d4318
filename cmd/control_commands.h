// SPDX-License-Identifier: Apache-2.0
// ControlCommands: what a running sensor can be asked for, one row each in control_commands.cpp.
//
//   request  {"command": NAME, ...}
//   answer   {"ok": true, ...} or {"ok": false, "error": TEXT}
//
//   reload   reloads; with "wait": true the answer comes when that has ended, and is not ok when
//            it failed
//   status   what `saker status --json` shows
//   enforce  what `saker enforce status --json` shows; with "mode": "off", "audit" or "on" that is
//            set until the sensor ends, with a reload that is waited for as above
//
// Threads: that of the control server.
#ifndef SAKER_CMD_CONTROL_COMMANDS_H
#define SAKER_CMD_CONTROL_COMMANDS_H

#include <string_view>

#include "cmd/control_server.h"
#include "cmd/metrics_snapshot.h"
#include "cmd/reloader.h"

namespace saker {

// Of the sensor; all borrowed.
struct ControlParts {
  Reloader& reloader;
  const MetricsExchange& metrics;
};

[[nodiscard]] ControlServer::Answer follow_request(const ControlParts& parts,
                                                   std::string_view request);

}  // namespace saker

#endif  // SAKER_CMD_CONTROL_COMMANDS_H
