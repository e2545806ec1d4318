// SPDX-License-Identifier: Apache-2.0
// ControlServer: answers requests to a running sensor on a unix socket, from a thread of its own.
//
//   request  = one line, at most kMaxRequestBytes
//   answer   = one line; then the connection is closed
//
// Only root and the sensor's own user are answered: the socket's mode is 0600, and the kernel says
// who is at the other end. A client can hold a place, of which there are kMaxClients, for kTimeout
// before its request is whole and again until it has read the answer. While an answer is waited
// for, it is there as long as the client.
#ifndef SAKER_CMD_CONTROL_SERVER_H
#define SAKER_CMD_CONTROL_SERVER_H

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace saker {

class ControlServer {
 public:
  static constexpr size_t kMaxClients = 16;
  static constexpr size_t kMaxRequestBytes = 4096;
  static constexpr std::chrono::seconds kTimeout{5};

  // Nothing: there is no answer yet; asked again after each wake().
  using Answer = std::function<std::optional<std::string>()>;
  // Both are called on the server's thread and must not block. The request is without its newline.
  using Handler = std::function<Answer(std::string_view request)>;

  // Takes the place of a socket that nobody listens on any more; makes the last directory of the
  // path when it is missing.
  [[nodiscard]] static Result<std::unique_ptr<ControlServer>> start(const std::string& path,
                                                                    Handler handler);
  // Ends the thread, closes all connections and removes the socket.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // Asks for the answers that were not there. From any thread.
  void wake() noexcept;

 private:
  struct Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// {"ok": false, "error": PROBLEM}: the answer to a request that cannot be followed.
[[nodiscard]] std::string refusal(std::string_view problem);

}  // namespace saker

#endif  // SAKER_CMD_CONTROL_SERVER_H
