// SPDX-License-Identifier: Apache-2.0
#include "outputs/registry.h"

#include <memory>
#include <span>

#include "engine/base/result.h"
#include "outputs/alert_line.h"
#include "outputs/sink.h"
#include "outputs/stdout_sink.h"

namespace saker {
namespace {

constexpr SettingDef kStdoutSettings[] = {
    {"enabled", SettingType::kBool, "true", "Write alerts to standard output, one a line."},
};

constexpr OutputDef kOutputs[] = {
    {"stdout", "Standard output; each alert is written at once.", kStdoutSettings,
     [](const SinkSettings&, const LineFormat& format) -> Result<std::unique_ptr<Sink>> {
       return std::unique_ptr<Sink>(std::make_unique<StdoutSink>(format));
     }},
};

}  // namespace

std::span<const OutputDef> builtin_outputs() { return kOutputs; }

SinkSettings default_settings(const OutputDef& output) {
  SinkSettings settings;
  for (const SettingDef& setting : output.settings) {
    settings.emplace(setting.name, setting.default_text);
  }
  return settings;
}

}  // namespace saker
