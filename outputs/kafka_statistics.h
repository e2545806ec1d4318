// SPDX-License-Identifier: Apache-2.0
// What librdkafka's statistics (its STATISTICS.md) say, as metrics.
#ifndef SAKER_OUTPUTS_KAFKA_STATISTICS_H
#define SAKER_OUTPUTS_KAFKA_STATISTICS_H

#include <string_view>
#include <vector>

#include "outputs/metric.h"

namespace saker {

struct KafkaStatistics {
  bool has_broker = false;  // at least one that is connected
  std::vector<Metric> metrics;
};

// What is missing in `json` is missing in the metrics, too.
[[nodiscard]] KafkaStatistics read_kafka_statistics(std::string_view json);

}  // namespace saker

#endif  // SAKER_OUTPUTS_KAFKA_STATISTICS_H
