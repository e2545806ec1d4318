// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sink_settings.h"

#include <algorithm>
#include <string>

#include "engine/base/check.h"

namespace saker::test {

const OutputDef& find_output(std::string_view name) {
  const auto outputs = builtin_outputs();
  const auto found = std::ranges::find(outputs, name, &OutputDef::name);
  SAKER_CHECK(found != outputs.end());
  return *found;
}

SinkSettings sink_settings(
    std::string_view output,
    const std::vector<std::pair<std::string_view, std::string_view>>& values) {
  const OutputDef& def = find_output(output);
  SinkSettings settings = default_settings(def);
  const std::vector<SettingDef> rows = all_settings(def);
  for (const auto& [name, value] : values) {
    std::string_view entry;
    const auto row = std::ranges::find_if(rows, [&, key = name](const SettingDef& setting) {
      if (setting.type != SettingType::kMap) {
        return setting.name == key;
      }
      if (!key.starts_with(std::string(setting.name) + ".")) {
        return false;
      }
      entry = key.substr(setting.name.size() + 1);
      return true;
    });
    SAKER_CHECK(row != rows.end());
    SAKER_CHECK(settings.set(*row, value, entry).empty());
  }
  return settings;
}

}  // namespace saker::test
