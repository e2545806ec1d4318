// SPDX-License-Identifier: Apache-2.0
// Endpoint: ends of connections as cases have them: 10.0.0.1:80, [::1]:80, or the path of a unix
// socket.
#ifndef SAKER_ENGINE_CASES_ENDPOINT_H
#define SAKER_ENGINE_CASES_ENDPOINT_H

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace saker {

struct Endpoint {
  uint16_t family = 0;                // AF_INET or AF_INET6
  std::array<uint8_t, 16> address{};  // IPv4 in the first four bytes
  uint16_t port = 0;
};

[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);
[[nodiscard]] std::string to_text(const Endpoint& endpoint);

// The bytes of a struct sockaddr; absent: the text is neither an endpoint nor an absolute path.
[[nodiscard]] std::optional<std::string> parse_sockaddr(std::string_view text);
// The reverse; empty for other families and for unix sockets without a path.
[[nodiscard]] std::string sockaddr_text(std::string_view bytes);

}  // namespace saker

#endif  // SAKER_ENGINE_CASES_ENDPOINT_H
