// SPDX-License-Identifier: Apache-2.0
#include "engine/state/hosts.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace saker {
namespace {

constexpr std::array<uint8_t, 12> kIpv4Mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress address_from(std::string_view bytes) {
  IpAddress address;
  if (std::memcmp(bytes.data(), kIpv4Mapped.data(), kIpv4Mapped.size()) == 0) {
    std::memcpy(address.bytes.data(), bytes.data() + kIpv4Mapped.size(), 4);
  } else {
    std::memcpy(address.bytes.data(), bytes.data(), kHostAddressBytes);
    address.is_v6 = true;
  }
  return address;
}

}  // namespace

std::string host_address_bytes(std::span<const IpAddress> addresses) {
  std::string bytes;
  for (const IpAddress& address : addresses) {
    if (!address.is_v6) {
      bytes.append(kIpv4Mapped.begin(), kIpv4Mapped.end());
    }
    bytes.append(address.bytes.begin(), address.bytes.begin() + (address.is_v6 ? 16 : 4));
  }
  return bytes;
}

size_t HostTable::Hash::operator()(const IpAddress& address) const noexcept {
  const auto* bytes = reinterpret_cast<const char*>(address.bytes.data());
  return std::hash<std::string_view>()({bytes, address.bytes.size()});
}

void HostTable::forget(const Addresses::value_type& entry) {
  for (const IpAddress& address : entry.second) {
    const auto found = names_.find(address);
    std::erase_if(found->second, [&](const Value& name) { return name.as_text() == entry.first; });
    if (found->second.empty()) {
      names_.erase(found);
    }
  }
}

void HostTable::learn(std::string_view name, std::string_view addresses) {
  auto entry = addresses_.find(name);
  if (entry == addresses_.end()) {
    if (addresses_.size() >= kMaxNames) {
      return;
    }
    entry = addresses_.emplace(name, std::vector<IpAddress>()).first;
  }
  forget(*entry);
  std::vector<IpAddress>& known = entry->second;
  known.clear();
  while (addresses.size() >= kHostAddressBytes && known.size() < kMaxAddresses) {
    const IpAddress address = address_from(addresses);
    addresses.remove_prefix(kHostAddressBytes);
    if (std::ranges::find(known, address) == known.end()) {
      known.push_back(address);
      names_[address].push_back(Value::of_text(entry->first));
    }
  }
}

std::span<const Value> HostTable::names_of(const IpAddress& address) const noexcept {
  const auto found = names_.find(address);
  return found != names_.end() ? std::span<const Value>(found->second) : std::span<const Value>();
}

}  // namespace saker
