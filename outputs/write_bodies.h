// SPDX-License-Identifier: Apache-2.0
// Writing messages to a descriptor, for sinks whose messages are lines.
#ifndef SAKER_OUTPUTS_WRITE_BODIES_H
#define SAKER_OUTPUTS_WRITE_BODIES_H

#include <cstddef>
#include <span>

#include "outputs/message.h"

namespace saker {

struct WriteProgress {
  size_t count = 0;       // messages from the front that are out
  size_t part_bytes = 0;  // how much of the next one is out as well
  int errno_value = 0;    // of write(2), why it ended there; 0: all are out
};

// Writes the bodies of all messages, many with one call, waiting where a descriptor is
// non-blocking.
// Requires: SIGPIPE is ignored.
[[nodiscard]] WriteProgress write_bodies(int fd, std::span<const Message> messages);

}  // namespace saker

#endif  // SAKER_OUTPUTS_WRITE_BODIES_H
