// SPDX-License-Identifier: Apache-2.0
// The lesson of rules/README.md prints what the page says; the part that needs root is in
// tests/live.
#include "tests/support/lesson.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

#include "engine/cases/case_keys.h"

namespace saker::test {
namespace {

constexpr const char* kPage = "rules/README.md";

TEST(Lesson, PrintsWhatThePageSays) {
  std::string folder = testing::TempDir() + "saker-lesson-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::vector<LessonStep> steps = read_lesson(kPage, "```console");
  EXPECT_GT(steps.size(), 6U);
  const std::vector<std::string> outputs = run_lesson(steps, folder);
  ASSERT_EQ(outputs.size(), steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    EXPECT_EQ(outputs[i], steps[i].output) << steps[i].command;
  }
  std::filesystem::remove_all(folder);
}

template <typename T>
void expect_named(const std::string& page, std::span<const CaseKey<T>> keys) {
  for (const CaseKey<T>& key : keys) {
    const std::string name(key.name);
    EXPECT_TRUE(page.find('`' + name + '`') != std::string::npos ||
                page.find(name + ": ") != std::string::npos)
        << kPage << " does not tell of the key " << name;
  }
}

TEST(Lesson, IsFollowedByAllKeysOfCases) {
  std::ifstream in(std::filesystem::path(SAKER_SOURCE_DIR) / kPage);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const size_t begin = text.find("\n## Cases\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string page = text.substr(begin, text.find("\n## ", begin + 1) - begin);
  expect_named(page, image_keys());
  expect_named(page, identity_keys());
  expect_named(page, process_keys());
  expect_named(page, user_keys());
  expect_named(page, group_keys());
  expect_named(page, container_keys());
  expect_named(page, socket_keys());
  expect_named(page, file_keys());
  expect_named(page, call_keys());
}

}  // namespace
}  // namespace saker::test
