// SPDX-License-Identifier: Apache-2.0
// The settings that every output has: which alerts it gets, in what form, and what happens to those
// that it cannot send at once.
#ifndef SAKER_OUTPUTS_SINK_OPTIONS_H
#define SAKER_OUTPUTS_SINK_OPTIONS_H

#include <cstddef>
#include <string_view>
#include <vector>

#include "outputs/alert_queue.h"
#include "outputs/settings.h"
#include "outputs/sink_worker.h"
#include "outputs/spool.h"

namespace saker {

// Defaults that differ from output to output.
struct CommonDefaults {
  std::string_view enabled;  // "true" or "false"
  std::string_view spool;    // "true": what it is given is on disk until it is out
  std::string_view format;   // "auto", "json"...
};

[[nodiscard]] std::vector<SettingDef> common_settings(std::string_view doc,
                                                      const CommonDefaults& defaults);

// What holds for all outputs of a run.
struct DispatchOptions {
  AlertQueue::WhenFull when_full = AlertQueue::WhenFull::kDropOldest;
  size_t queue_capacity = 4096;
  SpoolOptions spool;
};

[[nodiscard]] SinkOptions sink_options(const SinkSettings& settings,
                                       const DispatchOptions& defaults);

}  // namespace saker

#endif  // SAKER_OUTPUTS_SINK_OPTIONS_H
