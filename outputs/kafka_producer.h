// SPDX-License-Identifier: Apache-2.0
// KafkaProducer: one producer of librdkafka. Owner of librdkafka.
//
// Threads: produce() and wait() on one thread, all else on any. librdkafka has threads of its own,
//          which connect, send and bring the reports here; nothing has to be polled for that.
#ifndef SAKER_OUTPUTS_KAFKA_PRODUCER_H
#define SAKER_OUTPUTS_KAFKA_PRODUCER_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "outputs/kafka_config.h"
#include "outputs/message.h"
#include "outputs/metric.h"
#include "outputs/sink.h"

namespace saker {

struct KafkaHeader {
  std::string_view name;
  std::string_view value;
};

class KafkaProducer {
 public:
  struct Report {
    Outcome outcome;
    // The broker found the batch too large, in which the message may have had company.
    bool batch_too_large = false;
  };

  // Fails for properties that librdkafka does not take. Brokers are not asked for anything yet.
  static Result<std::unique_ptr<KafkaProducer>> create(std::span<const KafkaProperty> properties);
  // What has no report yet gets none any more.
  ~KafkaProducer();
  KafkaProducer(const KafkaProducer&) = delete;
  KafkaProducer& operator=(const KafkaProducer&) = delete;

  enum class Taken : uint8_t {
    kNo,  // there is no room now
    kYes,
    kButFailed,  // at once
  };
  // Takes a copy of the message; if it is taken, a report will come.
  Taken produce(const Message& message, std::span<const KafkaHeader> headers);
  // Appends the reports there are; waits for the first one until `deadline`.
  void wait(std::chrono::steady_clock::time_point deadline, std::vector<Report>& reports);
  // Makes reports of failure come soon for all that have none.
  void give_up();

  // Nothing can be produced any more.
  [[nodiscard]] bool is_dead() const;
  [[nodiscard]] std::optional<Error> trouble() const;
  [[nodiscard]] std::vector<Metric> metrics() const;

 private:
  struct State;
  explicit KafkaProducer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_KAFKA_PRODUCER_H
