// SPDX-License-Identifier: Apache-2.0
// HostInfo: what a source says of the host that it runs on, and who it is there.
#ifndef SAKER_PROBES_HOST_INFO_H
#define SAKER_PROBES_HOST_INFO_H

#include <cstdint>

#include "probes/event_source.h"

namespace saker {

// The name is that of the environment ($SAKER_HOSTNAME, $FALCO_HOSTNAME), if it has one.
[[nodiscard]] SourceInfo info_of_this_host();

// The sensor's own pid namespace as the kernel numbers it; 0 without /proc.
[[nodiscard]] uint32_t pid_namespace();

}  // namespace saker

#endif  // SAKER_PROBES_HOST_INFO_H
