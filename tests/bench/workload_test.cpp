// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workload.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <set>

#include "tests/bench/machine.h"
#include "tests/bench/scratch_dir.h"

namespace saker::bench {
namespace {

// The loops abort when an operation does not end as it should.
TEST(Workload, EveryLoopRuns) {
  const ScratchDir dir;
  const WorkloadFiles files = {dir.write("plain", "")};
  std::set<std::string_view> parts;
  for (Workload workload : workloads()) {
    EXPECT_TRUE(parts.insert(workload.part).second) << workload.part;
    workload.operations = 2;
    EXPECT_GT(sample(workload, files), 0) << workload.part;
  }
}

TEST(Machine, PinsToTheCpusItChose) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(before), &before), 0);
  const Cpus cpus = choose_cpus();
  for (const int cpu : {cpus.load, cpus.sensor}) {
    pin_to(cpu);
    EXPECT_EQ(::sched_getcpu(), cpu);
    ASSERT_EQ(::sched_setaffinity(0, sizeof(before), &before), 0);
  }
}

}  // namespace
}  // namespace saker::bench
