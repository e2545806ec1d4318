// SPDX-License-Identifier: Apache-2.0
// BpfPrograms: the kernel's BPF programs, and one of our own that does nothing.
#ifndef SAKER_TESTS_BENCH_BPF_PROGRAMS_H
#define SAKER_TESTS_BENCH_BPF_PROGRAMS_H

#include <cstddef>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker::bench {

// Programs of any process that the kernel runs at tracepoints or functions. Needs root, else 0.
[[nodiscard]] size_t count_tracing_programs();

// Run by the kernel at the end of every system call while this object lives. What it costs is the
// kernel's: no sensor at this hook can be cheaper.
class EmptyProgram {
 public:
  static Result<EmptyProgram> attach();

 private:
  EmptyProgram(UniqueFd program, UniqueFd link)
      : program_(std::move(program)), link_(std::move(link)) {}

  UniqueFd program_;
  UniqueFd link_;  // closing it detaches
};

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_BPF_PROGRAMS_H
