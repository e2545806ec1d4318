// SPDX-License-Identifier: Apache-2.0
// The lesson of rules/README.md, with the part that records.
#include "tests/support/lesson.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

namespace saker::test {
namespace {

TEST(LiveLesson, PrintsWhatThePageSays) {
  if (::geteuid() != 0 || !std::filesystem::exists("/sys/kernel/btf/vmlinux")) {
    if (std::getenv("SAKER_REQUIRE_LIVE") != nullptr) {
      FAIL() << "needs root and BTF";
    }
    GTEST_SKIP() << "needs root and BTF";
  }
  std::string folder = testing::TempDir() + "saker-lesson-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::vector<LessonStep> steps = read_lesson("rules/README.md", "```console");
  const size_t first = steps.size();
  const std::vector<LessonStep> recording = read_lesson("rules/README.md", "```console root");
  ASSERT_FALSE(recording.empty());
  steps.insert(steps.end(), recording.begin(), recording.end());
  // Its own /srv: that of the host may have backups.
  const std::vector<std::string> outputs = run_lesson(
      steps, folder, "unshare --mount sh -c 'mount -t tmpfs tmpfs /srv && exec \"$@\"' sh");
  ASSERT_EQ(outputs.size(), steps.size());
  for (size_t i = first; i < steps.size(); ++i) {
    EXPECT_EQ(outputs[i], steps[i].output) << steps[i].command;
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace saker::test
