// SPDX-License-Identifier: Apache-2.0
#include "cmd/summary.h"

#include <gtest/gtest.h>

namespace saker {
namespace {

TEST(Summary, ShowsWhatHappenedLargestFirst) {
  Summary summary;
  summary.seconds = 12.34;
  summary.events = {{"close", 3}, {"openat", 1000}, {"ptrace", 0}};
  summary.rules = {{"Rule A", Priority::kNotice, 1},
                   {"Rule B", Priority::kCritical, 5},
                   {"Rule C", Priority::kCritical, 0}};
  summary.counts = {{"output stdout: written", 4}, {"source: read", 0}};
  summary.losses = {{"probe", "ring_full", 7}, {"output stdout", "queue_full", 2}};
  EXPECT_EQ(render(summary),
            "1003 events in 12.3 s, 6 alerts, 9 lost\n"
            "events by type:\n"
            "        1000  openat\n"
            "           3  close\n"
            "alerts by priority:\n"
            "           5  Critical\n"
            "           1  Notice\n"
            "alerts by rule:\n"
            "           5  Rule B\n"
            "           1  Rule A\n"
            "counts:\n"
            "           4  output stdout: written\n"
            "losses:\n"
            "           7  probe: ring_full\n"
            "           2  output stdout: queue_full\n");
}

TEST(Summary, QuietRunIsOneLine) {
  Summary summary;
  summary.events = {{"openat", 0}};
  EXPECT_EQ(render(summary), "0 events in 0.0 s, 0 alerts, 0 lost\n");
}

}  // namespace
}  // namespace saker
