// SPDX-License-Identifier: Apache-2.0
#include "cmd/stream.h"

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

namespace saker {
namespace {

Stream::Moved moved(ssize_t result, Stream::Next when_not_now) noexcept {
  if (result > 0) {
    return {Stream::Next::kGoOn, static_cast<size_t>(result)};
  }
  const bool is_not_now = result < 0 && (errno == EAGAIN || errno == EINTR);
  return {is_not_now ? when_not_now : Stream::Next::kClosed, 0};
}

}  // namespace

Stream::Moved Stream::read(std::span<char> buffer) noexcept {
  return moved(::recv(fd(), buffer.data(), buffer.size(), 0), Next::kWaitForRead);
}

Stream::Moved Stream::write(std::string_view bytes) noexcept {
  return moved(::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL), Next::kWaitForWrite);
}

void Stream::end_writing() noexcept { ::shutdown(fd(), SHUT_WR); }

}  // namespace saker
