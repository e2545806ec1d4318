// SPDX-License-Identifier: Apache-2.0
#include "cmd/web_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <list>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "cmd/stream.h"
#include "cmd/tls.h"
#include "cmd/web_connection.h"
#include "engine/base/background_thread.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

// How long no connection is accepted when the kernel has no descriptor left.
constexpr std::chrono::seconds kAcceptPause{1};

Result<UniqueFd> listen_on(const WebServer::Options& options) {
  const std::string what =
      "cannot listen on " + options.address + " port " + std::to_string(options.port);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(options.address.c_str(), std::to_string(options.port).c_str(), &hints,
                    &found) != 0) {
    return Error{what, 0, "webserver.listen_address must be an IP address"};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, ::freeaddrinfo);
  UniqueFd fd(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      ::bind(fd.get(), address->ai_addr, address->ai_addrlen) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0) {
    return Error{what, errno, "set webserver.listen_port and webserver.listen_address"};
  }
  return fd;
}

uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  if (::getsockname(fd, generic, &size) != 0) {
    return 0;
  }
  const void* bytes = &address;
  return ntohs(address.ss_family == AF_INET6 ? static_cast<const sockaddr_in6*>(bytes)->sin6_port
                                             : static_cast<const sockaddr_in*>(bytes)->sin_port);
}

}  // namespace

class WebServer::Loop {
 public:
  Loop(UniqueFd listener, UniqueFd wake, std::unique_ptr<TlsContext> tls, Handler handler)
      : listener_(std::move(listener)),
        wake_(std::move(wake)),
        tls_(std::move(tls)),
        handler_(std::move(handler)),
        thread_(start_background_thread("saker-web", [this] { run(); })) {}
  ~Loop() {
    stop_ = true;
    ::eventfd_write(wake_.get(), 1);  // cannot fail: the counter holds more than one
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] uint16_t port() const noexcept { return port_of(listener_.get()); }

 private:
  void run() {
    while (!stop_) {
      const std::vector<pollfd> ready = wait();
      const auto now = Clock::now();
      auto polled = ready.begin() + 2;
      for (auto it = connections_.begin(); it != connections_.end(); ++polled) {
        const bool is_over =
            it->deadline() <= now || (polled->revents != 0 && !it->advance(handler_));
        it = is_over ? connections_.erase(it) : std::next(it);
      }
      if (ready[1].revents != 0) {
        accept_some();
      }
    }
  }

  // What can go on: the wake-up, the listener, then the connections in their order.
  std::vector<pollfd> wait() const {
    auto until = Clock::time_point::max();
    const bool is_paused = accept_again_ > Clock::now();
    std::vector<pollfd> fds = {{wake_.get(), POLLIN, 0},
                               {is_paused ? -1 : listener_.get(), POLLIN, 0}};
    if (is_paused) {
      until = accept_again_;
    }
    for (const WebConnection& connection : connections_) {
      fds.push_back({connection.fd(), connection.awaited(), 0});
      until = std::min(until, connection.deadline());
    }
    int timeout_ms = -1;
    if (until != Clock::time_point::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
      timeout_ms = static_cast<int>(std::max<int64_t>(left.count(), 0));
    }
    ::poll(fds.data(), fds.size(), timeout_ms);  // on EINTR nothing is ready
    return fds;
  }

  // Not all that come: those that are there must get their turn.
  void accept_some() {
    for (size_t i = 0; i < kMaxConnections / 2; ++i) {
      UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!fd) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
          accept_again_ = Clock::now() + kAcceptPause;
        }
        return;
      }
      std::unique_ptr<Stream> stream =
          tls_ != nullptr ? tls_->accept(std::move(fd)) : std::make_unique<Stream>(std::move(fd));
      if (stream == nullptr) {
        continue;
      }
      if (connections_.size() == kMaxConnections) {
        connections_.pop_front();
      }
      connections_.emplace_back(std::move(stream), Clock::now() + kTimeout);
      if (!connections_.back().advance(handler_)) {
        connections_.pop_back();
      }
    }
  }

  const UniqueFd listener_;
  const UniqueFd wake_;
  const std::unique_ptr<TlsContext> tls_;
  const Handler handler_;
  std::atomic<bool> stop_ = false;
  std::list<WebConnection> connections_;  // oldest first
  Clock::time_point accept_again_;
  std::thread thread_;  // last: it uses all of the above
};

Result<std::unique_ptr<WebServer>> WebServer::start(const Options& options, Handler handler) {
  std::unique_ptr<TlsContext> tls;
  if (!options.certificate_path.empty()) {
    auto made = TlsContext::for_server(options.certificate_path);
    if (!made) {
      return std::move(made).error();
    }
    tls = std::move(*made);
  }
  Result<UniqueFd> listener = listen_on(options);
  if (!listener) {
    return std::move(listener).error();
  }
  UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) {
    return Error{"cannot create an eventfd", errno, ""};
  }
  return std::unique_ptr<WebServer>(new WebServer(std::make_unique<Loop>(
      std::move(*listener), std::move(wake), std::move(tls), std::move(handler))));
}

WebServer::WebServer(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
WebServer::~WebServer() = default;

uint16_t WebServer::port() const noexcept { return loop_->port(); }

}  // namespace saker
