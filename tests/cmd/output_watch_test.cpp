// SPDX-License-Identifier: Apache-2.0
#include "cmd/output_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "outputs/alert_line.h"
#include "tests/support/schema_check.h"

namespace saker {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

// "file fails: disk full" and "file works".
std::string update(OutputWatch& watch, bool is_failing, int64_t now_ns) {
  SinkStats file;
  file.name = "file";
  file.failing = is_failing;
  file.last_error = "disk full";
  SinkStats fine;
  fine.name = "stdout";
  std::string text;
  for (const OutputWatch::Change& change : watch.update({file, fine}, now_ns)) {
    text += change.output + (change.is_failing ? " fails: " + change.error : " works");
  }
  return text;
}

TEST(OutputWatch, ReportsTheBeginAndTheEndOfAFailure) {
  OutputWatch watch;
  EXPECT_EQ(update(watch, false, 0), "");
  EXPECT_EQ(update(watch, true, kSecond), "file fails: disk full");
  EXPECT_EQ(update(watch, true, 2 * kSecond), "");
  EXPECT_EQ(update(watch, true, 200 * kSecond), "");
  EXPECT_EQ(update(watch, false, 201 * kSecond), "file works");
  EXPECT_EQ(update(watch, false, 202 * kSecond), "");
}

TEST(OutputWatch, ReportsAnOutputThatComesAndGoesOnceAMinute) {
  OutputWatch watch;
  EXPECT_EQ(update(watch, true, kSecond), "file fails: disk full");
  EXPECT_EQ(update(watch, false, 2 * kSecond), "file works");
  EXPECT_EQ(update(watch, true, 3 * kSecond), "");
  EXPECT_EQ(update(watch, false, 4 * kSecond), "");
  EXPECT_EQ(update(watch, true, 61 * kSecond - 1), "");
  EXPECT_EQ(update(watch, true, 61 * kSecond), "file fails: disk full");
}

TEST(OutputWatch, AlertNamesOutputAndError) {
  std::string line;
  const auto alert = make_output_alert({"file", true, "disk full"}, {0, "host-1"});
  EXPECT_EQ(test::schema_problem_of(*alert), "");
  append_text_line(line, *alert, {});
  EXPECT_NE(line.find("Warning Saker internal: output failing (error=disk full output=file)"),
            std::string::npos)
      << line;
}

}  // namespace
}  // namespace saker
