// SPDX-License-Identifier: Apache-2.0
#include "cmd/control_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "cmd/log.h"
#include "cmd/setup.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

// The files of thousands of rule files fit.
constexpr size_t kMaxAnswerBytes = size_t{1} << 20U;

bool is_nobody(int error) { return error == ENOENT || error == ECONNREFUSED; }

Error why_not_connected(const std::string& path, int error) {
  if (is_nobody(error)) {
    return Error{"no sensor runs: nobody listens on '" + path + "'", 0,
                 "start one with 'saker run', or name its control.socket with -o or -c"};
  }
  return Error{"cannot talk to the sensor on '" + path + "'", error,
               error == EACCES ? "only root can" : ""};
}

// None: errno.
UniqueFd connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return {};
  }
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd &&
      ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const int error = errno;
    fd.reset();
    errno = error;
  }
  return fd;
}

}  // namespace

Result<std::string> ask_sensor(const std::string& path, const std::string& request,
                               std::chrono::milliseconds timeout) {
  const UniqueFd fd = connect_to(path);
  if (!fd) {
    return why_not_connected(path, errno);
  }
  const std::string line = request + '\n';
  // A server that refuses does not read; its answer says why.
  [[maybe_unused]] const ssize_t sent = ::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL);
  std::string answer;
  const auto deadline = Clock::now() + timeout;
  while (answer.size() < kMaxAnswerBytes && !answer.ends_with('\n')) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd event = {fd.get(), POLLIN, 0};
    if (::poll(&event, 1, std::max(0, static_cast<int>(left.count()))) == 0) {
      return Error{"the sensor does not answer", 0, ""};
    }
    char buffer[4096];
    const ssize_t n = ::recv(fd.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (n <= 0) {
      return Error{"the sensor has ended without an answer", n < 0 ? errno : 0, ""};
    }
    answer.append(buffer, static_cast<size_t>(n));
  }
  answer.pop_back();
  return answer;
}

bool has_sensor(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  return !loaded || connect_to(loaded->config.control_socket) || !is_nobody(errno);
}

std::optional<JsonDocument> call_sensor(const Options& options, const SensorCall& call) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return std::nullopt;
  }
  const auto answer =
      ask_sensor(loaded->config.control_socket, std::string(call.request), call.timeout);
  if (!answer) {
    log_error(answer.error().to_string());
    return std::nullopt;
  }
  auto document = JsonDocument::parse(*answer);
  if (!document || !document->root()["ok"].boolean().value_or(false)) {
    log_error(std::string(call.refused) + ": " +
              std::string(document ? document->root()["error"].text() : *answer));
    return std::nullopt;
  }
  return document;
}

}  // namespace saker
