// SPDX-License-Identifier: Apache-2.0
// ProcessUsage: what this process takes of the machine, as the kernel counts it.
#ifndef SAKER_CMD_PROCESS_USAGE_H
#define SAKER_CMD_PROCESS_USAGE_H

#include <cstdint>

namespace saker {

// What cannot be read is 0.
struct ProcessUsage {
  double cpu_seconds = 0;
  uint64_t resident_bytes = 0;
  uint64_t virtual_bytes = 0;
  double start_time_seconds = 0;  // Unix time
  uint64_t open_fds = 0;
  uint64_t max_fds = 0;
  uint64_t threads = 0;
};

[[nodiscard]] ProcessUsage read_process_usage();

}  // namespace saker

#endif  // SAKER_CMD_PROCESS_USAGE_H
