// SPDX-License-Identifier: Apache-2.0
#include "cmd/control_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/background_thread.h"
#include "engine/base/unique_fd.h"
#include "outputs/json.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

// What is read at a time, so that a client that sends without end does not keep others waiting.
constexpr size_t kReadBytes = 1024;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return Error{"the path of a socket has 1 to " + std::to_string(sizeof(address.sun_path) - 1) +
                     " bytes: '" + path + "'",
                 0, "set control.socket"};
  }
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

bool is_listened_on(const sockaddr_un& address) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // EAGAIN: it is, and many wait.
  return fd && (::connect(fd.get(), generic(address), sizeof(address)) == 0 || errno == EAGAIN);
}

Result<UniqueFd> listen_on(const std::string& path) {
  const Result<sockaddr_un> address = address_of(path);
  if (!address) {
    return address.error();
  }
  if (is_listened_on(*address)) {
    return Error{"'" + path + "' is in use by another sensor", 0,
                 "set control.socket of one of them"};
  }
  if (const size_t slash = path.rfind('/'); slash != 0 && slash != std::string::npos) {
    ::mkdir(path.substr(0, slash).c_str(), 0755);
  }
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    ::unlink(path.c_str());
  }
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // Nobody can connect before listen(), and so before the mode is right.
  if (!fd || ::bind(fd.get(), generic(*address), sizeof(*address)) != 0 ||
      ::chmod(path.c_str(), 0600) != 0 ||
      ::listen(fd.get(), static_cast<int>(ControlServer::kMaxClients)) != 0) {
    return Error{"cannot listen on '" + path + "'", errno, ""};
  }
  return fd;
}

bool is_trusted(int fd) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == 0 || peer.uid == ::geteuid());
}

class Client {
 public:
  explicit Client(UniqueFd fd) : fd_(std::move(fd)) {}

  [[nodiscard]] pollfd wanted() const {
    return {fd_.get(), static_cast<short>(output_.empty() ? POLLIN : POLLOUT), 0};
  }
  // Nothing: as long as it takes.
  [[nodiscard]] std::optional<Clock::time_point> deadline() const {
    return is_waiting() ? std::nullopt : std::optional(deadline_);
  }
  [[nodiscard]] bool is_waiting() const { return answer_ != nullptr; }
  [[nodiscard]] bool is_over() const { return !fd_; }

  // Goes on as far as it can without waiting.
  void advance(const ControlServer::Handler& handler, Clock::time_point now);
  // Asks for the answer, if there is a request.
  void ask_again(Clock::time_point now);
  void reply(const std::string& text, Clock::time_point now);

 private:
  void read_some(const ControlServer::Handler& handler, Clock::time_point now);
  void write_some();

  UniqueFd fd_;
  std::string input_;
  std::string output_;
  ControlServer::Answer answer_;
  Clock::time_point deadline_ = Clock::now() + ControlServer::kTimeout;
};

void Client::advance(const ControlServer::Handler& handler, Clock::time_point now) {
  if (output_.empty()) {
    read_some(handler, now);
  }
  if (!output_.empty()) {
    write_some();
  }
}

