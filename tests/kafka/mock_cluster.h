// SPDX-License-Identifier: Apache-2.0
// MockCluster: librdkafka's own, of one broker, in this process.
#ifndef SAKER_TESTS_KAFKA_MOCK_CLUSTER_H
#define SAKER_TESTS_KAFKA_MOCK_CLUSTER_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <string>

#include "engine/base/check.h"

namespace saker::test {

class MockCluster {
 public:
  MockCluster() {
    std::array<char, 256> text{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, nullptr);
    handle_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size());
    SAKER_CHECK(handle_ != nullptr);
    cluster_ = rd_kafka_mock_cluster_new(handle_, 1);
    SAKER_CHECK(cluster_ != nullptr);
  }
  ~MockCluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(handle_);
  }
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  [[nodiscard]] std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }
  void create_topic(const std::string& topic, int partitions) {
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), partitions, 1);
  }
  // Closes all connections and takes no new ones.
  void set_down() { rd_kafka_mock_broker_set_down(cluster_, 1); }
  void set_up() { rd_kafka_mock_broker_set_up(cluster_, 1); }
  // The next idempotent producer is refused.
  void refuse_producer() {
    constexpr int16_t kInitProducerId = 22;
    rd_kafka_mock_push_request_errors(cluster_, kInitProducerId, 1,
                                      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  }

 private:
  rd_kafka_t* handle_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_KAFKA_MOCK_CLUSTER_H
