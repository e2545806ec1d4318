// SPDX-License-Identifier: Apache-2.0
// KafkaDelivery: gives messages to a sink as the product's delivery does: in the order of their
// numbers, again after a failure that is not final.
#ifndef SAKER_TESTS_KAFKA_KAFKA_DELIVERY_H
#define SAKER_TESTS_KAFKA_KAFKA_DELIVERY_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "outputs/message.h"
#include "outputs/sink.h"

namespace saker::test {

class KafkaDelivery {
 public:
  explicit KafkaDelivery(Sink& sink) : sink_(sink) {}

  void add(Message message);
  // One send() and one poll().
  void step(std::chrono::milliseconds timeout);
  // Steps until no more than `rest` have no final outcome; false: not within a minute.
  bool run(size_t rest = 0);

  [[nodiscard]] size_t open_count() const { return waiting_.size() + in_flight_.size(); }
  [[nodiscard]] uint64_t acknowledged() const { return acknowledged_; }
  // Numbers of messages that failed for good, and why.
  [[nodiscard]] const std::map<uint64_t, std::string>& refused() const { return refused_; }
  // Why messages were not out, for now: texts, and how often.
  [[nodiscard]] const std::map<std::string, int>& failures() const { return failures_; }

 private:
  Sink& sink_;
  std::map<uint64_t, Message> waiting_;
  std::map<uint64_t, Message> in_flight_;
  uint64_t acknowledged_ = 0;
  std::map<uint64_t, std::string> refused_;
  std::map<std::string, int> failures_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_KAFKA_KAFKA_DELIVERY_H
