// SPDX-License-Identifier: Apache-2.0
#include "cmd/http_client.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

#include "cmd/stream.h"
#include "cmd/tls.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxReplyBytes = size_t{16} << 20;

// 0: it is ready; else ETIMEDOUT or what poll() said.
int wait_for(int fd, short events, Clock::time_point deadline) {
  pollfd waited{fd, events, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const int ready = ::poll(&waited, 1, std::max(0, static_cast<int>(left.count())));
    if (ready > 0) {
      return 0;
    }
    if (ready == 0) {
      return ETIMEDOUT;
    }
    if (errno != EINTR) {
      return errno;
    }
  }
}

// 0 or an errno.
int connect_to(const UniqueFd& fd, const addrinfo& address, Clock::time_point deadline) {
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) {
    return 0;
  }
  if (errno != EINPROGRESS) {
    return errno;
  }
  if (const int failed = wait_for(fd.get(), POLLOUT, deadline); failed != 0) {
    return failed;
  }
  int error = 0;
  socklen_t size = sizeof(error);
  return ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

Result<UniqueFd> connect_to(const Url& url, Clock::time_point deadline) {
  const std::string what = "cannot connect to " + url.host + " port " + url.port;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failed = ::getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
      failed != 0) {
    return Error{what, 0, ::gai_strerror(failed)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
  int error = 0;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    UniqueFd fd(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    error = fd ? connect_to(fd, *address, deadline) : errno;
    if (error == 0) {
      return fd;
    }
  }
  return Error{what, error, ""};
}

// Waits for what the stream waits for; an error when there is nothing to wait for any more.
Result<void> wait_for(const Stream& stream, Stream::Next next, Clock::time_point deadline) {
  if (next == Stream::Next::kClosed) {
    return Error{"the connection has ended", 0, stream.problem()};
  }
  if (next != Stream::Next::kGoOn) {
    const short events = next == Stream::Next::kWaitForRead ? POLLIN : POLLOUT;
    if (const int failed = wait_for(stream.fd(), events, deadline); failed != 0) {
      return Error{"no answer from the server", failed, ""};
    }
  }
  return {};
}

Result<void> send_all(Stream& stream, std::string_view text, Clock::time_point deadline) {
  while (!text.empty()) {
    const auto [next, bytes] = stream.write(text);
    text.remove_prefix(bytes);
    if (Result<void> waited = wait_for(stream, next, deadline); !waited) {
      return waited;
    }
  }
  return {};
}

// Until the server closes its side.
Result<std::string> read_all(Stream& stream, Clock::time_point deadline) {
  std::string text;
  std::array<char, 16384> buffer{};
  while (true) {
    const auto [next, bytes] = stream.read(buffer);
    text.append(buffer.data(), bytes);
    if (text.size() > kMaxReplyBytes) {
      return Error{"the server's answer is too long", 0, ""};
    }
    if (next == Stream::Next::kClosed && !text.empty()) {
      return text;
    }
    if (Result<void> waited = wait_for(stream, next, deadline); !waited) {
      return std::move(waited).error();
    }
  }
}

Result<HttpReply> parse_reply(std::string_view text) {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  constexpr size_t kStatusAt = 9;  // behind "HTTP/1.1 "
  HttpReply reply;
  const size_t end = text.find(kEndOfHead);
  if (end == text.npos || !text.starts_with("HTTP/1.") || text.size() < kStatusAt + 3 ||
      std::from_chars(text.data() + kStatusAt, text.data() + kStatusAt + 3, reply.status).ec !=
          std::errc()) {
    return Error{"the server does not speak HTTP", 0, ""};
  }
  reply.body = text.substr(end + kEndOfHead.size());
  return reply;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  url.is_tls = text.starts_with("https://");
  if (!url.is_tls && !text.starts_with("http://")) {
    return std::nullopt;
  }
  text.remove_prefix(text.find("://") + 3);
  const size_t slash = std::min(text.find('/'), text.size());
  url.path = slash == text.size() ? "/" : text.substr(slash);
  std::string_view authority = text.substr(0, slash);
  if (authority.starts_with('[')) {
    const size_t end = authority.find(']');
    if (end == authority.npos) {
      return std::nullopt;
    }
    url.host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
  } else {
    url.host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(url.host.size());
  }
  url.port = authority.empty() ? (url.is_tls ? ":443" : ":80") : authority;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto is_printable = [](char c) { return c > ' ' && c < 127; };
  if (url.host.empty() || url.port.size() < 2 || url.port.front() != ':' ||
      !std::ranges::all_of(url.port.substr(1), is_digit) ||
      !std::ranges::all_of(url.path, is_printable)) {
    return std::nullopt;
  }
  url.port.erase(0, 1);
  return url;
}

Result<HttpReply> http_get(const Url& url, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  Result<UniqueFd> fd = connect_to(url, deadline);
  if (!fd) {
    return std::move(fd).error();
  }
  std::unique_ptr<TlsContext> tls;
  std::unique_ptr<Stream> stream;
  if (url.is_tls) {
    auto made = TlsContext::for_client();
    if (!made) {
      return std::move(made).error();
    }
    tls = std::move(*made);
    stream = tls->connect(std::move(*fd), url.host);
  } else {
    stream = std::make_unique<Stream>(std::move(*fd));
  }
  if (stream == nullptr) {
    return Error{"cannot prepare TLS", 0, ""};
  }
  // HTTP/1.0: the answer is one piece and ends with the connection.
  const std::string request =
      "GET " + url.path + " HTTP/1.0\r\nHost: " + url.host + "\r\nAccept: */*\r\n\r\n";
  if (Result<void> sent = send_all(*stream, request, deadline); !sent) {
    return std::move(sent).error();
  }
  Result<std::string> answer = read_all(*stream, deadline);
  if (!answer) {
    return std::move(answer).error();
  }
  return parse_reply(*answer);
}

}  // namespace saker
