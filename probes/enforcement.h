// SPDX-License-Identifier: Apache-2.0
// EnforcementOptions: what the probes are told about decisions besides what rules say
// (KernelFilter::hooks).
#ifndef SAKER_PROBES_ENFORCEMENT_H
#define SAKER_PROBES_ENFORCEMENT_H

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saker {

// What becomes of decisions when the sensor ends, however it does. kRelease: nothing is decided any
// more; kKeep: what is refused or killed goes on to be, until a sensor takes over (pins.h).
enum class OnExit : uint8_t { kRelease, kKeep };
inline constexpr std::array<std::string_view, 2> kOnExits{"release", "keep"};

struct EnforcementOptions {
  // Executables whose processes are never refused anything nor ended. The sensor, PID 1 and threads
  // of the kernel never are.
  std::vector<std::string> exempt_paths;
  OnExit on_exit = OnExit::kRelease;

  friend bool operator==(const EnforcementOptions&, const EnforcementOptions&) = default;
};

}  // namespace saker

#endif  // SAKER_PROBES_ENFORCEMENT_H
