// SPDX-License-Identifier: Apache-2.0
#include "outputs/sink_options.h"

#include <chrono>
#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/base/priority.h"
#include "outputs/alert_format.h"
#include "outputs/alert_queue.h"
#include "outputs/settings.h"

namespace saker {

std::vector<SettingDef> common_settings(std::string_view doc, const CommonDefaults& defaults) {
  return {
      {"enabled", SettingType::kBool, defaults.enabled, doc},
      {"format", SettingType::kText, defaults.format,
       "auto: Falco's text or JSON, as json_output says; or always text, json, ecs (Elastic Common "
       "Schema) or ocsf (Detection Finding).",
       kFormatChoices},
      {"priority", SettingType::kText, "debug", "Alerts of this priority and more severe ones.",
       kPriorityChoices},
      {"tags", SettingType::kList, "", "Only alerts with one of these tags; none: all."},
      {"rules", SettingType::kList, "",
       "Only alerts of these rules; `*` stands for any text; none: all."},
      {"sources", SettingType::kList, "", "Only alerts of these sources; none: all."},
      {"queue_capacity",
       SettingType::kInteger,
       "0",
       "Alerts that wait in memory; 0: as many as outputs_queue.capacity says.",
       {},
       0,
       1'000'000},
      {"spool", SettingType::kBool, defaults.spool,
       "true: alerts are on disk until they are out, see spool.directory; false: in memory only, "
       "and when there are more than the queue holds, the oldest is dropped and counted."},
      {"collapse.window_s",
       SettingType::kInteger,
       "0",
       "Seconds in which alerts of one rule that repeat become one, with their number in "
       "repeat_count; 0: each is sent.",
       {},
       0,
       86'400},
      {"collapse.key", SettingType::kList, "",
       "Fields that must be equal, too, for an alert to be a repetition."},
  };
}

SinkOptions sink_options(const SinkSettings& settings, const DispatchOptions& defaults) {
  SinkOptions options;
  options.filter = {
      .least_severe = parse_priority(settings.text("priority")).value_or(Priority::kDebug),
      .tags = settings.list("tags"),
      .rules = settings.list("rules"),
      .sources = settings.list("sources")};
  options.collapse = {.window = std::chrono::seconds(settings.integer("collapse.window_s")),
                      .key_fields = settings.list("collapse.key")};
  const auto capacity = static_cast<size_t>(settings.integer("queue_capacity"));
  options.queue_capacity = capacity == 0 ? defaults.queue_capacity : capacity;
  options.when_full = defaults.when_full;
  if (settings.boolean("spool")) {
    options.spool = defaults.spool;
    options.spool->waits_when_full = defaults.when_full == AlertQueue::WhenFull::kWait;
  }
  return options;
}

}  // namespace saker
