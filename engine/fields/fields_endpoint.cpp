// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_endpoint.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "engine/event.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

// An address as the kernel has it, in IPv4 form when it is an IPv4-mapped one.
IpAddress to_ip(const uint8_t* bytes, bool is_v6) noexcept {
  constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  IpAddress ip;
  ip.is_v6 = is_v6 && std::memcmp(bytes, kMapped, sizeof(kMapped)) != 0;
  if (ip.is_v6) {
    std::memcpy(ip.bytes.data(), bytes, ip.bytes.size());
  } else {
    std::memcpy(ip.bytes.data(), is_v6 ? bytes + sizeof(kMapped) : bytes, 4);
  }
  return ip;
}

bool is_any(const IpAddress& ip) noexcept {
  return std::ranges::all_of(ip.bytes, [](uint8_t byte) { return byte == 0; });
}

std::optional<SocketAddress> parse_unix(std::string_view bytes, SocketAddress address) noexcept {
  address.path = bytes.substr(std::min(bytes.size(), offsetof(sockaddr_un, sun_path)));
  if (!address.path.starts_with('\0')) {
    address.path = address.path.substr(0, address.path.find('\0'));
  } else if (address.path.find_first_not_of('\0') == std::string_view::npos) {
    address.path = {};
  }
  return address;
}

// IPv4 sockets take AF_UNSPEC for AF_INET in all calls but connect(), which dissolves the
// connection.
std::optional<SocketAddress> parse_inet_address(std::string_view bytes,
                                                const ev_socket* socket) noexcept {
  char inet[sizeof(sockaddr_in)];
  if (socket == nullptr || socket->family != AF_INET || bytes.size() < sizeof(inet) ||
      !bytes.starts_with(std::string_view("\0\0", 2))) {
    return parse_socket_address(bytes);
  }
  std::memcpy(inet, bytes.data(), sizeof(inet));
  constexpr sa_family_t kInet = AF_INET;
  std::memcpy(inet, &kInet, sizeof(kInet));
  return parse_socket_address({inet, sizeof(inet)});
}

// What the call says about the peer, if it says so.
std::optional<SocketAddress> peer_argument(const Event& event, const ev_socket* socket) noexcept {
  static const EventSet kConnects = events_named({"connect"});
  static const EventSet kBinds = events_named({"bind"});
  const Section& section = event.section(EV_SEC_SOCKADDR);
  if (!section || kBinds.test(event.code())) {
    return std::nullopt;
  }
  return kConnects.test(event.code()) ? parse_socket_address(section.bytes)
                                      : parse_inet_address(section.bytes, socket);
}

bool is_datagram(const ev_socket& socket) noexcept {
  return socket.type == SOCK_DGRAM || socket.type == SOCK_RAW;
}

// The kernel's peer is the truth once there is a connection. Before (a failed connect) and for
// datagrams with an address of their own, the argument is.
bool argument_wins(const Event& event, const Connection& c) noexcept {
  if (c.socket == nullptr || !c.has_remote) {
    return true;
  }
  static const EventSet kConnects = events_named({"connect"});
  if (kConnects.test(event.code())) {
    return event.is_asked() || (event.return_value() < 0 && event.return_value() != -EINPROGRESS);
  }
  return is_datagram(*c.socket);
}

// What the socket itself tells of its role; `sends`: this event is about data that goes out.
SocketRole role_of(const ev_socket& socket, const Connection& c, bool sends) noexcept {
  if ((socket.flags & EV_SOCKF_LISTENING) != 0) {
    return SocketRole::kServer;
  }
  const bool bound = c.is_unix() ? socket.peer_ptr == 0 && !c.path.empty()
                                 : (socket.flags & EV_SOCKF_BOUND_PORT) != 0;
  if (!bound) {
    return c.has_remote ? SocketRole::kClient : SocketRole::kNone;
  }
  // A bound datagram socket may be either; who spoke first is not known, so each datagram counts
  // for itself. What is sent shows its destination as the server: rules look for it there.
  const bool speaks =
      is_datagram(socket) && c.has_remote && (sends || (socket.flags & EV_SOCKF_CONNECTED) != 0);
  return speaks ? SocketRole::kClient : SocketRole::kServer;
}

