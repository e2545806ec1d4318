// SPDX-License-Identifier: Apache-2.0
#include "cmd/privileges.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace saker {
namespace {

// One bit each, as in /proc/PID/status.
using CapabilitySet = uint64_t;

constexpr CapabilitySet bit(int capability) { return CapabilitySet{1} << capability; }

constexpr CapabilitySet kBpf = bit(CAP_BPF) | bit(CAP_PERFMON);
constexpr CapabilitySet kSensor = kBpf | bit(CAP_SYS_PTRACE) | bit(CAP_DAC_READ_SEARCH) |
                                  bit(CAP_DAC_OVERRIDE) | bit(CAP_NET_BIND_SERVICE);

constexpr size_t kWords = _LINUX_CAPABILITY_U32S_3;
using Capabilities = std::array<__user_cap_data_struct, kWords>;

CapabilitySet permitted_in(const Capabilities& capabilities) {
  return capabilities[0].permitted | CapabilitySet{capabilities[1].permitted} << 32U;
}

// Only so does no program that is executed get back what is given up here.
bool refuse_new_privileges() { return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }

// `choose` says which of those that the thread has are kept.
template <typename Choose>
Result<void> keep(Choose choose) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  Capabilities capabilities{};
  if (!refuse_new_privileges() || ::syscall(SYS_capget, &header, capabilities.data()) != 0) {
    return Error{"cannot give up privileges", errno, ""};
  }
  const CapabilitySet kept = choose(permitted_in(capabilities));
  for (size_t word = 0; word < kWords; ++word) {
    const auto part = static_cast<uint32_t>(kept >> (32 * word));
    capabilities[word].permitted &= part;
    capabilities[word].effective &= part;
    capabilities[word].inheritable &= part;
  }
  if (::syscall(SYS_capset, &header, capabilities.data()) != 0) {
    return Error{"cannot give up privileges", errno, ""};
  }
  return {};
}

}  // namespace

Result<void> keep_sensor_privileges(HookMeans means) {
  const CapabilitySet needed =
      means == HookMeans::kCgroups ? kSensor | bit(CAP_NET_ADMIN) : kSensor;
  return keep([needed](CapabilitySet permitted) {
    // CAP_SYS_ADMIN stands for both where whoever started the sensor knows no others.
    return (permitted & kBpf) == kBpf ? needed : needed | bit(CAP_SYS_ADMIN);
  });
}

Result<void> keep_no_privileges() {
  return keep([](CapabilitySet) { return CapabilitySet{0}; });
}

}  // namespace saker
