// SPDX-License-Identifier: Apache-2.0
// Addresses, ports and roles of sockets.
#include <algorithm>
#include <optional>
#include <string_view>

#include "engine/event.h"
#include "engine/fields/fields_descriptor.h"
#include "engine/fields/fields_endpoint.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"
#include "engine/state/hosts.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// An end of an IP connection that the event knows, or null.
using EndReader = const Endpoint* (*)(const Connection&) noexcept;

const Endpoint* client_end(const Connection& c) noexcept {
  return c.has_remote && c.role != SocketRole::kNone ? &c.client() : nullptr;
}
const Endpoint* server_end(const Connection& c) noexcept {
  if (c.has_only_local()) {
    return &c.local;
  }
  return c.has_remote && c.role != SocketRole::kNone ? &c.server() : nullptr;
}
const Endpoint* local_end(const Connection& c) noexcept {
  return c.has_remote || c.has_only_local() ? &c.local : nullptr;
}
const Endpoint* remote_end(const Connection& c) noexcept {
  return c.has_remote ? &c.remote : nullptr;
}

using PartReader = Value (*)(const Event&, const Endpoint&) noexcept;

Value address(const Event&, const Endpoint& end) noexcept { return Value::of_ip(end.ip); }
Value port(const Event&, const Endpoint& end) noexcept { return Value::of_uint(end.port); }
Value names(const Event& event, const Endpoint& end) noexcept {
  return Value::of_list(event.world().hosts->names_of(end.ip));
}
Value service(const Event& event, const Endpoint& end) noexcept {
  return Value::of_text(decimal_text(event.scratch(), end.port));
}

template <EndReader End, PartReader Part>
Value part(const Event& event, const FieldArgs&) noexcept {
  const Connection* connection = connection_of(event);
  const Endpoint* end = connection != nullptr && connection->is_ip() ? End(*connection) : nullptr;
  return end != nullptr ? Part(event, *end) : Value::missing();
}

// Both ends as a list. A wildcard address with a peer is not the address of an end: the socket of
// a datagram is not bound to one.
template <PartReader Part>
Value ends(const Event& event, const FieldArgs&) noexcept {
  const Connection* connection = connection_of(event);
  if (connection == nullptr || !connection->is_ip()) {
    return Value::missing();
  }
  const bool is_wildcard =
      std::ranges::all_of(connection->local.ip.bytes, [](uint8_t byte) { return byte == 0; });
  Value found[2];
  size_t count = 0;
  if (connection->has_remote) {
    found[count++] = Part(event, connection->remote);
  }
  if (local_end(*connection) != nullptr && !(connection->has_remote && is_wildcard)) {
    found[count++] = Part(event, connection->local);
  }
  const std::span<Value> list = event.scratch().allocate<Value>(count);
  std::copy_n(found, list.size(), list.begin());
  return list.empty() ? Value::missing() : Value::of_list(list);
}

Value protocol(const Event& event, const FieldArgs&) noexcept {
  if (descriptor_kind(event) == nullptr) {
    return Value::missing();
  }
  const Connection* connection = connection_of(event);
  const std::string_view name = connection != nullptr ? connection->l4proto() : std::string_view();
  const bool has_role = connection != nullptr && connection->role != SocketRole::kNone;
  return Value::of_text(!name.empty() && (has_role || name == "raw") ? name : kNotAvailable);
}

Value family(const Event& event, const FieldArgs&) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  if (kind == nullptr || !kind->is_socket()) {
    return Value::missing();
  }
  return Value::of_text(kind->group == DescriptorKind::Group::kUnix ? "unix" : "ip");
}

// A fact about the socket: false for other descriptors, missing when the descriptor is not known.
template <bool (*Test)(const Event&, const Connection&) noexcept>
Value socket_is(const Event& event, const FieldArgs&) noexcept {
  if (descriptor_kind(event) == nullptr) {
    return Value::missing();
  }
  const Connection* connection = connection_of(event);
  return Value::of_bool(connection != nullptr && Test(event, *connection));
}
bool is_server(const Event&, const Connection& c) noexcept { return c.role == SocketRole::kServer; }
bool is_connected(const Event&, const Connection& c) noexcept {
  return c.socket != nullptr && (c.socket->flags & EV_SOCKF_CONNECTED) != 0;
}
bool has_new_peer(const Event& event, const Connection&) noexcept { return event.peer_changed(); }

