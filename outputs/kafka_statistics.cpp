// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_statistics.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/json.h"
#include "outputs/metric.h"

namespace saker {
namespace {

struct Row {
  std::string_view name;
  MetricType type;
  std::string_view help;
  std::optional<double> (*read)(const JsonValue& object);
};

bool is_up(const JsonValue& broker) {
  // UPDATE: the connection is up and its broker's address is being updated.
  return broker["state"].text() == "UP" || broker["state"].text() == "UPDATE";
}

constexpr Row kClientRows[] = {
    {"saker_kafka_queue_messages", MetricType::kGauge,
     "Messages given to the Kafka client and not acknowledged.",
     [](const JsonValue& client) { return client["msg_cnt"].number(); }},
    {"saker_kafka_queue_bytes", MetricType::kGauge, "Size of these messages.",
     [](const JsonValue& client) { return client["msg_size"].number(); }},
    {"saker_kafka_sent_messages_total", MetricType::kCounter,
     "Messages sent to brokers, repetitions included.",
     [](const JsonValue& client) { return client["txmsgs"].number(); }},
    {"saker_kafka_sent_bytes_total", MetricType::kCounter, "Bytes sent to brokers.",
     [](const JsonValue& client) { return client["tx_bytes"].number(); }},
};

constexpr Row kBrokerRows[] = {
    {"saker_kafka_broker_up", MetricType::kGauge, "Whether the broker is connected.",
     [](const JsonValue& broker) { return std::optional(is_up(broker) ? 1.0 : 0.0); }},
    {"saker_kafka_request_errors_total", MetricType::kCounter, "Requests that could not be sent.",
     [](const JsonValue& broker) { return broker["txerrs"].number(); }},
    {"saker_kafka_request_retries_total", MetricType::kCounter, "Requests that were sent again.",
     [](const JsonValue& broker) { return broker["txretries"].number(); }},
    {"saker_kafka_request_timeouts_total", MetricType::kCounter,
     "Requests that were not answered in time.",
     [](const JsonValue& broker) { return broker["req_timeouts"].number(); }},
    {"saker_kafka_rtt_seconds", MetricType::kGauge,
     "Mean time from a request to its answer, over the last interval of statistics.",
     [](const JsonValue& broker) -> std::optional<double> {
       const JsonValue rtt = broker["rtt"];
       const std::optional<double> mean_us = rtt["avg"].number();
       return mean_us && rtt["cnt"].number() > 0 ? std::optional(*mean_us / 1e6) : std::nullopt;
     }},
};

}  // namespace

KafkaStatistics read_kafka_statistics(std::string_view json) {
  KafkaStatistics statistics;
  const std::optional<JsonDocument> document = JsonDocument::parse(json);
  if (!document) {
    return statistics;
  }
  const JsonValue client = document->root();
  for (const Row& row : kClientRows) {
    Metric& metric = statistics.metrics.emplace_back(Metric{row.name, row.type, row.help, {}});
    if (const std::optional<double> value = row.read(client)) {
      metric.samples.push_back({{}, *value});
    }
  }
  for (const Row& row : kBrokerRows) {
    Metric& metric = statistics.metrics.emplace_back(Metric{row.name, row.type, row.help, {}});
    client["brokers"].for_each_member([&](std::string_view name, const JsonValue& broker) {
      statistics.has_broker = statistics.has_broker || is_up(broker);
      if (const std::optional<double> value = row.read(broker)) {
        metric.samples.push_back({{{"broker", std::string(name)}}, *value});
      }
    });
  }
  return statistics;
}

}  // namespace saker
