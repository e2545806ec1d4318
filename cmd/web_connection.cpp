// SPDX-License-Identifier: Apache-2.0
#include "cmd/web_connection.h"

#include <poll.h>

#include <array>
#include <optional>
#include <string_view>

namespace saker {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
// What a client may send behind its request before it is cut off.
constexpr size_t kMaxLingerBytes = 65536;

}  // namespace

bool WebConnection::advance(const WebServer::Handler& handler) {
  while (step_ != Step::kOver) {
    const Stream::Next next = step_ == Step::kRead    ? read(handler)
                              : step_ == Step::kWrite ? write()
                                                      : linger();
    if (next == Stream::Next::kClosed) {
      return false;
    }
    if (next != Stream::Next::kGoOn) {
      awaited_ = next == Stream::Next::kWaitForRead ? POLLIN : POLLOUT;
      return true;
    }
  }
  return false;
}

Stream::Next WebConnection::read(const WebServer::Handler& handler) {
  std::array<char, 2048> buffer{};
  const auto [next, bytes] = stream_->read(buffer);
  request_.append(buffer.data(), bytes);
  if (next == Stream::Next::kGoOn && (request_.find(kEndOfHead) != std::string::npos ||
                                      request_.size() > WebServer::kMaxRequestBytes)) {
    response_ = answer(handler);
    step_ = Step::kWrite;
  }
  return next;
}

std::string WebConnection::answer(const WebServer::Handler& handler) const {
  const size_t end = request_.find(kEndOfHead);
  if (end == std::string::npos) {
    return render_response(plain_response(431), true);
  }
  const std::optional<HttpRequest> request =
      parse_request_head(std::string_view(request_).substr(0, end));
  if (!request) {
    return render_response(plain_response(400), true);
  }
  const bool is_head = request->method == "HEAD";
  if (!is_head && request->method != "GET") {
    return render_response(plain_response(405), true);
  }
  return render_response(handler(request->path), !is_head);
}

Stream::Next WebConnection::write() {
  const auto [next, bytes] = stream_->write(std::string_view(response_).substr(written_));
  written_ += bytes;
  if (written_ == response_.size()) {
    stream_->end_writing();
    step_ = Step::kLinger;
  }
  return next;
}

// Closing a socket with unread bytes resets the connection, and the client may lose the answer: so
// they are read until the client has closed its side.
Stream::Next WebConnection::linger() {
  std::array<char, 2048> buffer{};
  const auto [next, bytes] = stream_->read(buffer);
  lingered_ += bytes;
  if (lingered_ > kMaxLingerBytes) {
    step_ = Step::kOver;
  }
  return next;
}

}  // namespace saker
