// SPDX-License-Identifier: Apache-2.0
#include "cmd/config_text.h"

#include <algorithm>
#include <cctype>

#include "outputs/json.h"
#include "outputs/settings.h"

namespace saker {

std::string text_as_yaml(std::string_view text) {
  const bool is_plain =
      !text.empty() && text.front() != '-' && std::ranges::all_of(text, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
      });
  if (is_plain) {
    return std::string(text);
  }
  std::string quoted;  // a JSON text is a YAML text
  JsonWriter(quoted).text(text);
  return quoted;
}

std::string default_as_yaml(const ConfigKey& key) {
  return key.setting.type == SettingType::kText ? text_as_yaml(key.setting.default_text)
                                                : std::string(key.setting.default_text);
}

}  // namespace saker
