// SPDX-License-Identifier: Apache-2.0
// KafkaSink: alerts as messages of Kafka topics.
//
// Delivery: at least once, in the order of send() for each key. The producer of librdkafka repeats
//           by itself what a broker did not acknowledge, for as long as it takes, without making
//           duplicates; a message that is in flight when the sensor is killed, or when the producer
//           has to be made anew, is sent again and may then be there twice.
// Order:    after a failure that is not final nothing is taken until all that is in flight has its
//           outcome, so that nothing overtakes what is sent again.
#ifndef SAKER_OUTPUTS_KAFKA_SINK_H
#define SAKER_OUTPUTS_KAFKA_SINK_H

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/kafka_config.h"
#include "outputs/kafka_producer.h"
#include "outputs/kafka_template.h"
#include "outputs/message.h"
#include "outputs/metric.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker {

class KafkaSink final : public Sink {
 public:
  static Result<std::unique_ptr<Sink>> make(const SinkSettings& settings,
                                            const AlertFormat& format);
  [[nodiscard]] static std::vector<Metric> metric_families();

  [[nodiscard]] std::string_view name() const noexcept override { return "kafka"; }
  Result<void> open() override;
  void render(const Alert& alert, Message& message) const override;
  size_t send(std::span<const Message> messages) override;
  void poll(std::chrono::milliseconds timeout, std::vector<Outcome>& outcomes) override;
  [[nodiscard]] size_t window() const noexcept override { return options_.max_in_flight; }
  [[nodiscard]] std::optional<Error> trouble() const override;
  [[nodiscard]] std::vector<Metric> metrics() const override;

 private:
  using Clock = std::chrono::steady_clock;

  struct Options {
    KafkaTemplate topic;
    KafkaTemplate key;
    std::vector<KafkaProperty> properties;
    size_t max_in_flight = 0;
  };

  KafkaSink(Options options, const AlertFormat& format);
  [[nodiscard]] size_t room();
  KafkaProducer::Taken produce(const Message& message);
  void settle(KafkaProducer::Report report, std::vector<Outcome>& outcomes);
  void replace_dead_producer();

  const Options options_;
  const AlertFormat format_;
  size_t in_flight_ = 0;
  bool draining_ = false;  // see Order
  // Brokers judge batches: messages of one that was too large are sent again one by one.
  size_t send_alone_ = 0;        // how many there are
  bool was_sent_alone_ = false;  // what is in flight
  std::vector<KafkaProducer::Report> reports_;
  // When a dead producer is replaced, and how long after its death.
  std::optional<Clock::time_point> replace_at_;
  std::chrono::milliseconds back_off_;

  std::atomic<uint64_t> acknowledged_ = 0;
  std::atomic<uint64_t> failed_ = 0;   // to be sent again
  std::atomic<uint64_t> refused_ = 0;  // for good

  mutable std::mutex mutex_;  // for the pointer, which other threads follow
  std::unique_ptr<KafkaProducer> producer_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_KAFKA_SINK_H
