// SPDX-License-Identifier: Apache-2.0
#include "engine/endpoints.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace saker {
namespace {

// Large enough for two IPv6 addresses with ports, or two pointers and a unix path.
constexpr size_t kNameBytes = 2 * INET6_ADDRSTRLEN + 2 * sizeof(":65535") + sizeof("->") + 128;

constexpr uint8_t kTcpListen = 10;

bool is_zero(const IpAddress& address) {
  return std::all_of(address.bytes.begin(), address.bytes.end(), [](uint8_t b) { return b == 0; });
}

IpAddress make_address(uint16_t family, const uint8_t* bytes) {
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  IpAddress address;
  if (family == AF_INET) {
    std::memcpy(address.bytes.data(), bytes, 4);
  } else if (std::memcmp(bytes, kMapped, sizeof(kMapped)) == 0) {
    std::memcpy(address.bytes.data(), bytes + sizeof(kMapped), 4);
  } else {
    std::memcpy(address.bytes.data(), bytes, 16);
    address.is_v6 = true;
  }
  return address;
}

// An IPv4 or IPv6 address as user space writes it; false: of another family or too short.
bool parse_sockaddr(std::string_view bytes, Endpoint& endpoint) {
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() < sizeof(family)) {
    return false;
  }
  std::memcpy(&family, bytes.data(), sizeof(family));
  if (family == AF_INET && bytes.size() >= offsetof(sockaddr_in, sin_zero)) {
    sockaddr_in in{};
    std::memcpy(&in, bytes.data(), std::min(bytes.size(), sizeof(in)));
    endpoint.port = ntohs(in.sin_port);
    uint8_t raw[4];
    std::memcpy(raw, &in.sin_addr, sizeof(raw));
    endpoint.address = make_address(AF_INET, raw);
    return true;
  }
  if (family == AF_INET6 && bytes.size() >= offsetof(sockaddr_in6, sin6_scope_id)) {
    sockaddr_in6 in{};
    std::memcpy(&in, bytes.data(), std::min(bytes.size(), sizeof(in)));
    endpoint.port = ntohs(in.sin6_port);
    endpoint.address = make_address(AF_INET6, in.sin6_addr.s6_addr);
    return true;
  }
  return false;
}

// Path of a unix address; an abstract one starts with '@' in place of its NUL.
std::string_view unix_path(std::string_view sun_path, Scratch& scratch) {
  if (sun_path.empty() || sun_path[0] != '\0') {
    return sun_path.substr(0, sun_path.find('\0'));
  }
  if (sun_path.size() == 1) {
    return {};
  }
  const std::span<char> copy = scratch.allocate<char>(sun_path.size());
  if (copy.empty()) {
    return {};
  }
  std::copy(sun_path.begin(), sun_path.end(), copy.begin());
  copy[0] = '@';
  return {copy.data(), copy.size()};
}

// sun_path of the address the call passed or returned; empty when it is not a unix one.
std::string_view sockaddr_path(const Event& event) {
  const std::string_view bytes = event.section(EV_SEC_SOCKADDR).bytes;
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() <= sizeof(family)) {
    return {};
  }
  std::memcpy(&family, bytes.data(), sizeof(family));
  return family == AF_UNIX ? unix_path(bytes.substr(sizeof(family)), event.scratch())
                           : std::string_view();
}

bool is_accept(const Event& event) {
  return event.def().name == "accept" || event.def().name == "accept4";
}

SocketRole role_of(const Event& event, size_t slot, const ev_socket& socket) {
  if (slot == 0 && is_accept(event)) {
    return SocketRole::kServer;
  }
  if (slot == 0 && event.def().name == "connect") {
    return SocketRole::kClient;
  }
  return (socket.flags & (EV_SOCKF_BOUND_PORT | EV_SOCKF_LISTENING)) != 0 ? SocketRole::kServer
                                                                          : SocketRole::kClient;
}

size_t write_endpoint(const Endpoint& endpoint, bool with_port, char* out, size_t room) {
  char text[INET6_ADDRSTRLEN];
  const std::string_view address = format_address(endpoint.address, text);
  const int size = with_port ? std::snprintf(out, room, "%.*s:%u", static_cast<int>(address.size()),
                                             address.data(), unsigned{endpoint.port})
                             : std::snprintf(out, room, "%.*s", static_cast<int>(address.size()),
                                             address.data());
  return static_cast<size_t>(size);
}

std::string_view ip_name(const Event& event, const Endpoints& ends) {
  char text[kNameBytes];
  size_t size = 0;
  if (ends.has_peer) {
    const bool ports = ends.has_ports();
    size = write_endpoint(ends.client(), ports, text, sizeof(text));
    text[size++] = '-';
    text[size++] = '>';
    size += write_endpoint(ends.server(), ports, text + size, sizeof(text) - size);
  } else if (ends.has_local) {
    size = write_endpoint(ends.local, true, text, sizeof(text));
  }
  return event.scratch().store({text, size});
}

