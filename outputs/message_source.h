// SPDX-License-Identifier: Apache-2.0
// MessageSource: where a delivery gets its messages from: the queue itself (intake.h) or the spool
// behind it (spool.h).
#ifndef SAKER_OUTPUTS_MESSAGE_SOURCE_H
#define SAKER_OUTPUTS_MESSAGE_SOURCE_H

#include <chrono>
#include <cstddef>
#include <vector>

#include "outputs/message.h"

namespace saker {

class MessageSource {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~MessageSource() = default;
  // Appends up to about `max` messages in the order of their numbers; waits for the first one until
  // `deadline`. False: there will be no more behind these.
  virtual bool take(size_t max, Clock::time_point deadline, std::vector<Message>& messages) = 0;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_MESSAGE_SOURCE_H
