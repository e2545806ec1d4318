// SPDX-License-Identifier: Apache-2.0
// CgroupRoot: the root of the unified cgroup hierarchy, where programs see what all processes of
// the host do, also of those that use hierarchies of version 1.
#ifndef SAKER_PROBES_CGROUP_ROOT_H
#define SAKER_PROBES_CGROUP_ROOT_H

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {

// Its directory, wherever it is mounted; else what is missing, and the remedy. `mounts`: a file
// like fstab(5).
[[nodiscard]] Result<UniqueFd> open_cgroup_root(const char* mounts = "/proc/self/mounts");

}  // namespace saker

#endif  // SAKER_PROBES_CGROUP_ROOT_H
