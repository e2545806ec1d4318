// SPDX-License-Identifier: Apache-2.0
// WebConnection: one request and its answer on a stream, without waiting.
#ifndef SAKER_CMD_WEB_CONNECTION_H
#define SAKER_CMD_WEB_CONNECTION_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "cmd/stream.h"
#include "cmd/web_server.h"

namespace saker {

class WebConnection {
 public:
  using Clock = std::chrono::steady_clock;

  WebConnection(std::unique_ptr<Stream> stream, Clock::time_point deadline) noexcept
      : stream_(std::move(stream)), deadline_(deadline) {}

  // Goes on as far as it can; false: it is over.
  [[nodiscard]] bool advance(const WebServer::Handler& handler);
  [[nodiscard]] int fd() const noexcept { return stream_->fd(); }
  // What to poll for before advance() is called again.
  [[nodiscard]] short awaited() const noexcept { return awaited_; }
  // It is over then, whatever has happened.
  [[nodiscard]] Clock::time_point deadline() const noexcept { return deadline_; }

 private:
  enum class Step : uint8_t { kRead, kWrite, kLinger, kOver };

  // Each goes on until it has to wait, or takes the next step.
  [[nodiscard]] Stream::Next read(const WebServer::Handler& handler);
  [[nodiscard]] Stream::Next write();
  [[nodiscard]] Stream::Next linger();
  [[nodiscard]] std::string answer(const WebServer::Handler& handler) const;

  std::unique_ptr<Stream> stream_;
  Clock::time_point deadline_;
  Step step_ = Step::kRead;
  short awaited_ = 0;
  std::string request_;
  std::string response_;
  size_t written_ = 0;
  size_t lingered_ = 0;
};

}  // namespace saker

#endif  // SAKER_CMD_WEB_CONNECTION_H
