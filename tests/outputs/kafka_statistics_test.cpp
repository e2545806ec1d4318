// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_statistics.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

namespace saker {
namespace {

// "NAME" or "NAME{BROKER}" and the value.
std::map<std::string, double> samples_of(const KafkaStatistics& statistics) {
  std::map<std::string, double> samples;
  for (const Metric& metric : statistics.metrics) {
    for (const Metric::Sample& sample : metric.samples) {
      const std::string label = sample.labels.empty() ? "" : "{" + sample.labels[0].second + "}";
      samples[std::string(metric.name) + label] = sample.value;
    }
  }
  return samples;
}

TEST(KafkaStatistics, BecomeMetrics) {
  const KafkaStatistics statistics = read_kafka_statistics(R"({
    "msg_cnt": 3, "msg_size": 4096, "txmsgs": 100, "tx_bytes": 65536, "tx": 7,
    "brokers": {
      "a:9092/1": {"state": "UP", "txerrs": 1, "txretries": 2, "req_timeouts": 3,
                   "rtt": {"avg": 1500, "cnt": 4}},
      "b:9092/bootstrap": {"state": "DOWN", "txerrs": 0, "txretries": 0, "req_timeouts": 0,
                           "rtt": {"avg": 0, "cnt": 0}}}})");
  EXPECT_TRUE(statistics.has_broker);
  const std::map<std::string, double> expected = {
      {"saker_kafka_queue_messages", 3},
      {"saker_kafka_queue_bytes", 4096},
      {"saker_kafka_sent_messages_total", 100},
      {"saker_kafka_sent_bytes_total", 65536},
      {"saker_kafka_broker_up{a:9092/1}", 1},
      {"saker_kafka_broker_up{b:9092/bootstrap}", 0},
      {"saker_kafka_request_errors_total{a:9092/1}", 1},
      {"saker_kafka_request_errors_total{b:9092/bootstrap}", 0},
      {"saker_kafka_request_retries_total{a:9092/1}", 2},
      {"saker_kafka_request_retries_total{b:9092/bootstrap}", 0},
      {"saker_kafka_request_timeouts_total{a:9092/1}", 3},
      {"saker_kafka_request_timeouts_total{b:9092/bootstrap}", 0},
      {"saker_kafka_rtt_seconds{a:9092/1}", 0.0015},  // of b nothing was measured
  };
  EXPECT_EQ(samples_of(statistics), expected);
}

TEST(KafkaStatistics, WhatIsMissingIsMissing) {
  EXPECT_TRUE(read_kafka_statistics("not JSON").metrics.empty());
  const KafkaStatistics statistics = read_kafka_statistics(R"({"brokers": {"a:1/1": {}}})");
  EXPECT_FALSE(statistics.has_broker);
  EXPECT_EQ(samples_of(statistics),
            (std::map<std::string, double>{{"saker_kafka_broker_up{a:1/1}", 0}}));
}

}  // namespace
}  // namespace saker
