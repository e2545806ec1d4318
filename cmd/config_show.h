// SPDX-License-Identifier: Apache-2.0
// ConfigShow: what each key of the configuration is set to, and where. Secrets are not shown.
#ifndef SAKER_CMD_CONFIG_SHOW_H
#define SAKER_CMD_CONFIG_SHOW_H

#include <string>
#include <vector>

#include "cmd/config_keys.h"
#include "cmd/config_tree.h"
#include "outputs/json.h"

namespace saker {

struct ShownValue {
  const ConfigKey* key = nullptr;
  ConfigNode value;  // variables replaced, secrets hidden
  // "FILE:LINE", "-o", "$VARIABLE", of a list one for each file; empty: it is the default.
  std::vector<std::string> origins;
};

// Of all keys, in the order of their rows; of two that say the same the one that is set. Requires:
// a configuration was made of the tree without errors.
[[nodiscard]] std::vector<ShownValue> shown_values(const ConfigNode& tree);

// A line for each key, a configuration file itself: KEY: VALUE  # ORIGIN
[[nodiscard]] std::string to_text(const std::vector<ShownValue>& values);
// [{key, value, origins}]
void write_json(JsonWriter& json, const std::vector<ShownValue>& values);

}  // namespace saker

#endif  // SAKER_CMD_CONFIG_SHOW_H
