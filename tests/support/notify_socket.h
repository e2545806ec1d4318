// SPDX-License-Identifier: Apache-2.0
// NotifySocket: what systemd would hear: while it lives, NOTIFY_SOCKET and the variables of the
// watchdog are those of this process.
#ifndef SAKER_TESTS_SUPPORT_NOTIFY_SOCKET_H
#define SAKER_TESTS_SUPPORT_NOTIFY_SOCKET_H

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include "engine/base/check.h"
#include "engine/base/unique_fd.h"

namespace saker::test {

class NotifySocket {
 public:
  explicit NotifySocket(std::chrono::microseconds watchdog = {})
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    // Without a name given it gets one that no other socket has; "@" stands for the NUL in front.
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    SAKER_CHECK(::bind(fd_.get(), generic, sizeof(address.sun_family)) == 0);
    socklen_t size = sizeof(address);
    SAKER_CHECK(::getsockname(fd_.get(), generic, &size) == 0);
    const size_t name_size = size - offsetof(sockaddr_un, sun_path) - 1;
    const std::string name = "@" + std::string(address.sun_path + 1, name_size);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    if (watchdog.count() != 0) {
      ::setenv("WATCHDOG_USEC", std::to_string(watchdog.count()).c_str(), 1);
    }
  }
  ~NotifySocket() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  // The next message that is there; empty: none is.
  [[nodiscard]] std::string next() const {
    std::array<char, 4096> message{};
    const ssize_t size = ::recv(fd_.get(), message.data(), message.size(), MSG_DONTWAIT);
    return {message.data(), size < 0 ? 0 : static_cast<size_t>(size)};
  }

 private:
  UniqueFd fd_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_NOTIFY_SOCKET_H