SocketRole role_of(const Event& event, const Connection& c) noexcept {
  if (event.is_asked_at(EV_HOOK_SOCKET_BIND) || event.is_asked_at(EV_HOOK_SOCKET_LISTEN)) {
    return SocketRole::kServer;
  }
  static const EventSet kConnects = events_named({"connect"});
  static const EventSet kAccepts = events_named({"accept", "accept4"});
  if (kConnects.test(event.code())) {
    return SocketRole::kClient;
  }
  if (kAccepts.test(event.code())) {
    return SocketRole::kServer;
  }
  return c.socket != nullptr ? role_of(*c.socket, c, (event.def().flags & kEventWritesFd) != 0)
                             : SocketRole::kNone;
}

void take_kernel_side(Connection& c, const ev_socket& socket) noexcept {
  c.family = socket.family;
  if (!c.is_ip()) {
    c.has_remote = socket.peer_ptr != 0;
    return;
  }
  const bool is_v6 = socket.family == AF_INET6;
  c.local = {to_ip(socket.local_addr, is_v6), socket.local_port};
  c.remote = {to_ip(socket.remote_addr, is_v6), socket.remote_port};
  c.has_remote = socket.remote_port != 0 || !is_any(c.remote.ip);
}

void take_argument(Connection& c, const SocketAddress& address) noexcept {
  if (address.family == AF_UNIX && (c.socket == nullptr || c.is_unix())) {
    c.family = AF_UNIX;
    if (!address.path.empty()) {
      c.path = address.path;
    }
    c.has_remote = true;
  } else if (address.is_ip() && (c.socket == nullptr || c.is_ip())) {
    c.family = address.family;
    c.remote = address.endpoint;
    c.has_remote = true;
  } else if (c.socket == nullptr) {
    c.family = address.family;
  }
}

// The hook is asked before the socket has the address.
void take_asked_address(Connection& c, const Event& event) noexcept {
  const auto address = parse_inet_address(event.section(EV_SEC_SOCKADDR).bytes, c.socket);
  if (address && address->is_ip()) {
    c.family = address->family;
    c.local = address->endpoint;
  }
}

// An IPv6 socket that talks to an IPv4 peer has an IPv4 address of its own, too.
void settle_family(Connection& c) noexcept {
  const bool is_v4 = c.has_remote ? !c.remote.ip.is_v6 : !c.local.ip.is_v6;
  if (is_v4 && is_any(c.local.ip)) {
    c.local.ip.is_v6 = false;
  }
  c.family = is_v4 ? AF_INET : AF_INET6;
}

// Family 0: there is none.
Connection find_connection(const Event& event, size_t slot) noexcept {
  Connection c;
  c.socket = event.socket(slot);
  if (c.socket != nullptr) {
    take_kernel_side(c, *c.socket);
    c.path = event.socket_path(slot);
  }
  if (slot == 0) {
    const auto argument = peer_argument(event, c.socket);
    if (argument && argument_wins(event, c)) {
      take_argument(c, *argument);
    }
  }
  if (event.is_asked_at(EV_HOOK_SOCKET_BIND)) {
    take_asked_address(c, event);
  }
  if (c.family == 0) {
    return c;
  }
  if (c.is_ip()) {
    settle_family(c);
  }
  c.role = slot == 0 ? role_of(event, c) : role_of(*c.socket, c, false);
  return c;
}

std::string_view endpoint_text(Scratch& scratch, const Endpoint& end, bool with_port) noexcept {
  const std::string_view ip = ip_text(scratch, end.ip);
  return with_port ? concat(scratch, {ip, ":", decimal_text(scratch, end.port)}) : ip;
}

