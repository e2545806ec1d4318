// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/run_summary.h"

#include <gtest/gtest.h>

#include <string>

#include "cmd/summary.h"

namespace saker::bench {
namespace {

TEST(RunSummary, IsWhatTheSensorWrites) {
  Summary written;
  written.seconds = 2.5;
  written.events = {{"openat", 70}, {"execve", 7}};
  written.rules = {{"R", Priority::kError, 1}};
  written.counts = {{"source: filtered", 900}, {"source: submitted", 77}};
  written.losses = {
      {"probe", "ring_full", 20}, {"probe", "high_water", 3}, {"output stdout", "queue_full", 5}};
  const auto read = parse_run_summary("info: watching\ninfo: " + render(written) + "info: bye\n");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->delivered, 77U);
  EXPECT_EQ(read->lost, 23U);
  EXPECT_EQ(read->filtered, 900U);
  EXPECT_EQ(read->produced(), 1000U);
}

TEST(RunSummary, IsAbsentWhenTheSensorWroteNone) {
  EXPECT_FALSE(parse_run_summary("").has_value());
  EXPECT_FALSE(parse_run_summary("info: watching 7 events\n").has_value());
}

}  // namespace
}  // namespace saker::bench
