// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bpf_programs.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace saker::bench {
namespace {

TEST(BpfPrograms, AnAttachedProgramIsCounted) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root to load a BPF program";
  }
  const auto program = EmptyProgram::attach();
  if (!program) {
    GTEST_SKIP() << program.error().to_string();
  }
  EXPECT_GE(count_tracing_programs(), 1U);
}

}  // namespace
}  // namespace saker::bench
