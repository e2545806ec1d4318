// SPDX-License-Identifier: Apache-2.0
// Records of sockets: both ends as the kernel has them, addresses as the caller passed them.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/support/addresses.h"
#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

constexpr uint8_t kTcpListen = 10;

struct Ports {
  uint16_t server = 0;
  uint16_t client = 0;
  uint64_t server_ino = 0;
  uint32_t net_ns = 0;
};

template <typename Address>
const sockaddr* generic(const Address& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

uint16_t local_port(int fd) {
  sockaddr_in6 address{};
  socklen_t size = sizeof(address);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin6_port);  // the same place in sockaddr_in
}

uint64_t inode_of(int fd) {
  struct stat st{};
  ::fstat(fd, &st);
  return st.st_ino;
}

uint32_t own_net_ns() {
  struct stat st{};
  ::stat("/proc/self/ns/net", &st);
  return static_cast<uint32_t>(st.st_ino);
}

std::string ip(const ev_socket& socket, const uint8_t (&address)[16]) {
  char text[INET6_ADDRSTRLEN] = {};
  ::inet_ntop(socket.family, address, text, sizeof(text));
  return text;
}

// A TCP server and its client in one process; the client's address is `connect_to`.
template <typename Bind, typename Connect>
void tcp_round(int server_family, int client_family, const Bind& bind_to, Connect connect_to,
               Ports& ports) {
  const int server = ::socket(server_family, SOCK_STREAM, 0);
  ::bind(server, generic(bind_to), sizeof(bind_to));
  ::listen(server, 7);
  ports.server = local_port(server);
  ports.server_ino = inode_of(server);
  ports.net_ns = own_net_ns();
  const int client = ::socket(client_family, SOCK_STREAM, 0);
  connect_to(client, ports.server);
  ports.client = local_port(client);
  const int accepted = ::accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
  ::syscall(SYS_dup, client);
  ::syscall(SYS_dup, accepted);
}

TEST(LiveSocket, TcpOverV4HasBothEnds) {
  SAKER_OPEN_LIVE(capture, live_options({"bind", "listen", "accept4", "connect", "dup"}));
  const Shared<Ports> ports;
  capture->run([&] {
    tcp_round(
        AF_INET, AF_INET, loopback(0),
        [](int fd, uint16_t port) {
          const sockaddr_in to = loopback(port);
          ::connect(fd, generic(to), sizeof(to));
        },
        *ports);
  });
  const auto binds = capture->syscalls(SYS_bind);
  ASSERT_EQ(binds.size(), 1U);
  EXPECT_EQ(binds[0]->text(EV_SEC_SOCKADDR).size(), sizeof(sockaddr_in));
  EXPECT_EQ(binds[0]->event().socket()->ino, ports->server_ino);
  EXPECT_EQ(binds[0]->event().socket()->net_ns, ports->net_ns);

  const auto listens = capture->syscalls(SYS_listen);
  ASSERT_EQ(listens.size(), 1U);
  const ev_socket& listening = *listens[0]->event().socket();
  EXPECT_EQ(listening.state, kTcpListen);
  EXPECT_NE(listening.flags & EV_SOCKF_LISTENING, 0);
  EXPECT_EQ(listening.queue_max, 7);
  EXPECT_EQ(listening.local_port, ports->server);

  const auto connects = capture->syscalls(SYS_connect);
  ASSERT_EQ(connects.size(), 1U);
  const ev_socket& client = *connects[0]->event().socket();
  EXPECT_EQ(client.family, AF_INET);
  EXPECT_EQ(client.type, SOCK_STREAM);
  EXPECT_EQ(client.protocol, IPPROTO_TCP);
  EXPECT_EQ(ip(client, client.local_addr), "127.0.0.1");
  EXPECT_EQ(ip(client, client.remote_addr), "127.0.0.1");
  EXPECT_EQ(client.local_port, ports->client);
  EXPECT_EQ(client.remote_port, ports->server);
  EXPECT_NE(client.flags & EV_SOCKF_CONNECTED, 0);
  EXPECT_EQ(client.flags & EV_SOCKF_BOUND_PORT, 0) << "the kernel chose the port";
  EXPECT_EQ(connects[0]->event().file_path(), "socket:[" + std::to_string(client.ino) + "]");

  const auto accepts = capture->syscalls(SYS_accept4);
  ASSERT_EQ(accepts.size(), 1U);
  const ev_socket& accepted = *accepts[0]->event().socket(0);
  EXPECT_EQ(accepted.fd, accepts[0]->event().syscall()->ret);
  EXPECT_EQ(accepted.local_port, ports->server);
  EXPECT_EQ(accepted.remote_port, ports->client);
  EXPECT_NE(accepted.flags & EV_SOCKF_BOUND_PORT, 0) << "inherited from the listener";
  const ev_socket& listener = *accepts[0]->event().socket(1);
  EXPECT_EQ(listener.ino, ports->server_ino);
  EXPECT_NE(listener.flags & EV_SOCKF_LISTENING, 0);

  const auto dups = capture->syscalls(SYS_dup);
  ASSERT_EQ(dups.size(), 2U);
  EXPECT_EQ(dups[0]->event().socket()->remote_port, ports->server);
  EXPECT_EQ(capture->losses(), 0U);
}

