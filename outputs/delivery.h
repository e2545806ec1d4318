// SPDX-License-Identifier: Apache-2.0
// Delivery: what an output has been given and what is not settled yet. Sends it in order, and again
// after a failure that is not final, with a back-off.
//
// Not thread-safe: belongs to the sink's thread.
#ifndef SAKER_OUTPUTS_DELIVERY_H
#define SAKER_OUTPUTS_DELIVERY_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/sink.h"

namespace saker {

class Delivery {
 public:
  using Clock = std::chrono::steady_clock;
  // Given to a sink at once, so that progress shows and a stop is not waited for long.
  static constexpr size_t kMaxBatch = 512;
  static constexpr size_t kMaxBytes = 8U << 20U;
  static constexpr auto kFirstBackOff = std::chrono::milliseconds(100);
  static constexpr auto kLongestBackOff = std::chrono::seconds(5);

  // Borrows the sink. `max_messages`: held at most, sent or not.
  Delivery(Sink& sink, size_t max_messages) : sink_(sink), max_messages_(max_messages) {}

  // How many more messages may be added.
  [[nodiscard]] size_t room() const noexcept;
  // Takes the messages over. Numbers rise.
  void add(std::vector<Message>& messages);

  struct Progress {
    uint64_t written = 0;
    uint64_t refused = 0;        // failures that are final
    uint64_t retried = 0;        // messages that will be sent again
    std::optional<Error> error;  // the last one
  };
  // Sends what is due and gathers outcomes. Waits for the first one for at most `timeout`, when
  // something is on its way.
  Progress step(std::chrono::milliseconds timeout);

  [[nodiscard]] bool is_empty() const noexcept { return first_ == entries_.size(); }
  [[nodiscard]] bool has_on_its_way() const noexcept { return on_its_way_ > 0; }
  // Set while nothing is sent because of a failure.
  [[nodiscard]] std::optional<Clock::time_point> retry_at() const noexcept { return retry_at_; }
  // The sink took nothing although nothing is on its way.
  [[nodiscard]] bool is_stuck() const noexcept { return is_refused_ && !has_on_its_way(); }
  // There is something to send right now.
  [[nodiscard]] bool has_unsent() const noexcept { return unsent_ < entries_.size() && !retry_at_; }
  // All messages with numbers up to this one are settled.
  [[nodiscard]] uint64_t settled_through() const noexcept { return settled_through_; }

 private:
  enum class State : uint8_t { kWaiting, kOnItsWay, kFailed, kSettled };

  // False: the sink has no room, or has failed, or there is nothing more.
  bool send();
  void apply(Outcome& outcome, Progress& progress);
  size_t find(uint64_t seq) const;
  void forget_settled();
  void prepare_retry();

  Sink& sink_;
  const size_t max_messages_;
  // Those before first_ are settled; those from unsent_ on were not given to the sink.
  std::vector<Message> entries_;
  std::vector<State> states_;
  size_t first_ = 0;
  size_t unsent_ = 0;
  size_t on_its_way_ = 0;
  size_t bytes_ = 0;
  uint64_t last_seq_ = 0;  // of what was added
  uint64_t settled_through_ = 0;
  bool is_refused_ = false;
  bool has_failed_ = false;
  std::chrono::milliseconds back_off_ = kFirstBackOff;
  std::optional<Clock::time_point> retry_at_;
  std::vector<Outcome> outcomes_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_DELIVERY_H
