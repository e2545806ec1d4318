// SPDX-License-Identifier: Apache-2.0
// ConfigDefault: a configuration file with all keys, commented out, each with its documentation and
// its default. It changes nothing.
#ifndef SAKER_CMD_CONFIG_DEFAULT_H
#define SAKER_CMD_CONFIG_DEFAULT_H

#include <string>

namespace saker {

[[nodiscard]] std::string default_config_text();

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_DEFAULT_H
