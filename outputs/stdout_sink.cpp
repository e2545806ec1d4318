// SPDX-License-Identifier: Apache-2.0
#include "outputs/stdout_sink.h"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <span>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/sink.h"
#include "outputs/write_all.h"

namespace saker {

Result<void> StdoutSink::open() {
  if (::fcntl(fd_, F_GETFD) < 0) {
    return Error{"standard output is closed", errno,
                 "redirect it, or set stdout_output.enabled=false"};
  }
  return {};
}

void StdoutSink::render(const Alert& alert, Message& message) const {
  format_.append(message.body, alert, message.seq);
  message.body += '\n';
}

BlockingSink::Written StdoutSink::write(std::span<const Message> messages) {
  for (size_t i = 0; i < messages.size(); ++i) {
    if (Result<void> written = write_all(fd_, messages[i].body); !written) {
      const int error = written.error().errno_value;
      broken_ = error == EPIPE || error == EBADF;
      return {i, SendFailure{{"cannot write to standard output", error,
                              broken_ ? "nobody reads the alerts any more" : ""},
                             true}};
    }
  }
  return {messages.size(), {}};
}

}  // namespace saker
