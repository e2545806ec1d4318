// SPDX-License-Identifier: Apache-2.0
#include "cmd/run_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace saker {
namespace {

class RunFileTest : public testing::Test {
 protected:
  RunFileTest() { std::filesystem::remove_all(directory_); }
  ~RunFileTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<RunFile> begin() {
    auto begun = RunFile::begin(path_);
    EXPECT_TRUE(begun) << begun.error().to_string();
    return begun ? std::move(*begun) : nullptr;
  }
  void write(const std::string& text) {
    std::filesystem::create_directories(directory_ + "/state");
    std::ofstream(path_) << text;
  }
  [[nodiscard]] std::string text() const {
    std::ifstream in(path_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  std::string directory_ = testing::TempDir() + "saker_run_file_" + std::to_string(::getpid());
  std::string path_ = directory_ + "/state/run";
};

TEST_F(RunFileTest, OfARunThatEndsNothingIsLeft) {
  auto first = begin();
  ASSERT_NE(first, nullptr);
  EXPECT_FALSE(first->left());
  EXPECT_NE(text(), "");
  first.reset();
  EXPECT_EQ(text(), "");
  const auto second = begin();
  ASSERT_NE(second, nullptr);
  EXPECT_FALSE(second->left());
}

TEST_F(RunFileTest, TellsOfARunThatDidNotEnd) {
  auto killed = begin();
  ASSERT_NE(killed, nullptr);
  const std::string left_behind = text();
  killed.reset();
  write(left_behind);
  const auto next = begin();
  ASSERT_NE(next, nullptr);
  ASSERT_TRUE(next->left());
  EXPECT_EQ(next->left()->pid, static_cast<uint32_t>(::getpid()));
  EXPECT_TRUE(next->left()->is_of_this_boot);
  EXPECT_NE(next->left()->started, "");
}

TEST_F(RunFileTest, ARunOfAnotherBootWentDownWithItsHost) {
  write(R"({"pid": 12, "boot_id": "another", "started": "2026-01-02T03:04:05Z"})");
  const auto next = begin();
  ASSERT_NE(next, nullptr);
  ASSERT_TRUE(next->left());
  EXPECT_FALSE(next->left()->is_of_this_boot);
  const auto alert = make_left_run_alert(*next->left(), {});
  EXPECT_EQ(alert->priority, Priority::kWarning);
  EXPECT_EQ(alert->message,
            "Saker internal: sensor did not come to its end (run.cause=the host went down "
            "run.pid=12 run.started=2026-01-02T03:04:05Z)");
}

TEST_F(RunFileTest, WhateverIsLeftIsARunThatDidNotEnd) {
  for (const char* garbage : {"x", "{", "[]", R"({"pid": -1e300})", R"({"pid": "12"})", "\xff"}) {
    write(garbage);
    const auto next = begin();
    ASSERT_NE(next, nullptr) << garbage;
    ASSERT_TRUE(next->left()) << garbage;
    EXPECT_EQ(next->left()->pid, 0U) << garbage;
    EXPECT_FALSE(next->left()->is_of_this_boot) << garbage;
  }
}

TEST_F(RunFileTest, OnlyOneSensorKeepsIt) {
  const auto first = begin();
  ASSERT_NE(first, nullptr);
  const std::string of_first = text();
  EXPECT_FALSE(RunFile::begin(path_));
  EXPECT_EQ(text(), of_first);
}

TEST_F(RunFileTest, FollowsNoLink) {
  write("");
  const std::string link = directory_ + "/link";
  std::filesystem::create_symlink(path_, link);
  EXPECT_FALSE(RunFile::begin(link));
}

TEST_F(RunFileTest, IsForItsOwnerOnly) {
  const auto first = begin();
  struct stat info{};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

}  // namespace
}  // namespace saker
