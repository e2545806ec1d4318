// SPDX-License-Identifier: Apache-2.0
// Settings of the Kafka output, and what librdkafka is told for them.
#ifndef SAKER_OUTPUTS_KAFKA_CONFIG_H
#define SAKER_OUTPUTS_KAFKA_CONFIG_H

#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "outputs/settings.h"

namespace saker {

[[nodiscard]] std::span<const SettingDef> kafka_settings();

// A configuration property of librdkafka.
struct KafkaProperty {
  std::string name;
  std::string value;  // may be a secret
  std::string key;    // the setting it comes from, for messages
};

// In the order in which they apply; later ones win. Reads the files that secrets are in. Fails for
// settings that contradict each other; librdkafka checks the rest.
[[nodiscard]] Result<std::vector<KafkaProperty>> kafka_properties(const SinkSettings& settings);

}  // namespace saker

#endif  // SAKER_OUTPUTS_KAFKA_CONFIG_H
