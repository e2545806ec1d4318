// SPDX-License-Identifier: Apache-2.0
#include "outputs/write_bodies.h"

#include <poll.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>

#include "outputs/message.h"

namespace saker {
namespace {

constexpr size_t kMaxPieces = 256;  // of one call; UIO_MAXIOV of Linux is 1024

// One call for what is left behind `progress`.
ssize_t write_some(int fd, std::span<const Message> messages, const WriteProgress& progress) {
  std::array<iovec, kMaxPieces> pieces{};
  const auto rest = messages.subspan(progress.count);
  const size_t count = std::min(rest.size(), pieces.size());
  for (size_t i = 0; i < count; ++i) {
    // writev() does not change what the const_cast makes writable.
    pieces[i] = {const_cast<char*>(rest[i].body.data()), rest[i].body.size()};
  }
  pieces[0].iov_base = static_cast<char*>(pieces[0].iov_base) + progress.part_bytes;
  pieces[0].iov_len -= progress.part_bytes;
  return ::writev(fd, pieces.data(), static_cast<int>(count));
}

void advance(WriteProgress& progress, std::span<const Message> messages, size_t bytes) {
  progress.part_bytes += bytes;
  while (progress.count < messages.size() &&
         progress.part_bytes >= messages[progress.count].body.size()) {
    progress.part_bytes -= messages[progress.count].body.size();
    ++progress.count;
  }
}

}  // namespace

WriteProgress write_bodies(int fd, std::span<const Message> messages) {
  WriteProgress progress;
  while (progress.count < messages.size()) {
    const ssize_t n = write_some(fd, messages, progress);
    if (n >= 0) {
      advance(progress, messages, static_cast<size_t>(n));
    } else if (errno == EAGAIN) {
      // Also where somebody who shares a terminal or pipe made it non-blocking.
      pollfd ready{fd, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      progress.errno_value = errno;
      return progress;
    }
  }
  return progress;
}

}  // namespace saker
