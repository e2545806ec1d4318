// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workload.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/bench/machine.h"
#include "tests/bench/scratch_dir.h"

namespace saker::bench {
namespace {

// The loops abort when an operation does not end as it should.
TEST(Workload, EveryLoopRuns) {
  std::set<std::string_view> parts;
  for (Workload workload : workloads()) {
    EXPECT_TRUE(parts.insert(workload.part).second) << workload.part;
    EXPECT_NE(workload.loop == nullptr, workload.program.empty()) << workload.part;
    if (workload.loop != nullptr) {
      const ScratchDir dir;
      workload.operations = 2;
      EXPECT_GT(sample(workload, *prepare(workload, dir)).value(), 0) << workload.part;
    }
  }
}

TEST(Workload, ThisProjectCanBeCompiled) {
  const ScratchDir dir;
  const auto build = std::ranges::find(workloads(), "build", &Workload::part);
  ASSERT_NE(build, workloads().end());
  const auto ms = sample(*build, *prepare(*build, dir));
  ASSERT_TRUE(ms.has_value()) << ms.error().to_string();
  EXPECT_GT(*ms, 10);
  EXPECT_TRUE(std::filesystem::exists(dir.file("alert.o")));
}

TEST(Workload, AProgramMayHaveACompanion) {
  constexpr std::string_view kServer[] = {"sh", "-c", "mkfifo pipe; echo ready; cat pipe > got"};
  constexpr std::string_view kClient[] = {"sh", "-c", "echo hello > pipe"};
  constexpr std::string_view kFails[] = {"false"};
  const ScratchDir dir;
  Workload workload = {.program = kClient, .companion = kServer, .companion_ready = "ready"};
  const auto setting = prepare(workload, dir);
  ASSERT_TRUE(setting.has_value()) << setting.error().to_string();
  EXPECT_TRUE(sample(workload, *setting).has_value());  // would hang without a reader
  workload.program = kFails;
  EXPECT_FALSE(sample(workload, *setting).has_value());
  workload.companion = kFails;
  EXPECT_FALSE(prepare(workload, dir).has_value());
}

TEST(Workload, SaysWhichProgramIsMissing) {
  constexpr std::string_view kThere[] = {"sh"};
  constexpr std::string_view kAbsent[] = {"no-such-program", "-x"};
  EXPECT_EQ(missing_program({.program = kThere}), "");
  EXPECT_EQ(missing_program({.program = kAbsent, .companion = kThere}), "no-such-program");
  EXPECT_EQ(missing_program({.program = kThere, .companion = kAbsent}), "no-such-program");
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
