// SPDX-License-Identifier: Apache-2.0
#include "probes/probe_counters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace saker {
namespace {

uint64_t value_of(const std::vector<SourceCounter>& counters, std::string_view name,
                  std::string_view reason, std::string_view kind) {
  const auto found = std::ranges::find_if(counters, [&](const SourceCounter& counter) {
    return counter.name == name && counter.reason == reason && counter.kind == kind;
  });
  EXPECT_NE(found, counters.end()) << name << ' ' << reason << ' ' << kind;
  return found == counters.end() ? 0 : found->value;
}

TEST(ProbeCounters, AreSumsOverCpusAndHooks) {
  std::array<ev_stats, 2> per_cpu{};
  per_cpu[0].submitted[EV_EXEC] = 3;
  per_cpu[1].submitted[EV_EXEC] = 4;
  per_cpu[1].dropped[EV_DROP_RING_FULL][EV_SYSCALL] = 5;
  per_cpu[0].decided[EV_HOOK_FILE_OPEN][EV_DECISION_DENIED] = 6;
  per_cpu[1].decided[EV_HOOK_AFTER_CALL][EV_DECISION_DENIED] = 7;
  MissedRuns missed{};
  missed[EV_FORK] = 8;
  const auto counters = probe_counters(per_cpu, missed, 9);
  EXPECT_EQ(value_of(counters, "submitted", "", "exec"), 7U);
  EXPECT_EQ(value_of(counters, "dropped", "ring_full", "syscall"), 5U);
  EXPECT_EQ(value_of(counters, "decided", "denied", ""), 13U);
  EXPECT_EQ(value_of(counters, "dropped", "missed", "fork"), 8U);
  EXPECT_EQ(value_of(counters, "dropped", "unattended", "syscall"), 9U);
}

TEST(ProbeCounters, OnlyWhatWasDroppedIsLost) {
  for (const SourceCounter& counter : probe_counters({}, {}, 0)) {
    EXPECT_EQ(counter.is_loss, counter.name == "dropped") << counter.name;
  }
}

}  // namespace
}  // namespace saker
