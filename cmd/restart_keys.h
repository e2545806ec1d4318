// SPDX-License-Identifier: Apache-2.0
// Keys of the configuration that count only when the sensor starts. All others are put in force by
// a reload.
#ifndef SAKER_CMD_RESTART_KEYS_H
#define SAKER_CMD_RESTART_KEYS_H

#include <string>
#include <vector>

#include "cmd/config.h"

namespace saker {

// All of them.
[[nodiscard]] std::vector<std::string> restart_keys();
// Those whose values differ.
[[nodiscard]] std::vector<std::string> changed_restart_keys(const Config& running,
                                                            const Config& wanted);

}  // namespace saker

#endif  // SAKER_CMD_RESTART_KEYS_H