void Client::read_some(const ControlServer::Handler& handler, Clock::time_point now) {
  char buffer[kReadBytes];
  const ssize_t n = ::recv(fd_.get(), buffer, sizeof(buffer), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  if (n <= 0) {
    fd_.reset();
    return;
  }
  if (is_waiting()) {
    return;  // a client that talks on while it waits is not listened to
  }
  input_.append(buffer, static_cast<size_t>(n));
  const size_t end = input_.find('\n');
  if (std::min(end, input_.size()) > ControlServer::kMaxRequestBytes) {
    reply(refusal("a request has at most " + std::to_string(ControlServer::kMaxRequestBytes) +
                  " bytes"),
          now);
  } else if (end != std::string::npos) {
    answer_ = handler(std::string_view(input_).substr(0, end));
    ask_again(now);
  }
}

void Client::ask_again(Clock::time_point now) {
  if (!is_waiting()) {
    return;
  }
  if (const std::optional<std::string> answer = answer_()) {
    reply(*answer, now);
  }
}

void Client::reply(const std::string& text, Clock::time_point now) {
  answer_ = nullptr;
  output_ = text + '\n';
  deadline_ = now + ControlServer::kTimeout;
}

void Client::write_some() {
  if (!fd_) {
    return;
  }
  const ssize_t n = ::send(fd_.get(), output_.data(), output_.size(), MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  output_.erase(0, n < 0 ? output_.size() : static_cast<size_t>(n));
  if (output_.empty()) {
    fd_.reset();
  }
}

}  // namespace

struct ControlServer::Impl {
  void run();
  void accept_one(Clock::time_point now);
  [[nodiscard]] int timeout_ms(Clock::time_point now) const;

  std::string path;
  Handler handler;
  UniqueFd listener;
  UniqueFd event;
  std::vector<Client> clients;
  std::atomic<bool> is_stopping = false;
  std::thread thread;
};

void ControlServer::Impl::run() {
  while (!is_stopping) {
    std::vector<pollfd> fds = {{event.get(), POLLIN, 0}, {listener.get(), POLLIN, 0}};
    for (const Client& client : clients) {
      fds.push_back(client.wanted());
    }
    ::poll(fds.data(), fds.size(), timeout_ms(Clock::now()));
    const auto now = Clock::now();
    eventfd_t calls = 0;
    if (::eventfd_read(event.get(), &calls) == 0) {
      std::ranges::for_each(clients, [&](Client& client) { client.ask_again(now); });
    }
    for (size_t i = 0; i < clients.size(); ++i) {
      if (fds[i + 2].revents != 0) {
        clients[i].advance(handler, now);
      }
    }
    std::erase_if(clients, [&](const Client& client) {
      return client.is_over() || client.deadline().value_or(now) < now;
    });
    if (fds[1].revents != 0) {
      accept_one(now);
    }
  }
}

int ControlServer::Impl::timeout_ms(Clock::time_point now) const {
  int least = -1;
  for (const Client& client : clients) {
    if (const auto deadline = client.deadline()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - now);
      const int left_ms = std::max(0, static_cast<int>(left.count()) + 1);
      least = least < 0 ? left_ms : std::min(least, left_ms);
    }
  }
  return least;
}

void ControlServer::Impl::accept_one(Clock::time_point now) {
  UniqueFd fd(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) {
    return;
  }
  const bool trusted = is_trusted(fd.get());
  const bool has_room = clients.size() < kMaxClients;
  Client client(std::move(fd));
  if (!trusted || !has_room) {
    client.reply(refusal(trusted ? "too many requests at a time" : "only root may ask"), now);
    client.advance(handler, now);  // fits into the socket's buffer
    return;
  }
  clients.push_back(std::move(client));
}

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::string& path,
                                                            Handler handler) {
  auto impl = std::make_unique<Impl>();
  Result<UniqueFd> listener = listen_on(path);
  if (!listener) {
    return std::move(listener).error();
  }
  impl->path = path;
  impl->handler = std::move(handler);
  impl->listener = std::move(*listener);
  impl->event = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!impl->event) {
    return Error{"cannot create an eventfd", errno, ""};
  }
  impl->thread = start_background_thread("control", [self = impl.get()] { self->run(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(impl)));
}

ControlServer::ControlServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ControlServer::~ControlServer() {
  impl_->is_stopping = true;
  wake();
  impl_->thread.join();
  ::unlink(impl_->path.c_str());
}

void ControlServer::wake() noexcept { ::eventfd_write(impl_->event.get(), 1); }

std::string refusal(std::string_view problem) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.boolean("ok", false);
  json.text("error", problem);
  json.end_object();
  return text;
}

}  // namespace saker
