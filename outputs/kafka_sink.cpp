// SPDX-License-Identifier: Apache-2.0
#include "outputs/kafka_sink.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/alert.h"
#include "engine/base/priority.h"
#include "engine/base/result.h"
#include "outputs/alert_format.h"
#include "outputs/kafka_config.h"
#include "outputs/kafka_producer.h"
#include "outputs/kafka_statistics.h"
#include "outputs/kafka_template.h"
#include "outputs/message.h"
#include "outputs/metric.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker {
namespace {

// Between the death of a producer and the next one's first attempt; doubles until one delivers.
constexpr std::chrono::milliseconds kMinBackOff{1'000};
constexpr std::chrono::milliseconds kMaxBackOff{30'000};

Metric deliveries(std::vector<Metric::Sample> samples) {
  return {"saker_kafka_deliveries_total", MetricType::kCounter,
          "Messages by what the brokers made of them; failed ones are sent again.",
          std::move(samples)};
}

}  // namespace

KafkaSink::KafkaSink(Options options, const AlertFormat& format)
    : options_(std::move(options)), format_(format), back_off_(kMinBackOff) {}

Result<std::unique_ptr<Sink>> KafkaSink::make(const SinkSettings& settings,
                                              const AlertFormat& format) {
  Result<KafkaTemplate> topic =
      KafkaTemplate::parse(KafkaTemplate::Use::kTopic, settings.text("topic"));
  if (!topic) {
    return std::move(topic).error();
  }
  Result<KafkaTemplate> key = KafkaTemplate::parse(KafkaTemplate::Use::kKey, settings.text("key"));
  if (!key) {
    return std::move(key).error();
  }
  Result<std::vector<KafkaProperty>> properties = kafka_properties(settings);
  if (!properties) {
    return std::move(properties).error();
  }
  Options options{std::move(*topic), std::move(*key), std::move(*properties),
                  static_cast<size_t>(settings.integer("max_in_flight"))};
  return std::unique_ptr<Sink>(new KafkaSink(std::move(options), format));
}

Result<void> KafkaSink::open() {
  Result<std::unique_ptr<KafkaProducer>> producer = KafkaProducer::create(options_.properties);
  if (!producer) {
    return std::move(producer).error();
  }
  const std::lock_guard lock(mutex_);
  producer_ = std::move(*producer);
  return {};
}

void KafkaSink::render(const Alert& alert, Message& message) const {
  message.topic = options_.topic.fill(alert);
  message.key = options_.key.fill(alert);
  format_.append(message.body, alert, message.seq);
}

size_t KafkaSink::room() {
  if (in_flight_ == 0) {
    draining_ = false;
  }
  if (draining_ || replace_at_) {
    return 0;
  }
  const size_t limit = send_alone_ > 0 ? 1 : options_.max_in_flight;
  return limit - std::min(limit, in_flight_);
}

size_t KafkaSink::send(std::span<const Message> messages) {
  size_t taken = 0;
  for (const Message& message : messages.first(std::min(room(), messages.size()))) {
    const KafkaProducer::Taken result = produce(message);
    taken += result != KafkaProducer::Taken::kNo ? 1 : 0;
    draining_ = result == KafkaProducer::Taken::kButFailed;
    if (result != KafkaProducer::Taken::kYes) {
      break;
    }
  }
  in_flight_ += taken;
  was_sent_alone_ = taken > 0 ? send_alone_ > 0 : was_sent_alone_;
  return taken;
}

KafkaProducer::Taken KafkaSink::produce(const Message& message) {
  const std::string seq = std::to_string(message.seq);
  const KafkaHeader headers[] = {
      {"saker-schema", format_.def().schema},
      {"content-type", format_.def().content_type},
      {"id", message.id},
      {"seq", seq},
      {"rule", message.rule},
      {"priority", to_string(message.priority)},
  };
  return producer_->produce(message, headers);
}

void KafkaSink::poll(std::chrono::milliseconds timeout, std::vector<Outcome>& outcomes) {
  Clock::time_point deadline = Clock::now() + timeout;
  if (replace_at_ && in_flight_ == 0) {
    deadline = std::min(deadline, *replace_at_);
  }
  producer_->wait(deadline, reports_);
  for (KafkaProducer::Report& report : reports_) {
    settle(std::move(report), outcomes);
  }
  reports_.clear();
  if (producer_->is_dead()) {
    replace_dead_producer();
  }
}

void KafkaSink::settle(KafkaProducer::Report report, std::vector<Outcome>& outcomes) {
  Outcome& outcome = report.outcome;
  --in_flight_;
  send_alone_ -= was_sent_alone_ ? 1 : 0;
  if (report.batch_too_large && !was_sent_alone_) {
    outcome.failure->is_final = false;
    ++send_alone_;
  }
  if (!outcome.failure) {
    ++acknowledged_;
    back_off_ = kMinBackOff;
  } else if (outcome.failure->is_final) {
    ++refused_;
  } else {
    ++failed_;
    draining_ = true;
  }
  outcomes.push_back(std::move(outcome));
}

// A producer dies when the brokers refuse it or have lost what they knew of it.
void KafkaSink::replace_dead_producer() {
  if (!replace_at_) {
    producer_->give_up();
    replace_at_ = Clock::now() + back_off_;
    back_off_ = std::min(back_off_ * 2, kMaxBackOff);
  }
  if (in_flight_ > 0 || Clock::now() < *replace_at_) {
    return;
  }
  Result<std::unique_ptr<KafkaProducer>> next = KafkaProducer::create(options_.properties);
  if (!next) {
    replace_at_ = Clock::now() + back_off_;
    return;
  }
  replace_at_.reset();
  const std::lock_guard lock(mutex_);
  producer_.swap(*next);  // the dead one goes without the lock
}

std::optional<Error> KafkaSink::trouble() const {
  const std::lock_guard lock(mutex_);
  return producer_ != nullptr ? producer_->trouble() : std::nullopt;
}

std::vector<Metric> KafkaSink::metric_families() {
  std::vector<Metric> families = read_kafka_statistics("{}").metrics;
  families.push_back(deliveries({}));
  return families;
}

std::vector<Metric> KafkaSink::metrics() const {
  const std::lock_guard lock(mutex_);
  std::vector<Metric> metrics = producer_ != nullptr ? producer_->metrics() : std::vector<Metric>();
  metrics.push_back(deliveries({{{{"outcome", "acknowledged"}}, static_cast<double>(acknowledged_)},
                                {{{"outcome", "failed"}}, static_cast<double>(failed_)},
                                {{{"outcome", "refused"}}, static_cast<double>(refused_)}}));
  return metrics;
}

}  // namespace saker
