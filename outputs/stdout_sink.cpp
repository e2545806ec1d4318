// SPDX-License-Identifier: Apache-2.0
#include "outputs/stdout_sink.h"

#include <fcntl.h>
#include <sys/poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "outputs/alert_line.h"

namespace saker {

Result<void> StdoutSink::open() {
  if (::fcntl(fd_, F_GETFD) < 0) {
    return Error{"standard output is closed", errno,
                 "redirect it, or set stdout_output.enabled=false"};
  }
  return {};
}

Result<void> StdoutSink::write(const Alert& alert) {
  line_.clear();
  append_alert_line(line_, alert, format_);
  std::string_view rest = line_;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n >= 0) {
      rest.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      // Somebody who shares this terminal or pipe made it non-blocking.
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      const int error = errno;
      broken_ = error == EPIPE || error == EBADF;
      return Error{"cannot write to standard output", error,
                   broken_ ? "nobody reads the alerts any more" : ""};
    }
  }
  return {};
}

}  // namespace saker
