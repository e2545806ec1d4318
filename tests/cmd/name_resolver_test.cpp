// SPDX-License-Identifier: Apache-2.0
#include "cmd/name_resolver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include "engine/base/unique_fd.h"
#include "engine/event.h"
#include "engine/lang/types.h"
#include "engine/state/hosts.h"

namespace saker {
namespace {

using namespace std::chrono_literals;

constexpr size_t kHeaderBytes = 12;
constexpr uint8_t kTypeA = 1;

// The name in the question of a query, with dots.
std::string name_in(std::string_view query) {
  std::string name;
  size_t at = kHeaderBytes;
  while (at < query.size() && query[at] != '\0') {
    const auto length = static_cast<unsigned char>(query[at]);
    name += (name.empty() ? "" : ".") + std::string(query.substr(at + 1, length));
    at += 1 + length;
  }
  return name;
}

// A name server on the loopback interface (RFC 1035), which knows IPv4 addresses only.
class NameServer {
 public:
  NameServer() : socket_(::socket(AF_INET, SOCK_DGRAM, 0)), wake_(::eventfd(0, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    servers_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    ::eventfd_write(wake_.get(), 1);
    thread_.join();
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  [[nodiscard]] const std::string& servers() const { return servers_; }
  // Empty: there is no such name.
  void set(const std::string& name, const std::string& address) {
    const std::lock_guard lock(mutex_);
    addresses_[name] = address;
  }
  // Names that were asked for and are not known; they get no answer at all.
  [[nodiscard]] size_t unanswered() {
    const std::lock_guard lock(mutex_);
    return unanswered_.size();
  }

 private:
  void serve() {
    while (true) {
      std::array<pollfd, 2> fds = {pollfd{socket_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
      ::poll(fds.data(), fds.size(), -1);
      if (fds[1].revents != 0) {
        return;
      }
      std::array<char, 512> buffer{};
      sockaddr_in client{};
      socklen_t size = sizeof(client);
      auto* const to = reinterpret_cast<sockaddr*>(&client);
      const ssize_t got = ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, to, &size);
      if (got > static_cast<ssize_t>(kHeaderBytes)) {
        const std::string reply = reply_to({buffer.data(), static_cast<size_t>(got)});
        if (!reply.empty()) {
          ::sendto(socket_.get(), reply.data(), reply.size(), 0, to, size);
        }
      }
    }
  }

  std::string reply_to(std::string_view query) {
    const std::string name = name_in(query);
    const std::lock_guard lock(mutex_);
    const auto known = addresses_.find(name);
    if (known == addresses_.end()) {
      unanswered_.insert(name);
      return {};
    }
    const size_t question = name.size() + 2 + 4;
    const bool is_a = query[kHeaderBytes + name.size() + 3] == kTypeA;
    const bool exists = !known->second.empty();
    std::string reply(query.substr(0, kHeaderBytes + question));
    reply[2] = '\x85';                    // an answer of the authority, recursion was wanted
    reply[3] = exists ? '\x80' : '\x83';  // NXDOMAIN
    reply[7] = exists && is_a ? '\1' : '\0';
    reply[8] = reply[9] = reply[10] = reply[11] = '\0';
    if (exists && is_a) {
      in_addr address{};
      ::inet_pton(AF_INET, known->second.c_str(), &address);
      reply += std::string_view("\xc0\x0c\0\1\0\1\0\0\0\0\0\4", 12);  // lives for 0 seconds
      reply.append(reinterpret_cast<const char*>(&address), sizeof(address));
    }
    return reply;
  }

  UniqueFd socket_;
  UniqueFd wake_;
  std::string servers_;
  std::mutex mutex_;
  std::map<std::string, std::string> addresses_;
  std::set<std::string> unanswered_;
  std::thread thread_;
};

class NameResolverTest : public testing::Test {
 protected:
  std::unique_ptr<NameResolver> start(const std::set<std::string>& names) {
    NameResolver::Options options;
    options.servers = server_.servers();
    options.min_age = 1ms;
    auto resolver = NameResolver::start(names, options);
    EXPECT_TRUE(resolver.has_value());
    return std::move(*resolver);
  }

  void take(NameResolver& resolver) {
    resolver.take([&](std::span<const std::byte> record) {
      Event event;
      ASSERT_EQ(event.decode(record), DecodeError::kNone);
      ASSERT_EQ(event.kind(), EV_HOST);
      ++records_;
      hosts_.learn(event.section(EV_SEC_STRING).bytes, event.section(EV_SEC_BYTES).bytes);
    });
  }

  // Takes answers until the condition holds; fails when it does not within ten seconds.
  template <typename Condition>
  void take_until(NameResolver& resolver, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      take(resolver);
      std::this_thread::yield();
    }
  }

  [[nodiscard]] std::string name_of(std::string_view address) const {
    const auto names = hosts_.names_of(*lang::parse_ip(address));
    return names.empty() ? "" : std::string(names.front().as_text());
  }

  NameServer server_;
  HostTable hosts_;
  size_t records_ = 0;
};

TEST_F(NameResolverTest, IsNotNeededWithoutNames) {
  auto resolver = NameResolver::start({}, {});
  ASSERT_TRUE(resolver.has_value());
  EXPECT_EQ(*resolver, nullptr);
}

TEST_F(NameResolverTest, TellsTheAddressesOfAllNames) {
  server_.set("a.example", "10.0.0.1");
  server_.set("b.example", "10.0.0.2");
  const auto resolver = start({"a.example", "b.example"});
  take_until(*resolver,
             [&] { return !name_of("10.0.0.1").empty() && !name_of("10.0.0.2").empty(); });
  EXPECT_EQ(name_of("10.0.0.1"), "a.example");
  EXPECT_EQ(name_of("10.0.0.2"), "b.example");
}

TEST_F(NameResolverTest, AsksAgainWhenAnAnswerHasExpired) {
  server_.set("a.example", "10.0.0.1");
  const auto resolver = start({"a.example"});
  take_until(*resolver, [&] { return name_of("10.0.0.1") == "a.example"; });
  server_.set("a.example", "10.0.0.9");
  take_until(*resolver, [&] { return name_of("10.0.0.9") == "a.example"; });
  EXPECT_EQ(name_of("10.0.0.1"), "");
}

TEST_F(NameResolverTest, ANameThatIsGoneHasNoAddresses) {
  server_.set("a.example", "10.0.0.1");
  const auto resolver = start({"a.example"});
  take_until(*resolver, [&] { return name_of("10.0.0.1") == "a.example"; });
  server_.set("a.example", "");
  take_until(*resolver, [&] { return name_of("10.0.0.1").empty(); });
}

TEST_F(NameResolverTest, AsksForAFewNamesAtATime) {
  std::set<std::string> names;
  for (int i = 0; i < 200; ++i) {
    names.insert("silent" + std::to_string(i) + ".example");
  }
  const auto resolver = start(names);
  take_until(*resolver, [&] { return server_.unanswered() == NameResolver::kMaxInFlight; });
  take(*resolver);
  EXPECT_EQ(records_, 0U);
  EXPECT_EQ(server_.unanswered(), NameResolver::kMaxInFlight);
}

TEST_F(NameResolverTest, EndsAtOnceWhenTheServerIsSilent) {
  auto resolver = start({"silent.example"});
  take_until(*resolver, [&] { return server_.unanswered() == 1; });
  const auto begin = std::chrono::steady_clock::now();
  resolver.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);  // a query is given up after 20 s
}

}  // namespace
}  // namespace saker
