// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/bench/command.h"

namespace saker::bench {
namespace {

TEST(Usage, ReadsMemoryInMebibytes) {
  const Memory memory = parse_memory(
      "Name:\tsaker\nVmHWM:\t   99999 kB\nVmRSS:\t   10240 kB\nRssAnon:\t    3072 kB\nRssFile:\t 1 "
      "kB\n");
  EXPECT_EQ(memory.resident_mib, 10);
  EXPECT_EQ(memory.anonymous_mib, 3);
  EXPECT_EQ(parse_memory("VmRSS").resident_mib, 0);
  EXPECT_EQ(parse_memory("").anonymous_mib, 0);
}

TEST(Usage, OfThisProcessThereIsSome) {
  const Memory memory = memory_of(::getpid());
  EXPECT_GT(memory.anonymous_mib, 0);
  EXPECT_GT(memory.resident_mib, memory.anonymous_mib);
  EXPECT_GT(cpu_ns_of(::getpid()), 0);
}

TEST(Usage, TimeOfChildrenTakesInTheirs) {
  constexpr std::string_view kWords[] = {
      "sh", "-c", "sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'; true"};
  const double before = cpu_ns_of_children();
  ASSERT_TRUE(run_command(kWords, "/"));
  EXPECT_GT(cpu_ns_of_children() - before, 2e6);
}

}  // namespace
}  // namespace saker::bench
