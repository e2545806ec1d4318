// SPDX-License-Identifier: Apache-2.0
#include "outputs/sink.h"

#include <chrono>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "outputs/message.h"

namespace saker {

size_t BlockingSink::send(std::span<const Message> messages) {
  Written written = write(messages);
  for (const Message& message : messages.first(written.count)) {
    outcomes_.push_back({message.seq, {}});
  }
  if (!written.failure) {
    return written.count;
  }
  outcomes_.push_back({messages[written.count].seq, std::move(written.failure)});
  return written.count + 1;
}

void BlockingSink::poll(std::chrono::milliseconds /*timeout*/, std::vector<Outcome>& outcomes) {
  outcomes.insert(outcomes.end(), std::make_move_iterator(outcomes_.begin()),
                  std::make_move_iterator(outcomes_.end()));
  outcomes_.clear();
}

}  // namespace saker
