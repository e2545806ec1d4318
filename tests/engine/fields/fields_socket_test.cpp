// SPDX-License-Identifier: Apache-2.0
// Sockets: ends, roles and names.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "engine/fields/fields_endpoint.h"
#include "tests/support/field_world.h"

namespace saker::test {
namespace {

using namespace std::string_view_literals;

void play_connect(FieldWorld& world) {
  world.syscall("connect", 0, {3}, [](RecordWriter& writer) {
    add_inet_socket(
        writer, {.local = "10.0.0.1:5000", .remote = "1.2.3.4:443", .flags = EV_SOCKF_CONNECTED});
    // Rewritten by another thread after the kernel had read it.
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("8.8.8.8:53"));
  });
}
constexpr FieldCase kConnect[] = {
    {"fd.num", "3"},
    {"fd.type", "ipv4"},
    {"fd.typechar", "4"},
    {"fd.name", "10.0.0.1:5000->1.2.3.4:443"},
    {"fd.nameraw", ""},
    {"fd.directory", kMissing},
    {"fd.filename", kMissing},
    {"fd.ip", "(1.2.3.4,10.0.0.1)"},
    {"fd.cip", "10.0.0.1"},
    {"fd.sip", "1.2.3.4"},
    {"fd.lip", "10.0.0.1"},
    {"fd.rip", "1.2.3.4"},
    {"fd.port", "(443,5000)"},
    {"fd.cport", "5000"},
    {"fd.sport", "443"},
    {"fd.lport", "5000"},
    {"fd.rport", "443"},
    {"fd.proto", "(443,5000)"},
    {"fd.cproto", "5000"},
    {"fd.sproto", "443"},
    {"fd.lproto", "5000"},
    {"fd.rproto", "443"},
    {"fd.net", "(1.2.3.4,10.0.0.1)"},
    {"fd.cnet", "10.0.0.1"},
    {"fd.snet", "1.2.3.4"},
    {"fd.lnet", "10.0.0.1"},
    {"fd.rnet", "1.2.3.4"},
    {"fd.l4proto", "tcp"},
    {"fd.sockfamily", "ip"},
    {"fd.is_server", "false"},
    {"fd.connected", "true"},
    {"fd.name_changed", "false"},
    {"fd.cip.name", "()"},
    {"fd.sip.name", "(www.example,cdn.example)"},
    {"fd.lip.name", "()"},
    {"fd.rip.name", "(www.example,cdn.example)"},
};

void play_pending_connect(FieldWorld& world) {
  world.syscall("connect", -EINPROGRESS, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:5000", .remote = "1.2.3.4:443"});
  });
}
constexpr FieldCase kPending[] = {{"fd.name", "10.0.0.1:5000->1.2.3.4:443"},
                                  {"fd.connected", "false"}};

// The kernel forgets the peer when it refuses.
void play_refused_connect(FieldWorld& world) {
  world.syscall("connect", -ECONNREFUSED, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "0.0.0.0:5000"});
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("1.2.3.4:443"));
  });
}
constexpr FieldCase kRefused[] = {{"fd.name", "0.0.0.0:5000->1.2.3.4:443"}, {"fd.sip", "1.2.3.4"}};

void play_connect_without_socket(FieldWorld& world) {
  world.syscall("connect", -EBADF, {3}, [](RecordWriter& writer) {
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("1.2.3.4:443"));
  });
}
constexpr FieldCase kWithoutSocket[] = {{"fd.name", "0.0.0.0:0->1.2.3.4:443"},
                                        {"fd.type", kMissing},
                                        {"fd.sip", "1.2.3.4"},
                                        {"fd.l4proto", kMissing}};

