// SPDX-License-Identifier: Apache-2.0
// PeerTable: whom each datagram socket talked to last, for fd.name_changed.
//
// A fixed number of sockets; the one not used for longest makes room, and counts as new when it
// talks again. Not thread-safe; never allocates after construction.
#ifndef SAKER_ENGINE_STATE_PEER_TABLE_H
#define SAKER_ENGINE_STATE_PEER_TABLE_H

#include <cstdint>
#include <memory>

#include "engine/value.h"

namespace saker {

class PeerTable {
 public:
  static constexpr size_t kSets = 1024;
  static constexpr size_t kWays = 4;

  PeerTable();

  // Notes that `socket` (its inode number) talks to `address`:`port`; true when it did not before.
  bool talks_to(uint64_t socket, const IpAddress& address, uint16_t port) noexcept;
  // Sockets that were forgotten to make room.
  [[nodiscard]] uint64_t evicted() const noexcept { return evicted_; }

 private:
  struct Entry {
    uint64_t socket = 0;  // 0: free
    uint64_t used = 0;
    IpAddress address;
    uint16_t port = 0;
  };

  std::unique_ptr<Entry[]> entries_;  // kSets sets of kWays
  uint64_t clock_ = 0;
  uint64_t evicted_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_PEER_TABLE_H
