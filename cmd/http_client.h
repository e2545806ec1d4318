// SPDX-License-Identifier: Apache-2.0
// A GET over HTTP or HTTPS, for `saker top`.
#ifndef SAKER_CMD_HTTP_CLIENT_H
#define SAKER_CMD_HTTP_CLIENT_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace saker {

struct Url {
  bool is_tls = false;
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  std::string path;

  friend bool operator==(const Url&, const Url&) = default;
};
// http[s]://HOST[:PORT][/PATH]; nothing when the text is not like that.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

struct HttpReply {
  int status = 0;
  std::string body;
};
// What comes back within `timeout`; at most 16 MiB. An error that is a refused connection has
// ECONNREFUSED.
[[nodiscard]] Result<HttpReply> http_get(const Url& url, std::chrono::milliseconds timeout);

}  // namespace saker

#endif  // SAKER_CMD_HTTP_CLIENT_H
