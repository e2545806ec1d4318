// SPDX-License-Identifier: Apache-2.0
// Connection: the two ends of the socket that an event is about, and which of them is the server.
//
// Addresses come from the kernel's socket; where that has no peer (datagrams, a connect that did
// not succeed) from the address that the call was given or returned.
#ifndef SAKER_ENGINE_CONNECTION_H
#define SAKER_ENGINE_CONNECTION_H

#include <cstdint>
#include <string_view>

#include "engine/value.h"
#include "probes/wire.h"

namespace saker {

struct Endpoint {
  IpAddress ip;
  uint16_t port = 0;
};

enum class SocketRole : uint8_t { kNone, kClient, kServer };

struct Connection {
  const ev_socket* socket = nullptr;  // null: the call failed before it had one
  uint16_t family = 0;                // AF_INET also for IPv4 through an IPv6 socket
  Endpoint local;                     // ip sockets
  Endpoint remote;
  std::string_view path;  // unix sockets
  bool has_remote = false;
  SocketRole role = SocketRole::kNone;

  [[nodiscard]] bool is_ip() const noexcept;
  [[nodiscard]] bool is_unix() const noexcept;
  // Bound or listening: one end, which is the server's.
  [[nodiscard]] bool has_only_local() const noexcept;
  // Requires: role is not kNone.
  [[nodiscard]] const Endpoint& client() const noexcept;
  [[nodiscard]] const Endpoint& server() const noexcept;
  // "tcp", "udp", "icmp" or "raw"; empty for other protocols.
  [[nodiscard]] std::string_view l4proto() const noexcept;
};

}  // namespace saker

#endif  // SAKER_ENGINE_CONNECTION_H
