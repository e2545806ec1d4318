// SPDX-License-Identifier: Apache-2.0
#include "engine/connection.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace saker {

bool Connection::is_ip() const noexcept { return family == AF_INET || family == AF_INET6; }
bool Connection::is_unix() const noexcept { return family == AF_UNIX; }
bool Connection::has_only_local() const noexcept { return !has_remote && local.port != 0; }
const Endpoint& Connection::client() const noexcept {
  return role == SocketRole::kClient ? local : remote;
}
const Endpoint& Connection::server() const noexcept {
  return role == SocketRole::kClient ? remote : local;
}

std::string_view Connection::l4proto() const noexcept {
  if (socket == nullptr || !is_ip()) {
    return {};
  }
  if (socket->type == SOCK_RAW) {
    return "raw";
  }
  switch (socket->protocol) {
    case IPPROTO_TCP:
      return "tcp";
    case IPPROTO_UDP:
      return "udp";
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6:
      return "icmp";
    case IPPROTO_IP:
      return socket->type == SOCK_STREAM ? "tcp" : socket->type == SOCK_DGRAM ? "udp" : "";
    default:
      return {};
  }
}

}  // namespace saker
