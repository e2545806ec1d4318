// SPDX-License-Identifier: Apache-2.0
#include "engine/state/peer_table.h"

#include <algorithm>
#include <span>

namespace saker {

PeerTable::PeerTable() : entries_(std::make_unique<Entry[]>(kSets * kWays)) {}

bool PeerTable::talks_to(uint64_t socket, const IpAddress& address, uint16_t port) noexcept {
  // Inode numbers are consecutive, so the lower bits spread them evenly.
  const std::span<Entry> set(&entries_[socket % kSets * kWays], kWays);
  auto entry = std::ranges::find(set, socket, &Entry::socket);
  const bool is_known = entry != set.end();
  if (!is_known) {
    entry = std::ranges::min_element(set, {}, &Entry::used);
    evicted_ += entry->socket != 0 ? 1 : 0;
    entry->socket = socket;
  }
  entry->used = ++clock_;
  if (is_known && entry->address == address && entry->port == port) {
    return false;
  }
  entry->address = address;
  entry->port = port;
  return true;
}

}  // namespace saker
