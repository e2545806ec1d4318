// SPDX-License-Identifier: Apache-2.0
// Usage: what the kernel knows of a process's use of time and memory.
#ifndef SAKER_TESTS_BENCH_USAGE_H
#define SAKER_TESTS_BENCH_USAGE_H

#include <sys/types.h>

#include <string_view>

namespace saker::bench {

// CPU time of a running process, all threads; 0 when it is gone.
[[nodiscard]] double cpu_ns_of(pid_t pid);
// CPU time of all children that were waited for, and of theirs.
[[nodiscard]] double cpu_ns_of_children();

struct Memory {
  double resident_mib = 0;
  double anonymous_mib = 0;  // of it: not of a file, and not shared with another process
};

// From the text of /proc/PID/status; what is not there is 0.
[[nodiscard]] Memory parse_memory(std::string_view status);
[[nodiscard]] Memory memory_of(pid_t pid);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_USAGE_H