TEST(LiveSocket, TcpOverV6HasBothEnds) {
  SAKER_OPEN_LIVE(capture, live_options({"connect", "accept4"}));
  const Shared<Ports> ports;
  capture->run([&] {
    tcp_round(
        AF_INET6, AF_INET6, address6("::1", 0),
        [](int fd, uint16_t port) {
          const sockaddr_in6 to = address6("::1", port);
          ::connect(fd, generic(to), sizeof(to));
        },
        *ports);
  });
  const auto connects = capture->syscalls(SYS_connect);
  ASSERT_EQ(connects.size(), 1U);
  const ev_socket& client = *connects[0]->event().socket();
  EXPECT_EQ(client.family, AF_INET6);
  EXPECT_EQ(ip(client, client.remote_addr), "::1");
  EXPECT_EQ(client.remote_port, ports->server);
  const auto accepts = capture->syscalls(SYS_accept4);
  ASSERT_EQ(accepts.size(), 1U);
  EXPECT_EQ(accepts[0]->event().socket()->remote_port, ports->client);
}

TEST(LiveSocket, V4InsideAV6SocketIsV4) {
  SAKER_OPEN_LIVE(capture, live_options({"connect", "accept4", "listen"}));
  const Shared<Ports> ports;
  capture->run([&] {
    tcp_round(
        AF_INET6, AF_INET6, address6("::", 0),
        [](int fd, uint16_t port) {
          const sockaddr_in6 to = address6("::ffff:127.0.0.1", port);
          ::connect(fd, generic(to), sizeof(to));
        },
        *ports);
  });
  const auto connects = capture->syscalls(SYS_connect);
  ASSERT_EQ(connects.size(), 1U);
  const ev_socket& client = *connects[0]->event().socket();
  EXPECT_EQ(client.family, AF_INET);
  EXPECT_EQ(ip(client, client.remote_addr), "127.0.0.1");
  EXPECT_EQ(capture->syscalls(SYS_accept4)[0]->event().socket()->family, AF_INET);
  EXPECT_EQ(capture->syscalls(SYS_listen)[0]->event().socket()->family, AF_INET6);
}

TEST(LiveSocket, ARefusedConnectHasTheAddressTried) {
  SAKER_OPEN_LIVE(capture, live_options({"connect"}));
  capture->run([&] {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in to = loopback(1);
    ::connect(fd, generic(to), sizeof(to));
  });
  const auto connects = capture->syscalls(SYS_connect);
  ASSERT_EQ(connects.size(), 1U);
  EXPECT_EQ(connects[0]->event().syscall()->ret, -ECONNREFUSED);
  sockaddr_in tried{};
  ASSERT_EQ(connects[0]->text(EV_SEC_SOCKADDR).size(), sizeof(tried));
  std::memcpy(&tried, connects[0]->text(EV_SEC_SOCKADDR).data(), sizeof(tried));
  EXPECT_EQ(ntohs(tried.sin_port), 1);
}

