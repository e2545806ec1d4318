// SPDX-License-Identifier: Apache-2.0
// ConfigSchema: the JSON schema (draft 4) of configuration files, for editors: keys, types, choices
// and documentation. It takes what make_config() takes, but for some other spellings of values.
#ifndef SAKER_CMD_CONFIG_SCHEMA_H
#define SAKER_CMD_CONFIG_SCHEMA_H

#include <string>

namespace saker {

[[nodiscard]] std::string config_schema();

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_SCHEMA_H