std::string_view unix_text(Scratch& scratch, const Connection& c) noexcept {
  const uint64_t own = c.socket != nullptr ? c.socket->ptr : 0;
  const uint64_t peer = c.socket != nullptr ? c.socket->peer_ptr : 0;
  const std::string_view path = replaced_text(scratch, c.path, '\0', '@');
  if (!c.has_remote) {
    return path;
  }
  const bool is_server = c.role == SocketRole::kServer;
  return concat(scratch, {hex_text(scratch, is_server ? peer : own), "->",
                          hex_text(scratch, is_server ? own : peer), " ", path});
}

}  // namespace

bool SocketAddress::is_ip() const noexcept { return family == AF_INET || family == AF_INET6; }

std::optional<SocketAddress> parse_socket_address(std::string_view bytes) noexcept {
  SocketAddress address;
  if (bytes.size() < sizeof(address.family)) {
    return std::nullopt;
  }
  std::memcpy(&address.family, bytes.data(), sizeof(address.family));
  switch (address.family) {
    case AF_INET: {
      sockaddr_in in{};
      if (bytes.size() < offsetof(sockaddr_in, sin_zero)) {
        return std::nullopt;
      }
      std::memcpy(&in, bytes.data(), offsetof(sockaddr_in, sin_zero));
      address.endpoint.port = ntohs(in.sin_port);
      std::memcpy(address.endpoint.ip.bytes.data(), &in.sin_addr, sizeof(in.sin_addr));
      return address;
    }
    case AF_INET6: {
      sockaddr_in6 in{};
      if (bytes.size() < offsetof(sockaddr_in6, sin6_scope_id)) {
        return std::nullopt;
      }
      std::memcpy(&in, bytes.data(), offsetof(sockaddr_in6, sin6_scope_id));
      address.endpoint.port = ntohs(in.sin6_port);
      address.endpoint.ip = to_ip(in.sin6_addr.s6_addr, true);
      address.family = address.endpoint.ip.is_v6 ? AF_INET6 : AF_INET;
      return address;
    }
    case AF_UNIX:
      return parse_unix(bytes, address);
    default:
      return address;
  }
}

const Connection* connection_of(const Event& event, size_t slot) noexcept {
  if (!event.is_matchable() ||
      (event.socket(slot) == nullptr && (slot != 0 || !event.section(EV_SEC_SOCKADDR)))) {
    return nullptr;
  }
  std::optional<Connection>& known = event.connection(slot);
  if (!known) {
    known = find_connection(event, slot);
  }
  return known->family != 0 ? &*known : nullptr;
}

std::string_view connection_text(const Event& event, const Connection& c) noexcept {
  Scratch& scratch = event.scratch();
  if (c.is_unix()) {
    return unix_text(scratch, c);
  }
  if (!c.is_ip() || (!c.has_remote && !c.has_only_local())) {
    return {};
  }
  const std::string_view l4proto = c.l4proto();
  const bool with_ports = l4proto != "icmp" && l4proto != "raw";
  if (c.has_only_local()) {
    return endpoint_text(scratch, c.local, with_ports);
  }
  return concat(scratch, {endpoint_text(scratch, c.client(), with_ports), "->",
                          endpoint_text(scratch, c.server(), with_ports)});
}

Value tuple_value(const Event& event) noexcept {
  const Connection* connection = connection_of(event);
  if (connection == nullptr) {
    return Value::missing();
  }
  Scratch& scratch = event.scratch();
  if (!connection->is_ip() && !connection->is_unix()) {
    return Value::of_text(concat(scratch, {"family ", decimal_text(scratch, connection->family)}));
  }
  return connection->has_remote ? Value::of_text(connection_text(event, *connection))
                                : Value::missing();
}

Value sockaddr_value(const Event& event) noexcept {
  const auto address = parse_socket_address(event.section(EV_SEC_SOCKADDR).bytes);
  if (!address) {
    return Value::missing();
  }
  Scratch& scratch = event.scratch();
  if (address->is_ip()) {
    return Value::of_text(endpoint_text(scratch, address->endpoint, true));
  }
  if (address->family == AF_UNIX) {
    return Value::of_text(replaced_text(scratch, address->path, '\0', '@'));
  }
  return Value::of_text(concat(scratch, {"family ", decimal_text(scratch, address->family)}));
}

}  // namespace saker
