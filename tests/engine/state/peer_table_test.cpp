// SPDX-License-Identifier: Apache-2.0
#include "engine/state/peer_table.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

IpAddress v4(uint8_t last) {
  IpAddress address;
  address.bytes = {10, 0, 0, last};
  return address;
}

TEST(PeerTable, TellsAChangeFromARepetition) {
  PeerTable peers;
  EXPECT_TRUE(peers.talks_to(1, v4(1), 53));
  EXPECT_FALSE(peers.talks_to(1, v4(1), 53));
  EXPECT_TRUE(peers.talks_to(1, v4(1), 54));
  EXPECT_TRUE(peers.talks_to(1, v4(2), 54));
  EXPECT_FALSE(peers.talks_to(1, v4(2), 54));
  EXPECT_TRUE(peers.talks_to(2, v4(2), 54));
}

TEST(PeerTable, ForgetsTheSocketUnusedForLongest) {
  PeerTable peers;
  const auto socket = [](uint64_t way) { return 7 + way * PeerTable::kSets; };  // all in one set
  for (uint64_t way = 0; way < PeerTable::kWays; ++way) {
    EXPECT_TRUE(peers.talks_to(socket(way), v4(1), 1));
  }
  EXPECT_FALSE(peers.talks_to(socket(0), v4(1), 1));
  EXPECT_EQ(peers.evicted(), 0U);
  EXPECT_TRUE(peers.talks_to(socket(PeerTable::kWays), v4(1), 1));
  EXPECT_EQ(peers.evicted(), 1U);
  EXPECT_FALSE(peers.talks_to(socket(0), v4(1), 1));
  EXPECT_TRUE(peers.talks_to(socket(1), v4(1), 1));
}

}  // namespace
}  // namespace saker
