// SPDX-License-Identifier: Apache-2.0
// What tests ask a broker for: to make topics, and what is in them.
#ifndef SAKER_TESTS_KAFKA_KAFKA_CLIENT_H
#define SAKER_TESTS_KAFKA_KAFKA_CLIENT_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace saker::test {

// Waits until the broker answers.
Result<void> wait_for_broker(const std::string& brokers, std::chrono::seconds timeout);

// `settings` of the topic: {"max.message.bytes", "1000"}.
Result<void> create_topic(const std::string& brokers, const std::string& topic, int partitions,
                          const std::map<std::string, std::string>& settings = {});

struct KafkaRecord {
  int32_t partition = 0;
  int64_t offset = 0;
  std::string key;
  std::string body;
  std::map<std::string, std::string> headers;
};
// All that is in the topic now, each partition in its order.
Result<std::vector<KafkaRecord>> read_topic(const std::string& brokers, const std::string& topic);

// KafkaTail: reads a topic while it is written to, also over restarts of the broker.
class KafkaTail {
 public:
  // Requires: the topic is there.
  KafkaTail(const std::string& brokers, const std::string& topic);
  ~KafkaTail();
  KafkaTail(const KafkaTail&) = delete;
  KafkaTail& operator=(const KafkaTail&) = delete;

  // Reads until `count` records have been there; false: not within a minute.
  bool wait_for(size_t count);
  [[nodiscard]] size_t count() const noexcept { return count_; }

 private:
  struct Reader;

  std::unique_ptr<Reader> reader_;
  size_t count_ = 0;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_KAFKA_KAFKA_CLIENT_H
