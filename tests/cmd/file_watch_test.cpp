// SPDX-License-Identifier: Apache-2.0
#include "cmd/file_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace saker {
namespace {

namespace fs = std::filesystem;

class FileWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "saker-watch-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directory(folder_ / "rules.d");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const fs::path& name) const { std::ofstream(folder_ / name) << "x"; }

  fs::path folder_;
  FileWatch watch_;
};

TEST_F(FileWatchTest, TellsOfFilesThatAreNamedWhateverBecomesOfThem) {
  watch_.watch({folder_ / "saker.yaml"});
  EXPECT_FALSE(watch_.take());
  write("saker.yaml");
  EXPECT_TRUE(watch_.take());
  EXPECT_FALSE(watch_.take());
  write("other");
  EXPECT_FALSE(watch_.take());
  fs::rename(folder_ / "other", folder_ / "saker.yaml");
  EXPECT_TRUE(watch_.take());
  fs::remove(folder_ / "saker.yaml");
  EXPECT_TRUE(watch_.take());
}

TEST_F(FileWatchTest, TellsOfRuleFilesInADirectory) {
  watch_.watch({folder_ / "rules.d"});
  write("rules.d/notes.txt");
  EXPECT_FALSE(watch_.take());
  write("rules.d/a.yaml");
  EXPECT_TRUE(watch_.take());
  fs::remove_all(folder_ / "rules.d");
  EXPECT_TRUE(watch_.take());
}

TEST_F(FileWatchTest, FollowsLinks) {
  fs::create_directory(folder_ / "real");
  write("real/a.yaml");
  fs::create_symlink("real/a.yaml", folder_ / "a.yaml");
  watch_.watch({folder_ / "a.yaml"});
  write("real/a.yaml");
  EXPECT_TRUE(watch_.take());
}

TEST_F(FileWatchTest, TellsOfAVolumeThatIsReplaced) {
  fs::create_directory(folder_ / "rules.d/..1");
  fs::create_symlink("..1", folder_ / "rules.d/..data");
  watch_.watch({folder_ / "rules.d/a.yaml"});
  fs::create_directory(folder_ / "rules.d/..2");
  fs::create_symlink("..2", folder_ / "rules.d/..new");
  EXPECT_TRUE(watch_.take());
  fs::rename(folder_ / "rules.d/..new", folder_ / "rules.d/..data");
  EXPECT_TRUE(watch_.take());
}

TEST_F(FileWatchTest, ForgetsWhatIsNotWantedAnyMore) {
  watch_.watch({folder_ / "saker.yaml", folder_ / "rules.d"});
  watch_.watch({folder_ / "saker.yaml"});
  write("rules.d/a.yaml");
  EXPECT_FALSE(watch_.take());
  write("saker.yaml");
  EXPECT_TRUE(watch_.take());
}

TEST(Settling, EndsWhenNothingHappensForAWhile) {
  Settling settling;
  const Settling::Clock::time_point start{};
  EXPECT_FALSE(settling.due());
  EXPECT_FALSE(settling.take(start));
  settling.note(start);
  settling.note(start + Settling::kQuiet / 2);
  EXPECT_FALSE(settling.take(start + Settling::kQuiet));
  EXPECT_TRUE(settling.take(start + Settling::kQuiet * 2));
  EXPECT_FALSE(settling.due());
}

TEST(Settling, DoesNotWaitForChangesWithoutEnd) {
  Settling settling;
  Settling::Clock::time_point now{};
  const auto start = now;
  for (settling.note(now); !settling.take(now); now += std::chrono::milliseconds(100)) {
    settling.note(now);
  }
  EXPECT_EQ(now - start, Settling::kLongest);
}

}  // namespace
}  // namespace saker
