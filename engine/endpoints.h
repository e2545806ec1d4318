// SPDX-License-Identifier: Apache-2.0
// Endpoints: the two ends of an event's socket and who is client and who is server.
//
// Read from the kernel's socket (EV_SEC_SOCKET); the address that the call passed or returned
// (EV_SEC_SOCKADDR) completes it where the socket has no peer: datagrams and failed connects.
// Texts go to the event's Scratch. Nothing here allocates or fails.
#ifndef SAKER_ENGINE_ENDPOINTS_H
#define SAKER_ENGINE_ENDPOINTS_H

#include <cstdint>
#include <string_view>

#include "engine/event.h"
#include "engine/value.h"

namespace saker {

enum class SocketRole : uint8_t { kNone, kClient, kServer };

struct Endpoint {
  IpAddress address;
  uint16_t port = 0;
};

struct Endpoints {
  const ev_socket* socket = nullptr;  // null: the slot holds no socket
  bool is_ip = false;
  bool is_unix = false;
  bool is_v6 = false;      // IPv4-mapped addresses are IPv4
  bool has_peer = false;   // ip: the remote end is known
  bool has_local = false;  // ip: bound to a port
  SocketRole role = SocketRole::kNone;
  Endpoint local;
  Endpoint remote;

  // Requires of both: role is not kNone.
  [[nodiscard]] const Endpoint& client() const noexcept {
    return role == SocketRole::kClient ? local : remote;
  }
  [[nodiscard]] const Endpoint& server() const noexcept {
    return role == SocketRole::kClient ? remote : local;
  }
  // Ports mean nothing for raw and ICMP sockets.
  [[nodiscard]] bool has_ports() const noexcept;
};

[[nodiscard]] Endpoints endpoints_of(const Event& event, size_t slot = 0) noexcept;

// "tcp", "udp", "icmp", "raw"; empty for another socket.
[[nodiscard]] std::string_view protocol_name(const ev_socket& socket) noexcept;
// As rules see the name of a socket: "CIP:CPORT->SIP:SPORT", "IP:PORT", "HEX->HEX PATH", PATH.
[[nodiscard]] std::string_view socket_name(const Event& event, size_t slot = 0) noexcept;

// Parameters `tuple` and `addr` of network events.
[[nodiscard]] Value tuple_value(const Event& event) noexcept;
[[nodiscard]] Value sockaddr_value(const Event& event) noexcept;

// "10.0.0.1", "::1". `text` must have room for INET6_ADDRSTRLEN bytes.
[[nodiscard]] std::string_view format_address(const IpAddress& address, char* text) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_ENDPOINTS_H
