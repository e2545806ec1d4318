// SPDX-License-Identifier: Apache-2.0
#include "outputs/stdout_sink.h"

#include <fcntl.h>

#include <cerrno>
#include <span>

#include "engine/alert.h"
#include "engine/base/journal.h"
#include "engine/base/result.h"
#include "outputs/message.h"
#include "outputs/sink.h"
#include "outputs/write_bodies.h"

namespace saker {

Result<void> StdoutSink::open() {
  if (::fcntl(fd_, F_GETFD) < 0) {
    return Error{"standard output is closed", errno,
                 "redirect it, or set stdout_output.enabled=false"};
  }
  return {};
}

void StdoutSink::render(const Alert& alert, Message& message) const {
  if (is_journal_) {
    message.body += journal_prefix(alert.priority);
  }
  format_.append(message.body, alert, message.seq);
  message.body += '\n';
}

BlockingSink::Written StdoutSink::write(std::span<const Message> messages) {
  const WriteProgress progress = write_bodies(fd_, messages);
  const int error = progress.errno_value;
  if (error == 0) {
    return {messages.size(), {}};
  }
  broken_ = error == EPIPE || error == EBADF;
  return {progress.count, SendFailure{{"cannot write to standard output", error,
                                       broken_ ? "nobody reads the alerts any more" : ""},
                                      true}};
}

}  // namespace saker