void play_accept(FieldWorld& world) {
  world.syscall("accept4", 4, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "[2001:db8::1]:22",
                             .remote = "[2001:db8::2]:4000",
                             .flags = EV_SOCKF_BOUND_PORT | EV_SOCKF_CONNECTED,
                             .fd = 4});
    add_inet_socket(writer, {.local = "[::]:22", .flags = EV_SOCKF_LISTENING}, 1);
  });
}
constexpr FieldCase kAccept[] = {
    {"fd.num", "4"},           {"fd.type", "ipv6"},
    {"fd.typechar", "6"},      {"fd.name", "2001:db8::2:4000->2001:db8::1:22"},
    {"fd.cip", "2001:db8::2"}, {"fd.sip", "2001:db8::1"},
    {"fd.lip", "2001:db8::1"}, {"fd.rport", "4000"},
    {"fd.sport", "22"},        {"fd.is_server", "true"},
};

void play_mapped(FieldWorld& world) {
  world.syscall("write", 1, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "[::ffff:10.0.0.1]:80",
                             .remote = "[::ffff:10.0.0.2]:4000",
                             .flags = EV_SOCKF_BOUND_PORT});
  });
}
constexpr FieldCase kMapped[] = {
    {"fd.type", "ipv4"}, {"fd.name", "10.0.0.2:4000->10.0.0.1:80"}, {"fd.is_server", "true"}};

void play_listen(FieldWorld& world) {
  world.syscall("listen", 0, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer,
                    {.local = "0.0.0.0:8080", .flags = EV_SOCKF_BOUND_PORT | EV_SOCKF_LISTENING});
  });
}
constexpr FieldCase kListen[] = {
    {"fd.name", "0.0.0.0:8080"}, {"fd.ip", "(0.0.0.0)"},   {"fd.port", "(8080)"},
    {"fd.sip", "0.0.0.0"},       {"fd.sport", "8080"},     {"fd.cip", kMissing},
    {"fd.cport", kMissing},      {"fd.rip", kMissing},     {"fd.lport", "8080"},
    {"fd.l4proto", "tcp"},       {"fd.is_server", "true"}, {"fd.connected", "false"}};

void play_socket(FieldWorld& world) {
  world.syscall("socket", 3, {AF_INET, SOCK_STREAM},
                [](RecordWriter& writer) { add_inet_socket(writer, {}); });
}
constexpr FieldCase kSocket[] = {
    {"fd.name", ""},      {"fd.type", "ipv4"}, {"fd.l4proto", "<NA>"},   {"fd.sport", kMissing},
    {"fd.lip", kMissing}, {"fd.ip", kMissing}, {"fd.is_server", "false"}};

void send_datagram(FieldWorld& world, std::string_view event, uint8_t flags,
                   std::string_view remote, std::string_view address) {
  world.syscall(event, 5, {3}, [&](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "0.0.0.0:5000",
                             .remote = remote,
                             .type = SOCK_DGRAM,
                             .protocol = IPPROTO_UDP,
                             .flags = flags});
    if (!address.empty()) {
      writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes(address));
    }
  });
}
constexpr FieldCase kSentDatagram[] = {
    {"fd.name", "0.0.0.0:5000->8.8.8.8:53"},
    {"fd.sip", "8.8.8.8"},
    {"fd.ip", "(8.8.8.8)"},
    {"fd.l4proto", "udp"},
    {"fd.is_server", "false"},
    {"fd.connected", "false"},
    {"fd.name_changed", "true"},
};
constexpr FieldCase kAnswer[] = {{"fd.name", "0.0.0.0:5000->8.8.8.8:53"},
                                 {"fd.name_changed", "false"}};
constexpr FieldCase kReceivedByServer[] = {
    {"fd.name", "8.8.8.8:53->0.0.0.0:5000"}, {"fd.cip", "8.8.8.8"}, {"fd.is_server", "true"}};
constexpr FieldCase kSentByServer[] = {
    {"fd.name", "0.0.0.0:5000->8.8.8.8:53"}, {"fd.sip", "8.8.8.8"}, {"fd.is_server", "false"}};
constexpr FieldCase kElsewhere[] = {{"fd.name", "0.0.0.0:5000->9.9.9.9:53"},
                                    {"fd.connected", "true"}};
constexpr FieldCase kMixed[] = {{"fd.type", "ipv6"}, {"fd.name", "0.0.0.0:5000->2001:db8::1:53"}};

