// SPDX-License-Identifier: Apache-2.0
#include "engine/state/inet_sockets.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>

#include "tests/support/fake_root.h"

namespace saker {
namespace {

using test::FakeRoot;

const std::string kTitle = "  sl  local_address rem_address   st tx_queue\n";

std::string line(const std::string& ends, const std::string& state, const std::string& inode) {
  return "   0: " + ends + " " + state + " 00000000:00000000 00:00000000 00000000     0        0 " +
         inode + " 1 0 100\n";
}

std::string text_of(const sockaddr_in6& end, uint16_t family) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  sockaddr_in v4{};
  std::memcpy(&v4, &end, sizeof(v4));
  const void* address = family == AF_INET6 ? static_cast<const void*>(&end.sin6_addr)
                                           : static_cast<const void*>(&v4.sin_addr);
  ::inet_ntop(family, address, text.data(), text.size());
  return std::string(text.data()) + ":" + std::to_string(ntohs(end.sin6_port));
}

TEST(InetSockets, ReadsBothEndsOfALine) {
  const auto v4 =
      parse_inet_line(line("0100007F:1F90 0202000A:0050", "01", "77"), AF_INET, SOCK_STREAM);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->inode, 77U);
  EXPECT_EQ(text_of(v4->socket.local, AF_INET), "127.0.0.1:8080");
  EXPECT_EQ(text_of(v4->socket.remote, AF_INET), "10.0.2.2:80");
  EXPECT_EQ(v4->socket.use, InetSocketUse::kConnected);
  const auto v6 = parse_inet_line(
      line("B80D0120000000000000000001000000:0016 00000000000000000000000000000000:0000", "0A",
           "78"),
      AF_INET6, SOCK_STREAM);
  ASSERT_TRUE(v6);
  EXPECT_EQ(text_of(v6->socket.local, AF_INET6), "2001:db8::1:22");
  EXPECT_EQ(v6->socket.use, InetSocketUse::kListening);
}

TEST(InetSockets, TellsUsesByTypeAndState) {
  const std::string ends = "00000000:0035 00000000:0000";
  const auto bound = parse_inet_line(line(ends, "07", "1"), AF_INET, SOCK_DGRAM);
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->socket.use, InetSocketUse::kBound);
  const auto connected = parse_inet_line(line(ends, "01", "1"), AF_INET, SOCK_DGRAM);
  ASSERT_TRUE(connected);
  EXPECT_EQ(connected->socket.use, InetSocketUse::kConnected);
  EXPECT_FALSE(parse_inet_line(line(ends, "07", "1"), AF_INET, SOCK_STREAM)) << "closed";
  EXPECT_FALSE(parse_inet_line(line(ends, "06", "1"), AF_INET, SOCK_STREAM)) << "time wait";
  EXPECT_FALSE(parse_inet_line(line(ends, "01", "0"), AF_INET, SOCK_STREAM)) << "of no process";
}

TEST(InetSockets, RefusesWhatIsNoLine) {
  for (const std::string& bad :
       {std::string(), kTitle, std::string("   0: 0100007F"),
        line("0100007F 0100007F:1", "01", "1"), line("0100007F:1F90 xyz:1", "01", "1"),
        line("0100007F:FFFFF 0100007F:1", "01", "1"), line("0100007F:1 0100007F:1", "zz", "1"),
        std::string(5000, ':')}) {
    EXPECT_FALSE(parse_inet_line(bad, AF_INET, SOCK_STREAM)) << bad;
    EXPECT_FALSE(parse_inet_line(bad, AF_INET6, SOCK_STREAM)) << bad;
  }
}

class InetSocketsTest : public testing::Test {
 protected:
  void add_namespace(const std::string& pid, const std::string& link, const std::string& tcp) {
    root_.link("proc/" + pid + "/ns/net", link);
    root_.file("proc/" + pid + "/net/tcp", kTitle + tcp);
  }
  FakeRoot root_;
  ProcFiles files_{root_.path()};
  InetSockets sockets_;
};

TEST_F(InetSocketsTest, TellsAcceptedFromConnected) {
  add_namespace("5", "net:[1]",
                line("00000000:0016 00000000:0000", "0A", "1") +
                    line("0100007F:0016 0100007F:9000", "01", "2") +
                    line("0100007F:9000 0100007F:0016", "01", "3"));
  EXPECT_TRUE(sockets_.learn(files_, 5));
  ASSERT_NE(sockets_.find(1), nullptr);
  ASSERT_NE(sockets_.find(2), nullptr);
  ASSERT_NE(sockets_.find(3), nullptr);
  EXPECT_EQ(sockets_.find(1)->use, InetSocketUse::kListening);
  EXPECT_EQ(sockets_.find(2)->use, InetSocketUse::kAccepted);
  EXPECT_EQ(sockets_.find(3)->use, InetSocketUse::kConnected);
  EXPECT_EQ(sockets_.find(4), nullptr);
}

TEST_F(InetSocketsTest, ReadsEachNamespaceOnce) {
  add_namespace("5", "net:[1]", line("00000000:0016 00000000:0000", "0A", "1"));
  add_namespace("6", "net:[1]", line("00000000:0017 00000000:0000", "0A", "2"));
  add_namespace("7", "net:[2]", line("00000000:0018 00000000:0000", "0A", "3"));
  EXPECT_TRUE(sockets_.learn(files_, 5));
  EXPECT_TRUE(sockets_.learn(files_, 6));
  EXPECT_TRUE(sockets_.learn(files_, 7));
  EXPECT_NE(sockets_.find(1), nullptr);
  EXPECT_EQ(sockets_.find(2), nullptr);
  EXPECT_NE(sockets_.find(3), nullptr);
  EXPECT_FALSE(sockets_.learn(files_, 8)) << "there is none";
}

TEST_F(InetSocketsTest, SaysWhenThereWasTooMuch) {
  add_namespace("5", "net:[1]", std::string(InetSockets::kMaxFileBytes, 'x'));
  EXPECT_FALSE(sockets_.learn(files_, 5));
  EXPECT_FALSE(sockets_.learn(files_, 5)) << "also when it is known already";
}

}  // namespace
}  // namespace saker
