// SPDX-License-Identifier: Apache-2.0
#include "outputs/program_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/fake_root.h"
#include "tests/support/sink_driver.h"

namespace saker {
namespace {

namespace fs = std::filesystem;

class ProgramSinkTest : public testing::Test {
 protected:
  ProgramSinkTest() { ::signal(SIGPIPE, SIG_IGN); }
  ~ProgramSinkTest() override {
    // Whatever happened, nothing is left of a program.
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
  }

  // Programs find the directory of the test in $D.
  [[nodiscard]] std::string in_root(const std::string& command) const {
    return "D=" + root_.path() + "; " + command;
  }
  [[nodiscard]] std::unique_ptr<ProgramSink> make(
      const std::string& command, bool keep_alive,
      std::chrono::milliseconds patience = std::chrono::seconds(30)) const {
    auto sink = std::make_unique<ProgramSink>(
        ProgramOptions{in_root(command), keep_alive, patience}, test::plain_format());
    EXPECT_TRUE(sink->open());
    return sink;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream in(root_.path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Until some child has ended, without taking its status.
  static void wait_for_end_of_child() {
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
  }

  test::FakeRoot root_;
};

std::string line(const std::string& text) { return std::string(test::kPlainPrefix) + text + "\n"; }

TEST_F(ProgramSinkTest, RunsOnceForEachAlert) {
  const auto sink = make("cat >> $D/out; echo end >> $D/out", false);
  EXPECT_EQ(test::send(*sink, test::render(*sink, {"one", "two"})).size(), 2U);
  EXPECT_EQ(read("out"), line("one") + "end\n" + line("two") + "end\n");
}

TEST_F(ProgramSinkTest, KeepAliveRunsOnceForAll) {
  auto sink = make("echo begin >> $D/out; cat >> $D/out; echo end >> $D/out", true);
  EXPECT_EQ(test::send(*sink, test::render(*sink, {"one", "two"})).size(), 2U);
  EXPECT_EQ(test::send(*sink, "three"), "");
  sink.reset();  // waits until the program has read everything
  EXPECT_EQ(read("out"), "begin\n" + line("one") + line("two") + line("three") + "end\n");
}

TEST_F(ProgramSinkTest, ExitStatusDecidesAboutTheAlert) {
  const std::pair<std::string, std::string> cases[] = {
      {"exit 0", ""},
      {"exit 1", "final: the program of program_output exited with status 1"},
      {"exit 75", "the program of program_output exited with status 75"},
      {"exec 2>/dev/null; /nonexistent",
       "the program of program_output exited with status 127 (sh could not run it: see "
       "program_output.program)"},
      {"kill -KILL $$", "final: the program of program_output was killed by signal 9 (Killed)"},
  };
  for (const auto& [command, result] : cases) {
    EXPECT_EQ(test::send(*make(command, false), "text"), result) << command;
  }
}

TEST_F(ProgramSinkTest, AProgramNeedNotReadItsAlert) {
  EXPECT_EQ(test::send(*make("exec 0<&-; exit 0", false), std::string(1'000'000, 'x')), "");
}

TEST_F(ProgramSinkTest, KeepAliveStartsAnewWhatHasEnded) {
  auto sink = make("read -r l; echo \"$l\" >> $D/out; exit 3", true);
  EXPECT_EQ(test::send(*sink, "one"), "");
  wait_for_end_of_child();
  EXPECT_EQ(test::send(*sink, "two"), "the program of program_output exited with status 3");
  EXPECT_EQ(test::send(*sink, "two"), "");
  sink.reset();
  EXPECT_EQ(read("out"), line("one") + line("two"));
}

TEST_F(ProgramSinkTest, KeepAliveLosesNothingThatWasNotRead) {
  auto sink = make("for i in 1 2; do read -r l && echo \"$l\" >> $D/out; done", true);
  std::vector<std::string> texts;
  std::string expected;
  for (int i = 0; i < 7; ++i) {
    texts.push_back(std::to_string(i) + std::string(static_cast<size_t>(i) * 100, 'x'));
    expected += line(texts.back());
  }
  std::vector<Message> left = test::render(*sink, texts);
  while (!left.empty()) {
    const std::vector<Outcome> outcomes = test::send(*sink, left);
    ASSERT_LE(outcomes.size(), 3U);
    const auto is_out = [](const Outcome& outcome) { return !outcome.failure; };
    left.erase(left.begin(), left.begin() + std::ranges::count_if(outcomes, is_out));
  }
  sink.reset();
  EXPECT_EQ(read("out"), expected);
}

TEST_F(ProgramSinkTest, KeepAliveNoticesAProgramThatIsNotThere) {
  const auto sink = make("exec 2>/dev/null; /nonexistent", true);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(test::send(*sink, "one"),
              "the program of program_output exited with status 127 (sh could not run it: see "
              "program_output.program)");
  }
}

TEST_F(ProgramSinkTest, KeepAliveEndsAProgramThatStoppedReading) {
  auto sink = make("exec 0<&-; exec tail -f /dev/null", true, std::chrono::milliseconds(1));
  EXPECT_EQ(test::send(*sink, std::string(1'000'000, 'x')),
            "the program of program_output was killed by signal 15 (Terminated)");
}

TEST_F(ProgramSinkTest, KillsWhatIgnoresItsEnd) {
  auto sink = make("trap '' TERM; while :; do :; done", true, std::chrono::milliseconds(10));
  sink.reset();  // the destructor of the fixture sees that nothing is left
}

TEST_F(ProgramSinkTest, ReopenStartsTheProgramAnew) {
  auto sink = make("echo begin >> $D/out; cat >> $D/out", true);
  EXPECT_EQ(test::send(*sink, "one"), "");
  EXPECT_TRUE(sink->reopen());
  EXPECT_EQ(test::send(*sink, "two"), "");
  sink.reset();
  EXPECT_EQ(read("out"), "begin\n" + line("one") + "begin\n" + line("two"));
}

TEST_F(ProgramSinkTest, WaitsForAProgramThatReadsLate) {
  ASSERT_EQ(::mkfifo(root_.path("go").c_str(), 0600), 0);
  auto sink = make("read -r word < $D/go; cat > $D/out", true);
  const std::string large(300'000, 'x');  // more than a pipe holds
  std::thread sender([&] { EXPECT_EQ(test::send(*sink, large), ""); });
  std::ofstream(root_.path("go")) << "go\n";
  sender.join();
  sink.reset();
  EXPECT_EQ(read("out"), line(large));
}

TEST_F(ProgramSinkTest, GivesTheProgramCleanSignalsAndDescriptors) {
  const UniqueFd leak(::fcntl(STDERR_FILENO, F_DUPFD, 100));  // not closed on exec
  ASSERT_TRUE(leak);
  const auto sink = make(
      "grep SigBlk /proc/self/status > $D/blocked; grep SigIgn /proc/self/status > $D/ignored; ls "
      "/proc/self/fd > $D/fds",
      false);
  std::thread thread([&] {  // with every signal blocked, as the threads of sinks are
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    EXPECT_EQ(test::send(*sink, "text"), "");
  });
  thread.join();
  EXPECT_EQ(read("blocked"), "SigBlk:\t0000000000000000\n");
  const std::string ignored = read("ignored");
  const uint64_t ignored_signals = std::stoull(ignored.substr(ignored.find('\t')), nullptr, 16);
  EXPECT_EQ(ignored_signals & 0x7fff'ffffU, 0U) << ignored;  // 1 to 31; glibc has two of its own
  EXPECT_EQ(read("fds"), "0\n1\n2\n3\n");  // 1 is the file, 3 the directory that ls reads
}

TEST_F(ProgramSinkTest, WhatTheProgramPrintsGoesToStandardError) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_EQ(test::send(*make("cat; echo oops >&2", false), "one"), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), line("one") + "oops\n");
}

TEST_F(ProgramSinkTest, LeavesNoDescriptorOpen) {
  const auto count = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = count();
  {
    const auto each = make("cat > /dev/null", false);
    const auto all = make("cat > /dev/null", true);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(test::send(*each, "text"), "");
      EXPECT_TRUE(all->reopen());
    }
    EXPECT_EQ(count(), before + 2);  // the pipe to the one that stays, and its pidfd
  }
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace saker