std::string_view unix_name(const Event& event, const Endpoints& ends, size_t slot) {
  const ev_socket& socket = *ends.socket;
  std::string_view path = unix_path(event.socket_path(slot), event.scratch());
  if (slot == 0 && path.empty()) {
    path = sockaddr_path(event);
  }
  if (socket.peer_ptr == 0) {
    return path;
  }
  const bool inbound = ends.role == SocketRole::kServer;
  char text[kNameBytes];
  const int size = std::snprintf(text, sizeof(text), "%" PRIx64 "->%" PRIx64 " %.*s",
                                 uint64_t{inbound ? socket.peer_ptr : socket.ptr},
                                 uint64_t{inbound ? socket.ptr : socket.peer_ptr},
                                 static_cast<int>(path.size()), path.data());
  return event.scratch().store({text, std::min(static_cast<size_t>(size), sizeof(text) - 1)});
}

}  // namespace

bool Endpoints::has_ports() const noexcept {
  return socket != nullptr && socket->type != SOCK_RAW && socket->protocol != IPPROTO_ICMP &&
         socket->protocol != IPPROTO_ICMPV6;
}

Endpoints endpoints_of(const Event& event, size_t slot) noexcept {
  Endpoints ends;
  ends.socket = event.socket(slot);
  if (ends.socket == nullptr) {
    return ends;
  }
  const ev_socket& socket = *ends.socket;
  ends.is_unix = socket.family == AF_UNIX;
  ends.is_ip = socket.family == AF_INET || socket.family == AF_INET6;
  if (ends.is_unix) {
    ends.role = role_of(event, slot, socket);
    return ends;
  }
  if (!ends.is_ip) {
    return ends;
  }
  const bool is_listening = (socket.flags & EV_SOCKF_LISTENING) != 0 ||
                            (socket.type == SOCK_STREAM && socket.state == kTcpListen);
  ends.local = {make_address(socket.family, socket.local_addr), socket.local_port};
  ends.remote = {make_address(socket.family, socket.remote_addr), socket.remote_port};
  ends.has_local = socket.local_port != 0;
  ends.has_peer = !is_listening && (socket.remote_port != 0 || !is_zero(ends.remote.address));
  // bind's address is our own end.
  if (slot == 0 && !ends.has_peer && !is_listening && event.def().name != "bind") {
    ends.has_peer = parse_sockaddr(event.section(EV_SEC_SOCKADDR).bytes, ends.remote);
  }
  // A dual-stack socket that talks IPv4 may still show "::" as its own address.
  if (ends.has_peer && !ends.remote.address.is_v6 && is_zero(ends.local.address)) {
    ends.local.address.is_v6 = false;
  }
  ends.is_v6 = ends.has_peer ? ends.remote.address.is_v6 : ends.local.address.is_v6;
  if (ends.has_peer || ends.has_local) {
    ends.role = role_of(event, slot, socket);
  }
  return ends;
}

std::string_view protocol_name(const ev_socket& socket) noexcept {
  if (socket.family != AF_INET && socket.family != AF_INET6) {
    return {};
  }
  if (socket.protocol == IPPROTO_ICMP || socket.protocol == IPPROTO_ICMPV6) {
    return "icmp";
  }
  switch (socket.type) {
    case SOCK_STREAM:
      return "tcp";
    case SOCK_DGRAM:
      return "udp";
    case SOCK_RAW:
      return "raw";
    default:
      return {};
  }
}

std::string_view socket_name(const Event& event, size_t slot) noexcept {
  const Endpoints ends = endpoints_of(event, slot);
  if (ends.is_ip) {
    return ip_name(event, ends);
  }
  return ends.is_unix ? unix_name(event, ends, slot) : std::string_view();
}

Value tuple_value(const Event& event) noexcept {
  const Endpoints ends = endpoints_of(event);
  const bool has_tuple = ends.is_unix ? ends.socket->peer_ptr != 0 : ends.has_peer;
  return has_tuple ? Value::of_text(socket_name(event)) : Value::missing();
}

Value sockaddr_value(const Event& event) noexcept {
  const std::string_view bytes = event.section(EV_SEC_SOCKADDR).bytes;
  sa_family_t family = AF_UNSPEC;
  if (bytes.size() < sizeof(family)) {
    return Value::missing();
  }
  Endpoint endpoint;
  char text[kNameBytes];
  if (parse_sockaddr(bytes, endpoint)) {
    const size_t size = write_endpoint(endpoint, true, text, sizeof(text));
    return Value::of_text(event.scratch().store({text, size}));
  }
  std::memcpy(&family, bytes.data(), sizeof(family));
  if (family == AF_UNIX) {
    return Value::of_text(sockaddr_path(event));
  }
  const int size = std::snprintf(text, sizeof(text), "family %u", unsigned{family});
  return Value::of_text(event.scratch().store({text, static_cast<size_t>(size)}));
}

std::string_view format_address(const IpAddress& address, char* text) noexcept {
  const char* done =
      ::inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, INET6_ADDRSTRLEN);
  return done != nullptr ? std::string_view(done) : std::string_view();
}

}  // namespace saker
