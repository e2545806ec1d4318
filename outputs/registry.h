// SPDX-License-Identifier: Apache-2.0
// Registry: one row per output. From a row follow its configuration section `NAME_output`, the
// messages about unknown keys in it, and the sink.
#ifndef SAKER_OUTPUTS_REGISTRY_H
#define SAKER_OUTPUTS_REGISTRY_H

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "outputs/alert_line.h"
#include "outputs/sink.h"

namespace saker {

enum class SettingType : uint8_t { kBool, kInteger, kText };

// One key of an output's section.
struct SettingDef {
  std::string_view name;  // "enabled"
  SettingType type = SettingType::kBool;
  std::string_view default_text;
  std::string_view doc;
};

// Values by SettingDef::name, checked against its type; every key of the row is there.
using SinkSettings = std::map<std::string, std::string, std::less<>>;

struct OutputDef {
  std::string_view name;  // "stdout": section stdout_output
  std::string_view doc;
  std::span<const SettingDef> settings;  // the first is "enabled"
  Result<std::unique_ptr<Sink>> (*make)(const SinkSettings& settings, const LineFormat& format);
};

[[nodiscard]] std::span<const OutputDef> builtin_outputs();
// The defaults of all keys of a row.
[[nodiscard]] SinkSettings default_settings(const OutputDef& output);

}  // namespace saker

#endif  // SAKER_OUTPUTS_REGISTRY_H
