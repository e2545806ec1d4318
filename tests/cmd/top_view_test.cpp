// SPDX-License-Identifier: Apache-2.0
#include "cmd/top_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace saker {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

struct Sample {
  std::string_view name;
  std::vector<std::pair<std::string, std::string>> labels;
  double value;
};

MetricsReading reading(int64_t at_s, const std::vector<Sample>& samples) {
  MetricsReading made;
  made.taken = steady_clock::time_point(seconds(at_s));
  for (const Sample& sample : samples) {
    made.families.push_back({std::string(sample.name),
                             "gauge",
                             "",
                             {{std::string(sample.name), sample.labels, sample.value}}});
  }
  return made;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + '\n';
  }
  return text;
}

bool has_line(const std::vector<std::string>& lines, std::string_view line) {
  return std::ranges::find(lines, line) != lines.end();
}

const MetricsReading kBefore =
    reading(100, {{"saker_events_total", {{"type", "openat"}, {"outcome", "matched"}}, 10},
                  {"saker_events_total", {{"type", "openat"}, {"outcome", "unmatched"}}, 1000},
                  {"saker_events_total", {{"type", "execve"}, {"outcome", "unmatched"}}, 5000},
                  {"saker_rule_matches_total", {{"rule", "Shadow"}}, 10},
                  {"saker_losses_total", {{"stage", "probe"}, {"reason", "ring_full"}}, 5},
                  {"saker_losses_total", {{"stage", "decode"}, {"reason", "bad_size"}}, 2},
                  {"saker_output_written_total", {{"output", "stdout"}}, 10},
                  {"process_cpu_seconds_total", {}, 1}});
