// SPDX-License-Identifier: Apache-2.0
#include "tests/kafka/kafka_delivery.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "engine/base/check.h"

namespace saker::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kBatch = 1000;
// A bound for a test that fails, never waited for otherwise.
constexpr std::chrono::seconds kTimeout{60};

}  // namespace

void KafkaDelivery::add(Message message) {
  const uint64_t seq = message.seq;
  SAKER_CHECK(waiting_.emplace(seq, std::move(message)).second);
}

void KafkaDelivery::step(std::chrono::milliseconds timeout) {
  std::vector<Message> next;
  for (const Message& message : waiting_ | std::views::values | std::views::take(kBatch)) {
    next.push_back(message);
  }
  const size_t taken = sink_.send(next);
  for (const Message& message : next | std::views::take(taken)) {
    in_flight_.insert(waiting_.extract(message.seq));
  }
  std::vector<Outcome> outcomes;
  sink_.poll(taken > 0 && !waiting_.empty() ? std::chrono::milliseconds(0) : timeout, outcomes);
  for (const Outcome& outcome : outcomes) {
    auto message = in_flight_.extract(outcome.seq);
    SAKER_CHECK(!message.empty());  // exactly one outcome each
    if (!outcome.failure) {
      ++acknowledged_;
    } else if (outcome.failure->is_final) {
      refused_[outcome.seq] = outcome.failure->error.to_string();
    } else {
      ++failures_[outcome.failure->error.to_string()];
      waiting_.insert(std::move(message));
    }
  }
}

bool KafkaDelivery::run(size_t rest) {
  const Clock::time_point deadline = Clock::now() + kTimeout;
  while (open_count() > rest && Clock::now() < deadline) {
    step(std::chrono::milliseconds(100));
  }
  return open_count() <= rest;
}

}  // namespace saker::test
