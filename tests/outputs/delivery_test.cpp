// SPDX-License-Identifier: Apache-2.0
#include "outputs/delivery.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace saker {
namespace {

using std::chrono::milliseconds;
using Seqs = std::vector<uint64_t>;

// Takes messages as the test says, and tells the outcomes that the test gives it.
class ScriptedSink : public Sink {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "scripted"; }
  Result<void> open() override { return {}; }
  void render(const Alert& /*alert*/, Message& /*message*/) const override {}
  size_t send(std::span<const Message> messages) override {
    const size_t count = std::min(messages.size(), room);
    for (const Message& message : messages.first(count)) {
      sent.push_back(message.seq);
    }
    return count;
  }
  void poll(milliseconds /*timeout*/, std::vector<Outcome>& told) override {
    std::ranges::move(outcomes, std::back_inserter(told));
    outcomes.clear();
  }
  void succeed(const Seqs& seqs) {
    for (const uint64_t seq : seqs) {
      outcomes.push_back({seq, {}});
    }
  }
  void fail(uint64_t seq, bool is_final) {
    outcomes.push_back({seq, SendFailure{{"failed", 0, ""}, is_final}});
  }

  size_t room = 1'000'000;
  Seqs sent;
  std::vector<Outcome> outcomes;
};

std::vector<Message> numbered(const Seqs& seqs) {
  std::vector<Message> messages;
  for (const uint64_t seq : seqs) {
    messages.emplace_back().seq = seq;
  }
  return messages;
}

void add(Delivery& delivery, const Seqs& seqs) {
  std::vector<Message> messages = numbered(seqs);
  delivery.add(messages);
  EXPECT_TRUE(messages.empty());
}

// Waits for the end of the back-off.
Delivery::Progress retry(Delivery& delivery) {
  while (delivery.retry_at() && Delivery::Clock::now() < *delivery.retry_at()) {
  }
  return delivery.step(milliseconds(0));
}

TEST(Delivery, SendsInOrderAndSettlesFromTheFront) {
  ScriptedSink sink;
  Delivery delivery(sink, 100);
  add(delivery, {1, 2, 5});
  EXPECT_EQ(delivery.room(), 97U);
  EXPECT_EQ(delivery.step(milliseconds(0)).written, 0U);
  EXPECT_EQ(sink.sent, (Seqs{1, 2, 5}));
  EXPECT_TRUE(delivery.has_on_its_way());
  sink.succeed({5, 1});  // out of order
  EXPECT_EQ(delivery.step(milliseconds(0)).written, 2U);
  EXPECT_EQ(delivery.settled_through(), 1U);
  sink.succeed({2});
  EXPECT_EQ(delivery.step(milliseconds(0)).written, 1U);
  EXPECT_EQ(delivery.settled_through(), 5U);
  EXPECT_TRUE(delivery.is_empty());
  EXPECT_FALSE(delivery.has_on_its_way());
  EXPECT_EQ(delivery.room(), 100U);
}

TEST(Delivery, SendsWhatFailedAgainAndOnlyThat) {
  ScriptedSink sink;
  Delivery delivery(sink, 100);
  add(delivery, {1, 2, 3, 4});
  delivery.step(milliseconds(0));
  sink.succeed({1, 3});
  sink.fail(2, false);
  Delivery::Progress progress = delivery.step(milliseconds(0));
  EXPECT_EQ(progress.written, 2U);
  EXPECT_EQ(progress.retried, 1U);
  EXPECT_EQ(progress.error->to_string(), "failed");
  EXPECT_FALSE(delivery.retry_at());  // 4 is still on its way
  sink.succeed({4});
  delivery.step(milliseconds(0));
  ASSERT_TRUE(delivery.retry_at());
  EXPECT_EQ(delivery.settled_through(), 1U);
  add(delivery, {5});
  sink.sent.clear();
  delivery.step(milliseconds(0));  // too early
  EXPECT_EQ(sink.sent, Seqs{});
  retry(delivery);
  EXPECT_EQ(sink.sent, (Seqs{2, 5}));
  sink.succeed({2, 5});
  delivery.step(milliseconds(0));
  EXPECT_EQ(delivery.settled_through(), 5U);
  EXPECT_TRUE(delivery.is_empty());
}