const MetricsReading kNow =
    reading(102, {{"saker_build_info", {{"version", "1.2.3"}}, 1},
                  {"saker_kernel_info", {{"release", "6.1"}}, 1},
                  {"saker_events_total", {{"type", "openat"}, {"outcome", "matched"}}, 12},
                  {"saker_events_total", {{"type", "openat"}, {"outcome", "unmatched"}}, 41'000},
                  {"saker_events_total", {{"type", "execve"}, {"outcome", "unmatched"}}, 5010},
                  {"saker_events_total", {{"type", "close"}, {"outcome", "unmatched"}}, 0},
                  {"saker_rule_matches_total", {{"rule", "Shadow"}}, 12},
                  {"saker_rule_matches_total", {{"rule", "Silent"}}, 0},
                  {"saker_losses_total", {{"stage", "probe"}, {"reason", "ring_full"}}, 9},
                  {"saker_losses_total", {{"stage", "decode"}, {"reason", "bad_size"}}, 2},
                  {"saker_losses_total", {{"stage", "match"}, {"reason", "scratch_full"}}, 0},
                  {"saker_output_written_total", {{"output", "stdout"}}, 12},
                  {"saker_output_queued_alerts", {{"output", "stdout"}}, 3},
                  {"saker_ring_buffer_used_bytes", {}, 1024 * 1024},
                  {"saker_ring_buffer_size_bytes", {}, 8 * 1024 * 1024},
                  {"process_resident_memory_bytes", {}, 30 * 1024 * 1024},
                  {"process_cpu_seconds_total", {}, 1.05}});

TEST(TopView, ShowsRatesBetweenTwoReadings) {
  const auto lines = render_top(&kBefore, kNow, {});
  EXPECT_TRUE(lines[0].starts_with("saker 1.2.3  kernel 6.1  up ")) << lines[0];
  EXPECT_TRUE(has_line(lines, "cpu 2.5%  memory 30.0 MiB  processes 0  containers 0"));
  EXPECT_TRUE(has_line(lines, "events/s 20.0k  alerts/s 1  ring 12.5% of 8.0 MiB"));
  const std::string text = text_of(lines);
  EXPECT_NE(
      text.find("\n"
                "      QUEUED   WRITTEN/S     WRITTEN     DROPPED     SPOOLED      OLDEST  OUTPUT\n"
                "           3           1          12           0           0           -  stdout\n"
                "\n"
                "      LOST/S        LOST  LOST\n"
                "           0           2  decode bad_size\n"
                "           2           9  probe ring_full\n"
                "\n"
                "  PER SECOND       TOTAL  EVENT\n"
                "       20.0k       41.0k  openat\n"
                "           5        5010  execve\n"
                "\n"
                "  PER SECOND       TOTAL  RULE\n"
                "           1          12  Shadow\n"),
      std::string::npos)
      << text;
}

TEST(TopView, ShowsTotalsOfOneReading) {
  const std::string text = text_of(render_top(nullptr, kNow, {}));
  EXPECT_NE(text.find("events/s -  alerts/s -"), std::string::npos) << text;
  EXPECT_NE(text.find("           -       41.0k  openat\n           -        5010  execve\n"),
            std::string::npos)
      << text;
}

TEST(TopView, ShowsNoRatesOfASensorThatWasStartedAnew) {
  const std::string text = text_of(render_top(&kNow, kBefore, {}));
  EXPECT_NE(text.find("events/s -"), std::string::npos) << text;
  EXPECT_NE(text.find("cpu -"), std::string::npos) << text;
}

// The reader's figures are older than the answer that they come with.
TEST(TopView, RatesAllowForTheAgeOfTheFigures) {
  const auto with_age = [](int64_t at_s, double age_s, double events) {
    return reading(at_s, {{"saker_snapshot_age_seconds", {}, age_s},
                          {"saker_events_total", {{"type", "openat"}}, events}});
  };
  const MetricsReading before = with_age(100, 0, 0);
  const MetricsReading now = with_age(102, 1, 100);  // taken at 101
  EXPECT_NE(text_of(render_top(&before, now, {})).find("events/s 100 "), std::string::npos);
}

TEST(TopView, OnlyRisingLossesAreRed) {
  const auto lines = render_top(&kBefore, kNow, {0, 0, true});
  EXPECT_TRUE(has_line(lines, "\x1b[31m           2           9  probe ring_full\x1b[0m"));
  EXPECT_TRUE(has_line(lines, "           0           2  decode bad_size"));
  const std::string plain = text_of(render_top(&kBefore, kNow, {}));
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
}

TEST(TopView, OutputsThatFailAreMarked) {
  const auto now =
      reading(1, {{"saker_output_written_total", {{"output", "kafka"}}, 0},
                  {"saker_output_spooled_alerts", {{"output", "kafka"}}, 20'000},
                  {"saker_output_spool_oldest_age_seconds", {{"output", "kafka"}}, 3661},
                  {"saker_output_failing", {{"output", "kafka"}}, 1}});
  EXPECT_TRUE(
      has_line(render_top(nullptr, now, {}),
               "           0           -           0           0       20.0k    01:01:01  kafka "
               "(failing)"));
}

TEST(TopView, NamesCannotTouchTheTerminal) {
  const MetricsReading hostile =
      reading(1, {{"saker_rule_matches_total", {{"rule", "a\x1b[2Jb\nc\xff\u202e"}}, 1}});
  const std::string text = text_of(render_top(nullptr, hostile, {}));
  EXPECT_NE(text.find("  a?[2Jb?c??\n"), std::string::npos) << text;
}

TEST(TopView, FitsTheWindow) {
  std::vector<Sample> samples;
  for (int i = 0; i < 100; ++i) {
    samples.push_back({"saker_rule_matches_total",
                       {{"rule", std::string(200, 'x') + std::to_string(i) + "\u20ac"}},
                       1.0 + i});
    samples.push_back({"saker_events_total", {{"type", std::to_string(i)}}, 1.0 + i});
  }
  const MetricsReading now = reading(1, samples);
  for (const size_t rows : {1U, 5U, 12U, 24U, 100U}) {
    const auto lines = render_top(nullptr, now, {40, rows, false});
    EXPECT_LE(lines.size(), rows);
    for (const std::string& line : lines) {
      EXPECT_LE(line.size(), 40U) << line;
    }
  }
  // A tall window is used.
  EXPECT_GT(render_top(nullptr, now, {40, 100, false}).size(), 90U);
}

TEST(TopView, SurvivesAnEmptyReading) {
  EXPECT_TRUE(has_line(render_top(nullptr, {}, {80, 24, false}), "nothing was lost"));
}

}  // namespace
}  // namespace saker
