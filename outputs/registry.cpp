// SPDX-License-Identifier: Apache-2.0
#include "outputs/registry.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/file_sink.h"
#include "outputs/http_sink.h"
#include "outputs/kafka_config.h"
#include "outputs/kafka_sink.h"
#include "outputs/program_sink.h"
#include "outputs/settings.h"
#include "outputs/sink.h"
#include "outputs/stdout_sink.h"
#include "outputs/syslog_sink.h"

namespace saker {

std::span<const OutputDef> builtin_outputs() {
  static const OutputDef kOutputs[] = {
      {"stdout",
       "Standard output; each alert is written at once.",
       {.enabled = "true", .spool = "false", .format = "auto"},
       {},
       [](const SinkSettings&, const AlertFormat& format) -> Result<std::unique_ptr<Sink>> {
         return std::unique_ptr<Sink>(std::make_unique<StdoutSink>(format));
       }},
      {"file",
       "A file, with rotation; a FIFO or a device will do, too.",
       {"false", "false", "auto"},
       file_settings(),
       make_file_sink},
      {"syslog",
       "The syslog daemon of this host.",
       {"false", "false", "auto"},
       syslog_settings(),
       make_syslog_sink},
      {"program",
       "A program that reads alerts from its standard input.",
       {"false", "false", "auto"},
       program_settings(),
       make_program_sink},
      {"http",
       "A server that takes alerts by HTTP, such as Falcosidekick.",
       {"false", "true", "auto"},
       http_settings(),
       make_http_sink},
      {"kafka",
       "Topics of Apache Kafka.",
       {"false", "true", "json"},
       kafka_settings(),
       KafkaSink::make,
       KafkaSink::metric_families},
  };
  return kOutputs;
}

std::vector<SettingDef> all_settings(const OutputDef& output) {
  std::vector<SettingDef> all = common_settings(output.doc, output.defaults);
  all.insert(all.end(), output.settings.begin(), output.settings.end());
  return all;
}

SinkSettings default_settings(const OutputDef& output) {
  SinkSettings settings;
  for (const SettingDef& setting : all_settings(output)) {
    settings.add(setting);
  }
  return settings;
}

}  // namespace saker
