// SPDX-License-Identifier: Apache-2.0
// HostTable: host names of addresses, in both directions, from EV_HOST records.
//
// Only names that rules compare with are resolved, so the rules bound the table; kMaxNames bounds
// it for captures. Not thread-safe; belongs to the reader; lookups do not allocate.
#ifndef SAKER_ENGINE_STATE_HOSTS_H
#define SAKER_ENGINE_STATE_HOSTS_H

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/value.h"

namespace saker {

// An address as EV_HOST has it.
inline constexpr size_t kHostAddressBytes = 16;
// The addresses of a name as EV_HOST has them.
[[nodiscard]] std::string host_address_bytes(std::span<const IpAddress> addresses);

class HostTable {
 public:
  static constexpr size_t kMaxNames = 65536;
  static constexpr size_t kMaxAddresses = 64;  // of one name; more are left out

  // Replaces the addresses of `name`. A part of an address at the end is ignored.
  void learn(std::string_view name, std::string_view addresses);
  // The names of an address as texts; empty when it has none. Valid until the next learn().
  [[nodiscard]] std::span<const Value> names_of(const IpAddress& address) const noexcept;

 private:
  struct Hash {
    size_t operator()(const IpAddress& address) const noexcept;
  };
  using Addresses = std::map<std::string, std::vector<IpAddress>, std::less<>>;

  void forget(const Addresses::value_type& entry);

  Addresses addresses_;
  std::unordered_map<IpAddress, std::vector<Value>, Hash> names_;  // views of the keys above
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_HOSTS_H
