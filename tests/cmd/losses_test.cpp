// SPDX-License-Identifier: Apache-2.0
#include "cmd/losses.h"

#include <gtest/gtest.h>

#include "outputs/alert_line.h"
#include "tests/support/schema_check.h"

namespace saker {
namespace {

const std::vector<Loss> kLosses = {
    {"probe", "ring_full", 40}, {"decode", "bad_size", 0}, {"output stdout", "queue_full", 2}};

TEST(Losses, TextLeavesOutWhatIsZero) {
  EXPECT_EQ(to_text(kLosses), "probe ring_full 40, output stdout queue_full 2");
  EXPECT_EQ(total(kLosses), 42U);
  EXPECT_EQ(to_text({}), "");
}

TEST(Losses, AlertHasTheShapeOfFalcosOwnMessages) {
  const auto alert = make_loss_alert(kLosses, 1000, {1470327477000000042, "host-1"});
  EXPECT_EQ(test::schema_problem_of(*alert), "");
  std::string line;
  append_json_line(line, *alert, 1, {.json = true, .time_iso_8601 = true, .include_tags = false});
  EXPECT_EQ(line,
            R"({"hostname":"host-1","output":"2016-08-04T16:17:57.000000042+0000: Warning Saker )"
            R"x(internal: events lost (n_drops=42 n_drops_output_stdout_queue_full=2 )x"
            R"x(n_drops_probe_ring_full=40 n_evts=1000)","output_fields":{)x"
            R"("evt.time.iso8601":1470327477000000042,"n_drops":"42",)"
            R"("n_drops_output_stdout_queue_full":"2","n_drops_probe_ring_full":"40",)"
            R"("n_evts":"1000"},"priority":"Warning","rule":"Saker internal: events lost",)"
            R"("source":"internal","time":"2016-08-04T16:17:57.000000042Z"})");
}

TEST(LossReporter, ReportsNewLossesAtMostEveryTenSeconds) {
  constexpr int64_t kSecond = 1'000'000'000;
  LossReporter reporter;
  const auto lost = [](uint64_t count) { return std::vector<Loss>{{"probe", "ring_full", count}}; };
  EXPECT_FALSE(reporter.is_due(lost(0), 5 * kSecond));
  EXPECT_TRUE(reporter.is_due(lost(1), 6 * kSecond));
  EXPECT_FALSE(reporter.is_due(lost(2), 7 * kSecond));
  EXPECT_FALSE(reporter.is_due(lost(3), 16 * kSecond - 1));
  EXPECT_TRUE(reporter.is_due(lost(3), 16 * kSecond));
  EXPECT_FALSE(reporter.is_due(lost(3), 60 * kSecond));  // nothing new
  EXPECT_TRUE(reporter.is_due(lost(4), 61 * kSecond));
}

}  // namespace
}  // namespace saker
