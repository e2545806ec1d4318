// SPDX-License-Identifier: Apache-2.0
// Sink - step 8 of 8 (README, "The data path"): writes alerts to one place.
//
// Threads: a sink is used by its own thread only (dispatcher.h); it may block.
// Errors:  open() fails at start-up; write() failures are counted by the dispatcher.
#ifndef SAKER_OUTPUTS_SINK_H
#define SAKER_OUTPUTS_SINK_H

#include <string_view>

#include "engine/alert.h"
#include "engine/base/result.h"

namespace saker {

class Sink {
 public:
  virtual ~Sink() = default;

  // Row name in the registry: "stdout".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  virtual Result<void> open() = 0;
  virtual Result<void> write(const Alert& alert) = 0;
  // Called when the queue is empty, and at the end of the run.
  virtual Result<void> flush() = 0;
  // True when no later write can succeed (stdout's reader is gone); such a sink ends the run.
  [[nodiscard]] virtual bool is_broken() const noexcept { return false; }
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_SINK_H
