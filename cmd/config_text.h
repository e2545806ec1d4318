// SPDX-License-Identifier: Apache-2.0
// ConfigText: values of the configuration as YAML that fits on a line.
#ifndef SAKER_CMD_CONFIG_TEXT_H
#define SAKER_CMD_CONFIG_TEXT_H

#include <string>
#include <string_view>

#include "cmd/config_keys.h"

namespace saker {

// In quotes where it would not be read as this text, or looks as if it might not.
[[nodiscard]] std::string text_as_yaml(std::string_view text);
[[nodiscard]] std::string default_as_yaml(const ConfigKey& key);

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_TEXT_H
