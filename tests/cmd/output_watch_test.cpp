// SPDX-License-Identifier: Apache-2.0
#include "cmd/output_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "outputs/alert_line.h"

namespace saker {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

std::vector<SinkStats> stats(uint64_t written, uint64_t failed) {
  SinkStats file;
  file.name = "file";
  file.written = written;
  file.dropped_write_failed = failed;
  file.last_error = failed == 0 ? "" : "disk full";
  SinkStats fine;
  fine.name = "stdout";
  fine.written = written;
  return {file, fine};
}

// "file fails: disk full" and "file works".
std::string update(OutputWatch& watch, uint64_t written, uint64_t failed, int64_t now_ns) {
  std::string text;
  for (const OutputWatch::Change& change : watch.update(stats(written, failed), now_ns)) {
    text += change.output + (change.is_failing ? " fails: " + change.error : " works");
  }
  return text;
}

TEST(OutputWatch, ReportsTheBeginAndTheEndOfAFailure) {
  OutputWatch watch;
  EXPECT_EQ(update(watch, 1, 0, 0), "");
  EXPECT_EQ(update(watch, 1, 1, kSecond), "file fails: disk full");
  EXPECT_EQ(update(watch, 1, 2, 2 * kSecond), "");
  EXPECT_EQ(update(watch, 1, 2, 3 * kSecond), "");  // nothing was tried
  EXPECT_EQ(update(watch, 2, 2, 4 * kSecond), "file works");
  EXPECT_EQ(update(watch, 3, 2, 5 * kSecond), "");
}

TEST(OutputWatch, ReportsAnOutputThatComesAndGoesOnceAMinute) {
  OutputWatch watch;
  EXPECT_EQ(update(watch, 0, 1, kSecond), "file fails: disk full");
  EXPECT_EQ(update(watch, 1, 1, 2 * kSecond), "file works");
  EXPECT_EQ(update(watch, 1, 2, 3 * kSecond), "");
  EXPECT_EQ(update(watch, 2, 2, 4 * kSecond), "");
  EXPECT_EQ(update(watch, 2, 3, 60 * kSecond), "");
  EXPECT_EQ(update(watch, 2, 3, 61 * kSecond), "file fails: disk full");  // still
  EXPECT_EQ(update(watch, 2, 4, 200 * kSecond), "");
}

TEST(OutputWatch, AlertNamesOutputAndError) {
  std::string line;
  append_text_line(line, *make_output_alert({"file", true, "disk full"}, {0, "host-1"}), {});
  EXPECT_NE(line.find("Warning Saker internal: output failing (error=disk full output=file)"),
            std::string::npos)
      << line;
}

}  // namespace
}  // namespace saker
