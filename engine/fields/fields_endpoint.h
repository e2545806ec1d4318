// SPDX-License-Identifier: Apache-2.0
// Connection: the two ends of the socket that an event is about, and which of them is the server.
//
// Addresses come from the kernel's socket; where that has no peer (datagrams, a connect that did
// not succeed) from the address that the call was given or returned.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_ENDPOINT_H
#define SAKER_ENGINE_FIELDS_FIELDS_ENDPOINT_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/value.h"
#include "probes/wire.h"

namespace saker {

class Event;

struct Endpoint {
  IpAddress ip;
  uint16_t port = 0;
};

// A struct sockaddr as captured. Only the members that its family has are set.
struct SocketAddress {
  uint16_t family = 0;
  Endpoint endpoint;      // AF_INET, AF_INET6
  std::string_view path;  // AF_UNIX, without final NULs; abstract names keep their first one

  [[nodiscard]] bool is_ip() const noexcept;
};
// Nothing for bytes too short for their family.
[[nodiscard]] std::optional<SocketAddress> parse_socket_address(std::string_view bytes) noexcept;

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
// Nothing when the event is not about a socket. Slot 1 is the other descriptor of calls with two.
[[nodiscard]] std::optional<Connection> connection_of(const Event& event, size_t slot = 0) noexcept;
// CIP:CPORT->SIP:SPORT, IP:PORT, or "HEX->HEX PATH" of a unix socket; empty without addresses.
[[nodiscard]] std::string_view connection_text(const Event& event,
                                               const Connection& connection) noexcept;

// Values of event parameters of type kSockTuple and kSockAddr.
Value tuple_value(const Event& event) noexcept;
Value sockaddr_value(const Event& event) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_ENDPOINT_H