// sendto() takes AF_UNSPEC for AF_INET.
void play_unspecified_family(FieldWorld& world) {
  world.syscall("sendto", 5, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "0.0.0.0:5000", .type = SOCK_DGRAM});
    std::string address = sockaddr_bytes("1.2.3.4:53");
    address[0] = address[1] = 0;
    writer.section(EV_SEC_SOCKADDR, 0, address);
  });
}
constexpr FieldCase kUnspecifiedFamily[] = {{"fd.sip", "1.2.3.4"}};

void play_ping(FieldWorld& world) {
  world.syscall("sendto", 5, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:77", .type = SOCK_DGRAM, .protocol = IPPROTO_ICMP});
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("1.2.3.4:0"));
  });
}
constexpr FieldCase kPing[] = {{"fd.l4proto", "icmp"}, {"fd.name", "10.0.0.1->1.2.3.4"}};

void play_raw(FieldWorld& world) {
  world.syscall("socket", 3, {AF_INET, SOCK_RAW}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.type = SOCK_RAW, .protocol = IPPROTO_ICMP});
  });
}
constexpr FieldCase kRaw[] = {{"fd.l4proto", "raw"}, {"fd.name", ""}};

void play_sctp(FieldWorld& world) {
  world.syscall("connect", 0, {3}, [](RecordWriter& writer) {
    add_inet_socket(writer, {.local = "10.0.0.1:1", .remote = "1.2.3.4:2", .protocol = 132});
  });
}
constexpr FieldCase kSctp[] = {{"fd.l4proto", "<NA>"}, {"fd.name", "10.0.0.1:1->1.2.3.4:2"}};

void play_unix_connect(FieldWorld& world) {
  world.syscall("connect", 0, {3}, [](RecordWriter& writer) {
    add_unix_socket(writer, 0xffff9f5d00000001, 0xffff9f5d00000002, "/run/docker.sock");
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("/tmp/elsewhere"));
  });
}
constexpr FieldCase kUnixConnect[] = {
    {"fd.type", "unix"},
    {"fd.typechar", "u"},
    {"fd.name", "ffff9f5d00000001->ffff9f5d00000002 /run/docker.sock"},
    {"fd.sockfamily", "unix"},
    {"fd.l4proto", "<NA>"},
    {"fd.connected", "true"},
    {"fd.ip", kMissing},
    {"fd.sport", kMissing},
};

void play_unix_accept(FieldWorld& world) {
  world.syscall("accept", 3, {4},
                [](RecordWriter& writer) { add_unix_socket(writer, 1, 2, "/s"); });
}
constexpr FieldCase kUnixAccept[] = {{"fd.name", "2->1 /s"}, {"fd.is_server", "true"}};

void play_unix_bind(FieldWorld& world) {
  world.syscall("bind", 0, {3}, [](RecordWriter& writer) {
    add_unix_socket(writer, 1, 0, "\0abstract"sv);
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("/x"));
  });
}
constexpr FieldCase kUnixBind[] = {
    {"fd.name", "@abstract"}, {"fd.is_server", "true"}, {"evt.arg.addr", "/x"}};

void play_refused_unix_connect(FieldWorld& world) {
  world.syscall("connect", -ENOENT, {3}, [](RecordWriter& writer) {
    add_unix_socket(writer, 1, 0, "");
    writer.section(EV_SEC_SOCKADDR, 0, sockaddr_bytes("/run/x.sock"));
  });
}
constexpr FieldCase kRefusedUnix[] = {{"fd.name", "1->0 /run/x.sock"}};

void play_netlink(FieldWorld& world) {
  world.syscall("socket", 3, {AF_NETLINK}, [](RecordWriter& writer) {
    ev_socket socket{};
    socket.family = AF_NETLINK;
    writer.socket(0, socket);
  });
}
constexpr FieldCase kNetlink[] = {
    {"fd.type", "netlink"}, {"fd.typechar", "n"}, {"fd.name", ""}, {"fd.sockfamily", kMissing}};