TEST(Delivery, WhatIsRefusedForGoodIsSettled) {
  ScriptedSink sink;
  Delivery delivery(sink, 100);
  add(delivery, {1, 2});
  delivery.step(milliseconds(0));
  sink.fail(1, true);
  sink.succeed({2});
  const Delivery::Progress progress = delivery.step(milliseconds(0));
  EXPECT_EQ(progress.refused, 1U);
  EXPECT_EQ(progress.written, 1U);
  EXPECT_TRUE(delivery.is_empty());
  EXPECT_FALSE(delivery.retry_at());
}

TEST(Delivery, BacksOffLongerUntilSomethingIsWritten) {
  ScriptedSink sink;
  Delivery delivery(sink, 100);
  add(delivery, {1});
  const auto fail_once = [&] {
    sink.fail(1, false);
    const auto before = Delivery::Clock::now();
    retry(delivery);
    return std::chrono::duration_cast<milliseconds>(*delivery.retry_at() - before);
  };
  const milliseconds first = fail_once();
  const milliseconds second = fail_once();
  EXPECT_GE(first, Delivery::kFirstBackOff);
  EXPECT_GE(second, 2 * Delivery::kFirstBackOff);
  sink.succeed({1});
  retry(delivery);
  add(delivery, {2});
  sink.fail(2, false);
  delivery.step(milliseconds(0));
  EXPECT_LE(*delivery.retry_at(), Delivery::Clock::now() + Delivery::kFirstBackOff);
}

TEST(Delivery, GoesOnWhenAFullSinkHasRoomAgain) {
  ScriptedSink sink;
  sink.room = 2;
  Delivery delivery(sink, 100);
  add(delivery, {1, 2, 3});
  delivery.step(milliseconds(0));
  EXPECT_EQ(sink.sent, (Seqs{1, 2}));
  sink.room = 0;
  delivery.step(milliseconds(0));
  EXPECT_EQ(sink.sent, (Seqs{1, 2}));
  sink.room = 1;
  sink.succeed({1});
  delivery.step(milliseconds(0));
  EXPECT_EQ(sink.sent, (Seqs{1, 2, 3}));
}

TEST(Delivery, HoldsALimitedNumberOfMessagesAndBytes) {
  ScriptedSink sink;
  Delivery delivery(sink, 3);
  add(delivery, {1, 2, 3});
  EXPECT_EQ(delivery.room(), 0U);
  Delivery large(sink, 1000);
  std::vector<Message> messages = numbered({1});
  messages[0].body.assign(Delivery::kMaxBytes, 'x');
  large.add(messages);
  EXPECT_EQ(large.room(), 0U);
}

TEST(Delivery, KeepsOrderOverManyRounds) {
  ScriptedSink sink;
  Delivery delivery(sink, 16);
  Seqs expected;
  uint64_t next = 1;
  size_t settled = 0;
  while (settled < 10'000) {
    Seqs batch;
    for (size_t i = delivery.room(); i > 0; --i) {
      batch.push_back(next);
      expected.push_back(next);
      next += 1 + next % 3;
    }
    add(delivery, batch);
    delivery.step(milliseconds(0));
    Seqs done(sink.sent.begin() + static_cast<std::ptrdiff_t>(settled), sink.sent.end());
    done.resize((done.size() + 1) / 2);
    sink.succeed(done);
    settled += delivery.step(milliseconds(0)).written;
  }
  expected.resize(sink.sent.size());
  EXPECT_EQ(sink.sent, expected);
}

}  // namespace
}  // namespace saker
