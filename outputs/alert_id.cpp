// SPDX-License-Identifier: Apache-2.0
#include "outputs/alert_id.h"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

namespace saker {

// Bits of rand_a (12) and rand_b (62), from the left: 12 + 30 of the counter, 32 random ones.
AlertIds::AlertIds() {
  std::array<uint32_t, 2> bytes{};
  // Never short for so few bytes once the kernel's generator is ready (getrandom(2)).
  [[maybe_unused]] const auto size = ::getrandom(bytes.data(), sizeof(bytes), 0);
  random_ = bytes[0];
  count_ = bytes[1];  // two runs that share random_ by chance still differ
}

std::string AlertIds::next(int64_t time_ns) {
  const uint64_t time_ms = static_cast<uint64_t>(time_ns) / 1'000'000 & 0xffff'ffff'ffffU;
  const uint64_t count = count_++ & 0x3ff'ffff'ffffU;
  const uint64_t high = time_ms << 16U | 0x7000U | count >> 30U;
  const uint64_t low = 0x8000'0000'0000'0000U | (count & 0x3fff'ffffU) << 32U | random_;
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32U), static_cast<unsigned>(high >> 16U & 0xffffU),
                static_cast<unsigned>(high & 0xffffU), static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xffff'ffff'ffffU));
  return text.data();
}

}  // namespace saker
