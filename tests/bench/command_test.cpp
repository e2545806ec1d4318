// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/command.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "tests/bench/scratch_dir.h"

namespace saker::bench {
namespace {

TEST(Command, RunsInItsFolder) {
  const ScratchDir dir;
  constexpr std::string_view kWords[] = {"touch", "made here"};
  ASSERT_TRUE(run_command(kWords, dir.file("")));
  EXPECT_TRUE(std::filesystem::exists(dir.file("made here")));
}

TEST(Command, OneThatFailsIsAnError) {
  constexpr std::string_view kFails[] = {"sh", "-c", "exit 3"};
  EXPECT_EQ(run_command(kFails, "/").error().what, "'sh -c exit 3' failed");
  constexpr std::string_view kAbsent[] = {"/nonexistent/program"};
  EXPECT_EQ(run_command(kAbsent, "/").error().errno_value, ENOENT);
}

TEST(Command, KnowsWhatIsInstalled) {
  EXPECT_TRUE(is_installed("sh"));
  EXPECT_TRUE(is_installed("/bin/sh"));
  EXPECT_FALSE(is_installed("no such program"));
  EXPECT_FALSE(is_installed("/nonexistent/sh"));
}

TEST(Companion, IsThereWhenItSaysSo) {
  const ScratchDir dir;
  constexpr std::string_view kWords[] = {"sh", "-c",
                                         "echo $$ > pid; echo now ready; exec sleep 1000"};
  pid_t pid = 0;
  {
    const auto companion = Companion::start(kWords, dir.file(""), "ready");
    ASSERT_TRUE(companion.has_value()) << companion.error().to_string();
    ASSERT_TRUE(std::ifstream(dir.file("pid")) >> pid);
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Companion, OneThatEndsInsteadIsAnError) {
  constexpr std::string_view kWords[] = {"echo", "no"};
  EXPECT_EQ(Companion::start(kWords, "/", "ready").error().what, "'echo no' did not start: no\n");
}

}  // namespace
}  // namespace saker::bench
