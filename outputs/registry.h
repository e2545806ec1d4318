// SPDX-License-Identifier: Apache-2.0
// Registry: one row per output. From a row follow its configuration section `NAME_output`, the
// messages about unknown keys in it, and the sink.
#ifndef SAKER_OUTPUTS_REGISTRY_H
#define SAKER_OUTPUTS_REGISTRY_H

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/metric.h"
#include "outputs/settings.h"
#include "outputs/sink.h"
#include "outputs/sink_options.h"

namespace saker {

struct OutputDef {
  std::string_view name;  // "stdout": section stdout_output
  std::string_view doc;
  CommonDefaults defaults;
  std::span<const SettingDef> settings;  // its own
  Result<std::unique_ptr<Sink>> (*make)(const SinkSettings& settings, const AlertFormat& format);
  // The families that its metrics() may give, without samples; null: none.
  std::vector<Metric> (*metric_families)() = nullptr;
};

[[nodiscard]] std::span<const OutputDef> builtin_outputs();

// The settings of an output: those that all have, with this one's defaults, and its own.
[[nodiscard]] std::vector<SettingDef> all_settings(const OutputDef& output);
[[nodiscard]] SinkSettings default_settings(const OutputDef& output);

}  // namespace saker

#endif  // SAKER_OUTPUTS_REGISTRY_H
