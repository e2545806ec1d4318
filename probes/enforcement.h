// SPDX-License-Identifier: Apache-2.0
// EnforcementOptions: what the probes are told about decisions besides what rules say
// (KernelFilter::hooks).
#ifndef SAKER_PROBES_ENFORCEMENT_H
#define SAKER_PROBES_ENFORCEMENT_H

#include <string>
#include <vector>

namespace saker {

struct EnforcementOptions {
  // Executables whose processes are never refused anything nor ended. The sensor, PID 1 and threads
  // of the kernel never are.
  std::vector<std::string> exempt_paths;

  friend bool operator==(const EnforcementOptions&, const EnforcementOptions&) = default;
};

}  // namespace saker

#endif  // SAKER_PROBES_ENFORCEMENT_H
