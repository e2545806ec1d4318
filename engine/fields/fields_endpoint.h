// SPDX-License-Identifier: Apache-2.0
// How the connection of an event (connection.h) is found and shown.
#ifndef SAKER_ENGINE_FIELDS_FIELDS_ENDPOINT_H
#define SAKER_ENGINE_FIELDS_FIELDS_ENDPOINT_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/connection.h"
#include "engine/value.h"

namespace saker {

class Event;

// A struct sockaddr as captured. Only the members that its family has are set.
struct SocketAddress {
  uint16_t family = 0;
  Endpoint endpoint;      // AF_INET, AF_INET6
  std::string_view path;  // AF_UNIX, without final NULs; abstract names keep their first one

  [[nodiscard]] bool is_ip() const noexcept;
};
// Nothing for bytes too short for their family.
[[nodiscard]] std::optional<SocketAddress> parse_socket_address(std::string_view bytes) noexcept;

// Null when the event is not about a socket. Slot 1 is the other descriptor of calls with two.
// Found once per event, and valid as long as it.
[[nodiscard]] const Connection* connection_of(const Event& event, size_t slot = 0) noexcept;
// CIP:CPORT->SIP:SPORT, IP:PORT, or "HEX->HEX PATH" of a unix socket; empty without addresses.
[[nodiscard]] std::string_view connection_text(const Event& event,
                                               const Connection& connection) noexcept;

// Values of event parameters of type kSockTuple and kSockAddr.
Value tuple_value(const Event& event) noexcept;
Value sockaddr_value(const Event& event) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_FIELDS_FIELDS_ENDPOINT_H
