// SPDX-License-Identifier: Apache-2.0
// Privileges: what the sensor gives up, so that whoever takes it over has little in hand. Programs
// that it starts get no more than it has: their files' capabilities and set-user-ID bits count for
// nothing.
//
// Threads: what is given up is so for the calling thread and for those that it starts from then on.
#ifndef SAKER_CMD_PRIVILEGES_H
#define SAKER_CMD_PRIVILEGES_H

#include "engine/base/result.h"
#include "probes/hooks.h"

namespace saker {

// Keeps what a running sensor needs: reloads load BPF programs, processes are looked up in /proc,
// files are where the configuration says. `means`: those by which rules may come to decide. Call
// when the probes are loaded.
[[nodiscard]] Result<void> keep_sensor_privileges(HookMeans means);

// For a thread that reads what strangers send: keeps no capability.
[[nodiscard]] Result<void> keep_no_privileges();

}  // namespace saker

#endif  // SAKER_CMD_PRIVILEGES_H