TEST(LiveSocket, DatagramsCarryPeerAndPayload) {
  SAKER_OPEN_LIVE(capture, live_options({"sendto", "recvfrom", "sendmsg", "recvmsg"}));
  const Shared<Ports> ports;
  capture->run([&] {
    const int server = ::socket(AF_INET, SOCK_DGRAM, 0);
    const sockaddr_in any = loopback(0);
    ::bind(server, generic(any), sizeof(any));
    ports->server = local_port(server);
    const int client = ::socket(AF_INET, SOCK_DGRAM, 0);
    const sockaddr_in to = loopback(ports->server);
    ::sendto(client, "hello", 5, 0, generic(to), sizeof(to));
    ports->client = local_port(client);
    char buffer[64];
    sockaddr_in from{};
    socklen_t from_size = sizeof(from);
    ::recvfrom(server, buffer, sizeof(buffer), 0, reinterpret_cast<sockaddr*>(&from), &from_size);

    char first[] = "two ";
    char second[] = "parts";
    iovec parts[] = {{first, 4}, {second, 5}};
    msghdr message{};
    sockaddr_in name = to;
    message.msg_name = &name;
    message.msg_namelen = sizeof(name);
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    ::sendmsg(client, &message, 0);
    iovec into = {buffer, sizeof(buffer)};
    msghdr received{};
    received.msg_name = &from;
    received.msg_namelen = sizeof(from);
    received.msg_iov = &into;
    received.msg_iovlen = 1;
    ::recvmsg(server, &received, 0);
  });
  const auto port_of = [](const SeenRecord& record) {
    sockaddr_in address{};
    const std::string_view bytes = record.text(EV_SEC_SOCKADDR);
    std::memcpy(&address, bytes.data(), std::min(bytes.size(), sizeof(address)));
    return ntohs(address.sin_port);
  };
  const struct {
    uint32_t nr;
    uint16_t port;
    std::string_view payload;
  } expected[] = {{SYS_sendto, ports->server, "hello"},
                  {SYS_recvfrom, ports->client, "hello"},
                  {SYS_sendmsg, ports->server, "two parts"},
                  {SYS_recvmsg, ports->client, "two parts"}};
  for (const auto& call : expected) {
    const auto seen = capture->syscalls(call.nr);
    ASSERT_EQ(seen.size(), 1U) << call.nr;
    EXPECT_EQ(port_of(*seen[0]), call.port) << call.nr;
    EXPECT_EQ(seen[0]->text(EV_SEC_BYTES), call.payload) << call.nr;
    ASSERT_NE(seen[0]->event().socket(), nullptr) << call.nr;
    EXPECT_EQ(seen[0]->event().socket()->type, SOCK_DGRAM) << call.nr;
  }
}

TEST(LiveSocket, AFixedServerPortIsKnownAsBound) {
  SAKER_OPEN_LIVE(capture, live_options({"bind", "listen"}));
  const Shared<Ports> ports;
  capture->run([&] {
    // A port that is free now: bind() to it by number.
    const int probe = ::socket(AF_INET, SOCK_DGRAM, 0);
    const sockaddr_in any = loopback(0);
    ::syscall(SYS_bind, probe, &any, sizeof(any));
    ports->server = local_port(probe);
    ::close(probe);
    const int server = ::socket(AF_INET, SOCK_DGRAM, 0);
    const sockaddr_in to = loopback(ports->server);
    ::syscall(SYS_bind, server, &to, sizeof(to));
  });
  const auto binds = capture->syscalls(SYS_bind);
  ASSERT_EQ(binds.size(), 2U);
  ASSERT_EQ(binds[1]->event().syscall()->ret, 0);
  EXPECT_NE(binds[1]->event().socket()->flags & EV_SOCKF_BOUND_PORT, 0);
  EXPECT_EQ(binds[1]->event().socket()->local_port, ports->server);
}

TEST(LiveSocket, UnixSocketsHaveTheirName) {
  const std::string path = "/tmp/saker-socket-" + std::to_string(::getpid());
  SAKER_OPEN_LIVE(capture, live_options({"bind", "connect", "accept", "socketpair"}));
  capture->run([&] {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strcpy(name.sun_path, path.c_str());
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ::bind(server, generic(name), sizeof(name));
    ::listen(server, 1);
    const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
    ::connect(client, generic(name), sizeof(name));
    ::syscall(SYS_accept, server, nullptr, nullptr);

    sockaddr_un abstract{};
    abstract.sun_family = AF_UNIX;
    std::memcpy(abstract.sun_path, "\0saker-abstract", 15);
    const int other = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    ::bind(other, generic(abstract), offsetof(sockaddr_un, sun_path) + 15);
    int pair[2];
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
  });
  ::unlink(path.c_str());
  const auto binds = capture->syscalls(SYS_bind);
  ASSERT_EQ(binds.size(), 2U);
  EXPECT_EQ(binds[0]->event().socket_path(), path);
  EXPECT_EQ(binds[1]->event().socket_path(), std::string_view("\0saker-abstract", 15));
  const auto connects = capture->syscalls(SYS_connect);
  ASSERT_EQ(connects.size(), 1U);
  EXPECT_EQ(connects[0]->event().socket()->family, AF_UNIX);
  EXPECT_EQ(connects[0]->event().socket_path(), path) << "the peer's name";
  EXPECT_NE(connects[0]->event().socket()->peer_ptr, 0U);
  const auto accepts = capture->syscalls(SYS_accept);
  ASSERT_EQ(accepts.size(), 1U);
  EXPECT_EQ(accepts[0]->event().socket()->peer_ptr, connects[0]->event().socket()->ptr);
  EXPECT_EQ(accepts[0]->event().socket_path(), path);
  EXPECT_EQ(capture->syscalls(SYS_socketpair)[0]->text(EV_SEC_BYTES).size(), 8U);
}

}  // namespace
}  // namespace saker::test
