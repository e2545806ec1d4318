// SPDX-License-Identifier: Apache-2.0
// FalcoKeys: keys of Falco's configuration that have no meaning here, so that a falco.yaml can be
// used as it is. Those that have one stand in config_keys.cpp.
#ifndef SAKER_CMD_FALCO_KEYS_H
#define SAKER_CMD_FALCO_KEYS_H

#include <span>
#include <string_view>

namespace saker {

struct FalcoKey {
  std::string_view name;    // a key, or a section with all its keys
  std::string_view value;   // only with this value; empty: with any
  std::string_view advice;  // why, or what there is instead
};

[[nodiscard]] std::span<const FalcoKey> falco_keys();

// The key that has no meaning with any value; null: there is none of this name.
[[nodiscard]] const FalcoKey* find_falco_key(std::string_view name);
// The same for a value that has no meaning with a key that has one.
[[nodiscard]] const FalcoKey* find_falco_value(std::string_view name, std::string_view value);
// Whether some of the keys are in this section.
[[nodiscard]] bool is_falco_section(std::string_view name);

}  // namespace saker

#endif  // SAKER_CMD_FALCO_KEYS_H
