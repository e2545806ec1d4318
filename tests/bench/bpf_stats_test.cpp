// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bpf_stats.h"

#include <gtest/gtest.h>

namespace saker::bench {
namespace {

constexpr std::string_view kProgram =
    "pos:\t0\nflags:\t02000002\nprog_type:\t26\nprog_jited:\t1\nprog_tag:\t6deef7357e7b4530\n"
    "memlock:\t4096\nprog_id:\t4711\nrun_time_ns:\t2500\nrun_cnt:\t100\nrecursion_misses:\t0\n";

TEST(BpfStats, ReadsTheFiguresOfAProgram) {
  BpfPrograms programs;
  add_fdinfo(kProgram, programs);
  add_fdinfo(kProgram, programs);
  ASSERT_EQ(programs.size(), 1U);
  EXPECT_EQ(programs.at(4711).run_ns, 2500U);
  EXPECT_EQ(programs.at(4711).runs, 100U);
}

TEST(BpfStats, IgnoresWhatIsNotAProgram) {
  BpfPrograms programs;
  add_fdinfo("pos:\t0\nlink_type:\ttracing\nlink_id:\t3\nprog_id:\t4711\n", programs);
  add_fdinfo("pos:\t0\nflags:\t02\n", programs);
  add_fdinfo("prog_id", programs);
  add_fdinfo("", programs);
  EXPECT_TRUE(programs.empty());
}

TEST(BpfStats, CountsWhatRanBetweenTwoReadings) {
  const BpfPrograms before = {{1, {100, 1}}, {2, {50, 5}}};
  const BpfPrograms after = {{1, {350, 3}}, {2, {50, 5}}, {3, {7, 1}}};
  const BpfRuns sum = runs_between(before, after);
  EXPECT_EQ(sum.run_ns, 257U);
  EXPECT_EQ(sum.runs, 3U);
}

}  // namespace
}  // namespace saker::bench