void play_packet(FieldWorld& world) {
  world.syscall("socket", 3, {AF_PACKET}, [](RecordWriter& writer) {
    ev_socket socket{};
    socket.family = AF_PACKET;
    writer.socket(0, socket);
  });
}
constexpr FieldCase kPacket[] = {{"fd.type", "unsupported"}, {"fd.typechar", "X"}};

constexpr FieldScene kScenes[] = {
    {"a connection is made", play_connect, kConnect},
    {"a connection is pending", play_pending_connect, kPending},
    {"a connection is refused", play_refused_connect, kRefused},
    {"there is no socket to connect", play_connect_without_socket, kWithoutSocket},
    {"a connection is accepted", play_accept, kAccept},
    {"IPv4 goes through an IPv6 socket", play_mapped, kMapped},
    {"a server listens", play_listen, kListen},
    {"a socket is made", play_socket, kSocket},
    {"a datagram is sent", [](FieldWorld& w) { send_datagram(w, "sendto", 0, {}, "8.8.8.8:53"); },
     kSentDatagram},
    {"a client gets an answer",
     [](FieldWorld& w) {
       send_datagram(w, "sendto", 0, {}, "8.8.8.8:53");
       send_datagram(w, "recvfrom", 0, {}, "8.8.8.8:53");
     },
     kAnswer},
    {"a server gets a datagram",
     [](FieldWorld& w) { send_datagram(w, "recvmsg", EV_SOCKF_BOUND_PORT, {}, "8.8.8.8:53"); },
     kReceivedByServer},
    {"a bound socket sends",
     [](FieldWorld& w) { send_datagram(w, "sendmsg", EV_SOCKF_BOUND_PORT, {}, "8.8.8.8:53"); },
     kSentByServer},
    {"a connected datagram socket sends elsewhere",
     [](FieldWorld& w) {
       send_datagram(w, "sendto", EV_SOCKF_CONNECTED, "8.8.8.8:53", "9.9.9.9:53");
     },
     kElsewhere},
    {"families differ",
     [](FieldWorld& w) { send_datagram(w, "sendto", 0, {}, "[2001:db8::1]:53"); }, kMixed},
    {"the family is unspecified", play_unspecified_family, kUnspecifiedFamily},
    {"an echo is requested", play_ping, kPing},
    {"a raw socket is made", play_raw, kRaw},
    {"the protocol is another one", play_sctp, kSctp},
    {"a unix socket connects", play_unix_connect, kUnixConnect},
    {"a unix socket accepts", play_unix_accept, kUnixAccept},
    {"a unix socket is bound", play_unix_bind, kUnixBind},
    {"a unix socket is refused", play_refused_unix_connect, kRefusedUnix},
    {"a netlink socket is made", play_netlink, kNetlink},
    {"a packet socket is made", play_packet, kPacket},
};

TEST(SocketFields, HaveTheirValues) { check_scenes(kScenes); }

TEST(SocketAddress, RefusesShortBytes) {
  for (const std::string_view address : {"1.2.3.4:5", "[::1]:5"}) {
    const std::string bytes = sockaddr_bytes(address);
    EXPECT_TRUE(parse_socket_address(bytes)) << address;
    EXPECT_FALSE(parse_socket_address(std::string_view(bytes).substr(0, 7))) << address;
  }
  EXPECT_FALSE(parse_socket_address(""));
  EXPECT_FALSE(parse_socket_address("\x02"));
}

TEST(SocketAddress, ReadsUnixPaths) {
  EXPECT_EQ(parse_socket_address(sockaddr_bytes("/run/x"))->path, "/run/x");
  EXPECT_EQ(parse_socket_address("\x01\0"sv)->path, "");
  EXPECT_EQ(parse_socket_address("\x01\0\0name"sv)->path, "\0name"sv);
  EXPECT_EQ(parse_socket_address("\x01\0\0\0\0"sv)->path, "");
}

}  // namespace

std::span<const FieldScene> socket_scenes() { return kScenes; }

}  // namespace saker::test
