// SPDX-License-Identifier: Apache-2.0
// Message: an alert as one sink sends it. Rendered once; a spool keeps it in this form, so that it
// can be sent again after a restart without the rule set that made it.
#ifndef SAKER_OUTPUTS_MESSAGE_H
#define SAKER_OUTPUTS_MESSAGE_H

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/priority.h"

namespace saker {

struct Message {
  // Per host and sink, from 1, never reused by a sink with a spool. What a consumer misses was lost
  // (README, "What can be lost").
  uint64_t seq = 0;
  int64_t time_ns = 0;  // of the event, Unix time
  Priority priority = Priority::kDebug;
  std::string id;     // of the alert, the same in all sinks
  std::string rule;   // its name
  std::string topic;  // Kafka
  std::string key;    // Kafka: what decides on the partition
  std::string body;

  // What it takes in memory, roughly; for limits.
  [[nodiscard]] size_t size_bytes() const noexcept {
    return sizeof(Message) + id.size() + rule.size() + topic.size() + key.size() + body.size();
  }
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_MESSAGE_H