constexpr uint16_t kEndsFlags = kFieldConditionOnly | kFieldNoRhs | kFieldNoTransformer;
constexpr uint16_t kNameFlags = kFieldNoRhs | kFieldNoTransformer;

constexpr std::string_view kProtocols[] = {"tcp", "udp", "icmp", "raw", kNotAvailable};
constexpr std::string_view kFamilies[] = {"ip", "unix"};

constexpr FieldDef kFields[] = {
    {"fd.ip", kIpAddr, kNone, "Address of either end.", ends<address>, kEnds, kDecimal, kEndsFlags},
    {"fd.cip", kIpAddr, kNone, "Address of the client.", part<client_end, address>},
    {"fd.sip", kIpAddr, kNone, "Address of the server.", part<server_end, address>},
    {"fd.lip", kIpAddr, kNone, "Local address.", part<local_end, address>},
    {"fd.rip", kIpAddr, kNone, "Remote address.", part<remote_end, address>},
    {"fd.port", kPort, kNone, "Port of either end.", ends<port>, kEnds, kDecimal, kEndsFlags},
    {"fd.cport", kPort, kNone, "Port of the client.", part<client_end, port>},
    {"fd.sport", kPort, kNone, "Port of the server.", part<server_end, port>},
    {"fd.lport", kPort, kNone, "Local port.", part<local_end, port>},
    {"fd.rport", kPort, kNone, "Remote port.", part<remote_end, port>},
    {"fd.proto", kPort, kNone, "Port of either end, by number or name of its service.", ends<port>,
     kEnds, kDecimal, kEndsFlags},
    {"fd.cproto", kCharBuf, kNone, "Port of the client as text.", part<client_end, service>},
    {"fd.sproto", kCharBuf, kNone, "Port of the server as text.", part<server_end, service>},
    {"fd.lproto", kCharBuf, kNone, "Local port as text.", part<local_end, service>},
    {"fd.rproto", kCharBuf, kNone, "Remote port as text.", part<remote_end, service>},
    {"fd.net", kIpNet, kNone, "Network that holds the address of either end.", ends<address>, kEnds,
     kDecimal, kEndsFlags},
    {"fd.cnet", kIpNet, kNone, "Network that holds the client's address.",
     part<client_end, address>, kOne, kDecimal, kEndsFlags},
    {"fd.snet", kIpNet, kNone, "Network that holds the server's address.",
     part<server_end, address>, kOne, kDecimal, kEndsFlags},
    {"fd.lnet", kIpNet, kNone, "Network that holds the local address.", part<local_end, address>,
     kOne, kDecimal, kEndsFlags},
    {"fd.rnet", kIpNet, kNone, "Network that holds the remote address.", part<remote_end, address>,
     kOne, kDecimal, kEndsFlags},
    {"fd.l4proto", kCharBuf, kNone, "tcp, udp, icmp or raw; <NA> for what is no IP connection.",
     protocol, kOne, kDecimal, 0, nullptr, kProtocols},
    {"fd.sockfamily", kCharBuf, kNone, "ip or unix; missing for what is no such socket.", family,
     kOne, kDecimal, 0, nullptr, kFamilies},
    {"fd.is_server", kBool, kNone, "Whether this process is the server of the socket.",
     socket_is<is_server>},
    {"fd.connected", kBool, kNone, "Whether the socket is connected; not while it is connecting.",
     socket_is<is_connected>},
    {"fd.name_changed", kBool, kNone, "Whether the socket talks to a peer that is new to it.",
     socket_is<has_new_peer>, kOne, kDecimal, kFieldNeedsEveryEvent},
    {"fd.cip.name", kCharBuf, kNone, "Host name of the client; see fd.sip.name.",
     part<client_end, names>, kNames, kDecimal, kNameFlags},
    {"fd.sip.name", kCharBuf, kNone,
     "Host name of the server: those names that rules compare with and that resolve to its "
     "address.",
     part<server_end, names>, kNames, kDecimal, kNameFlags},
    {"fd.lip.name", kCharBuf, kNone, "Host name of the local address; see fd.sip.name.",
     part<local_end, names>, kNames, kDecimal, kNameFlags},
    {"fd.rip.name", kCharBuf, kNone, "Host name of the remote address; see fd.sip.name.",
     part<remote_end, names>, kNames, kDecimal, kNameFlags},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> descriptor_net_fields() { return kFields; }

}  // namespace saker
