// SPDX-License-Identifier: Apache-2.0
#include "engine/state/hosts.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/types.h"

namespace saker {
namespace {

std::string bytes_of(const std::vector<std::string_view>& addresses) {
  std::vector<IpAddress> parsed;
  for (const std::string_view address : addresses) {
    parsed.push_back(*lang::parse_ip(address));
  }
  return host_address_bytes(parsed);
}

std::string names_of(const HostTable& hosts, std::string_view address) {
  std::string names;
  for (const Value& name : hosts.names_of(*lang::parse_ip(address))) {
    names += (names.empty() ? "" : " ") + std::string(name.as_text());
  }
  return names;
}

TEST(Hosts, AnAddressHasTheNamesThatResolveToIt) {
  HostTable hosts;
  hosts.learn("a.example", bytes_of({"10.0.0.1", "2001:db8::1"}));
  hosts.learn("b.example", bytes_of({"10.0.0.1"}));
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "a.example b.example");
  EXPECT_EQ(names_of(hosts, "2001:db8::1"), "a.example");
  EXPECT_EQ(names_of(hosts, "10.0.0.2"), "");
}

TEST(Hosts, ANewAnswerReplacesTheOldOne) {
  HostTable hosts;
  hosts.learn("a.example", bytes_of({"10.0.0.1", "10.0.0.2"}));
  hosts.learn("b.example", bytes_of({"10.0.0.1"}));
  hosts.learn("a.example", bytes_of({"10.0.0.2", "10.0.0.3"}));
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "b.example");
  EXPECT_EQ(names_of(hosts, "10.0.0.2"), "a.example");
  EXPECT_EQ(names_of(hosts, "10.0.0.3"), "a.example");
  hosts.learn("a.example", "");
  EXPECT_EQ(names_of(hosts, "10.0.0.3"), "");
}

TEST(Hosts, AnAddressTwiceInAnAnswerCountsOnce) {
  HostTable hosts;
  hosts.learn("a.example", bytes_of({"10.0.0.1", "10.0.0.1"}));
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "a.example");
  hosts.learn("a.example", "");
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "");
}

TEST(Hosts, IgnoresAPartOfAnAddressAndAddressesBeyondTheLimit) {
  HostTable hosts;
  hosts.learn("a.example", bytes_of({"10.0.0.1"}) + "abc");
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "a.example");
  std::vector<IpAddress> many;
  for (size_t i = 0; i <= HostTable::kMaxAddresses; ++i) {
    many.push_back({{10, 1, 0, static_cast<uint8_t>(i)}});
  }
  hosts.learn("b.example", host_address_bytes(many));
  EXPECT_FALSE(hosts.names_of(many[HostTable::kMaxAddresses - 1]).empty());
  EXPECT_TRUE(hosts.names_of(many[HostTable::kMaxAddresses]).empty());
}

TEST(Hosts, KeepsNoMoreNamesThanTheLimit) {
  HostTable hosts;
  for (size_t i = 0; i < HostTable::kMaxNames; ++i) {
    hosts.learn("n" + std::to_string(i), "");
  }
  hosts.learn("one.more", bytes_of({"10.0.0.1"}));
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "");
  hosts.learn("n5", bytes_of({"10.0.0.1"}));
  EXPECT_EQ(names_of(hosts, "10.0.0.1"), "n5");
}

}  // namespace
}  // namespace saker
