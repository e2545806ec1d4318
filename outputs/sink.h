// SPDX-License-Identifier: Apache-2.0
// Sink - step 8 of 8 (README, "The data path"): sends messages to one place.
//
// Threads: open() before the sink's thread is started; send(), poll() and reopen() on that thread
//          only, where they may block; render(), trouble() and metrics() on any thread, at the
//          same time.
// Errors:  open() fails at start-up. Later ones are outcomes of messages: the delivery
//          (delivery.h) tries again or counts a loss, a sink does neither.
#ifndef SAKER_OUTPUTS_SINK_H
#define SAKER_OUTPUTS_SINK_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/metric.h"

namespace saker {

// Why a message is not out.
struct SendFailure {
  Error error;
  bool is_final = false;  // the same message can never be sent: too large, refused as invalid
};

// What became of a message that was sent.
struct Outcome {
  uint64_t seq = 0;
  std::optional<SendFailure> failure;  // none: it is where it shall be
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Row name in the registry: "stdout".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  virtual Result<void> open() = 0;
  // Sets what this sink sends: the body, and topic and key where it has them. All else is set.
  virtual void render(const Alert& alert, Message& message) const = 0;
  // Takes messages from the front, in order; returns how many, 0 when it has no room now. Each that
  // is taken gets exactly one outcome from poll(); until then the messages stay where they are.
  virtual size_t send(std::span<const Message> messages) = 0;
  // Appends outcomes; waits for the first one for at most `timeout`. After a failure that is not
  // final, messages sent behind the failed one may have gone out.
  virtual void poll(std::chrono::milliseconds timeout, std::vector<Outcome>& outcomes) = 0;
  // How many messages it is worth to have on their way or waiting for it.
  [[nodiscard]] virtual size_t window() const noexcept { return 8192; }
  // Opens anew what logrotate and its like have moved away (SIGUSR1).
  virtual Result<void> reopen() { return {}; }
  // True when no later message can be sent (stdout's reader is gone); such a sink ends the run.
  [[nodiscard]] virtual bool is_broken() const noexcept { return false; }
  // What keeps it from sending now. Any thread.
  [[nodiscard]] virtual std::optional<Error> trouble() const { return {}; }
  // Figures that only this sink has.
  [[nodiscard]] virtual std::vector<Metric> metrics() const { return {}; }
};

// A sink that writes and then knows.
class BlockingSink : public Sink {
 public:
  size_t send(std::span<const Message> messages) final;
  void poll(std::chrono::milliseconds timeout, std::vector<Outcome>& outcomes) final;
  [[nodiscard]] size_t window() const noexcept override { return 512; }

 protected:
  struct Written {
    size_t count = 0;                    // messages from the front that are out
    std::optional<SendFailure> failure;  // of the message behind them
  };
  // Writes from the front until all are out or one fails; where one takes long, some of them: the
  // outcomes are looked at in between. Requires: at least one message.
  virtual Written write(std::span<const Message> messages) = 0;

 private:
  std::vector<Outcome> outcomes_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SINK_H
