// SPDX-License-Identifier: Apache-2.0
// Live runs of the built program: SIGTERM loses nothing, SIGUSR1 opens files anew, and a recorded
// run replays to the same alerts.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

#include "engine/base/unique_fd.h"
#include "tests/support/program.h"
#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

namespace fs = std::filesystem;

class LiveRun : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !fs::exists("/sys/kernel/btf/vmlinux")) {
      if (std::getenv("SAKER_REQUIRE_LIVE") != nullptr) {
        FAIL() << "needs root and BTF";
      }
      GTEST_SKIP() << "needs root and BTF";
    }
    std::string pattern = testing::TempDir() + "saker-live-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = fs::canonical(pattern);
    std::ofstream(folder_ / "rules.yaml")
        << "- rule: Watched\n"
           "  desc: d\n"
           "  condition: >\n"
           "    (evt.type in (open, openat, openat2) and fd.name startswith "
        << folder_.string()
        << "/watched)\n"
           "    or (evt.type = execve and proc.cmdline contains saker-live-mark)\n"
           "  output: >\n"
           "    watched %evt.num %evt.type %evt.res %fd.name %evt.arg.flags by=%proc.name\n"
           "    exe=%proc.exepath cmd=%proc.cmdline pid=%proc.pid parent=%proc.pname\n"
           "    up=%proc.aname[2] user=%user.name group=%group.name cwd=%proc.cwd tty=%proc.tty\n"
           "    container=%container.id\n"
           "  priority: NOTICE\n";
  }
  void TearDown() override {
    if (!folder_.empty()) {
      fs::remove_all(folder_);
    }
  }

  [[nodiscard]] std::vector<std::string> args(std::vector<std::string> first) const {
    // Ids are of the run: a replay's are others.
    for (const char* word : {"-o", "json_output=true", "-o", "json_include_id_property=false", "-o",
                             "time_format_iso_8601=true", "-r"}) {
      first.emplace_back(word);
    }
    first.push_back(folder_ / "rules.yaml");
    return first;
  }
  void open_watched(int number) const {
    const std::string path = folder_ / ("watched" + std::to_string(number));
    const UniqueFd fd(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    ASSERT_TRUE(fd);
  }
  // The numbers of the opens that a file of alerts has.
  [[nodiscard]] std::string watched_in(const fs::path& alerts) const {
    const std::string key = "\"fd.name\":\"" + (folder_ / "watched").string();
    std::string numbers;
    std::ifstream in(alerts);
    for (std::string line; std::getline(in, line);) {
      if (line.find("\"source\":\"internal\"") != std::string::npos) {
        continue;  // a busy machine may lose events of others
      }
      const size_t at = line.find(key);
      numbers += at == std::string::npos ? '?' : line[at + key.size()];
    }
    return numbers;
  }
  static void shell(const std::string& script) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::execl("/bin/sh", "sh", "-c", script.c_str(), "saker-live-mark", nullptr);
      ::_exit(127);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(status, 0);
  }

  fs::path folder_;
};

TEST_F(LiveRun, SigtermDrainsTheRingAndTheQueues) {
  constexpr int kOpens = 500;
  Program program(args({"run"}));
  ASSERT_TRUE(program.wait_for_log("watching"));
  for (int i = 0; i < kOpens; ++i) {
    open_watched(i);
  }
  program.send(SIGTERM);
  const Finished finished = program.finish();
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(std::ranges::count(finished.out, '\n'), kOpens);
  EXPECT_EQ(SchemaCheck::of("json").problem_of_lines(finished.out), "");
  for (int i = 0; i < kOpens; ++i) {
    const std::string path = folder_ / ("watched" + std::to_string(i));
    EXPECT_NE(finished.out.find("\"fd.name\":\"" + path + "\""), std::string::npos) << path;
  }
  EXPECT_NE(finished.err.find(" 500 alerts, 0 lost\n"), std::string::npos) << finished.err;
}

TEST_F(LiveRun, Sigusr1OpensARotatedFileAnew) {
  const fs::path file = folder_ / "alerts";
  const fs::path moved = folder_ / "moved";
  const auto size = [](const fs::path& path) {
    std::error_code missing;
    const auto bytes = fs::file_size(path, missing);
    return missing ? -1 : static_cast<int64_t>(bytes);
  };
  const auto wait_for = [](const auto& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return condition();
  };
  Program program(
      args({"run", "-o", "file_output.enabled=true", "-o", "file_output.keep_alive=true", "-o",
            "file_output.filename=" + file.string()}));
  ASSERT_TRUE(program.wait_for_log("watching"));
  open_watched(1);
  ASSERT_TRUE(wait_for([&] { return size(file) > 0; }));
  fs::rename(file, moved);
  program.send(SIGUSR1);
  ASSERT_TRUE(wait_for([&] { return size(file) == 0; }));
  open_watched(2);
  program.send(SIGTERM);
  EXPECT_EQ(program.finish().status, 0);
  EXPECT_EQ(watched_in(moved), "1");
  EXPECT_EQ(watched_in(file), "2");
}

TEST_F(LiveRun, ReplayGivesTheAlertsOfTheRecordedRun) {
  const std::string capture = folder_ / "capture";
  Program program(args({"record", capture}));
  ASSERT_TRUE(program.wait_for_log("watching"));
  open_watched(1);
  shell("cd / && for i in 2 3; do cat < /dev/null > " + (folder_ / "watched$i").string() +
        "; done; ls saker-live-mark-none || true");
  open_watched(4);
  program.send(SIGTERM);
  const Finished live = program.finish();
  ASSERT_EQ(live.status, 0) << live.err;
  EXPECT_GE(std::ranges::count(live.out, '\n'), 6);  // 4 opens, 2 execs
  EXPECT_EQ(SchemaCheck::of("json").problem_of_lines(live.out), "");
  EXPECT_NE(live.err.find(" 0 lost\n"), std::string::npos) << live.err;
  EXPECT_EQ(fs::status(capture).permissions(), fs::perms(0600));

  const Finished replayed = run_saker(args({"replay", capture}));
  EXPECT_EQ(replayed.status, 0) << replayed.err;
  EXPECT_EQ(replayed.out, live.out);
}

TEST_F(LiveRun, ARecordingBecomesACaseThatPasses) {
  const std::string capture = folder_ / "capture";
  const std::string test = folder_ / "case.yaml";
  Program program(args({"record", capture}));
  ASSERT_TRUE(program.wait_for_log("watching"));
  open_watched(1);
  shell("cd " + folder_.string() +
        " && cat < /dev/null > watched2; ls saker-live-mark-none || true");
  program.send(SIGTERM);
  const Finished live = program.finish();
  ASSERT_EQ(live.status, 0) << live.err;

  Finished made = run_saker(args({"test", "--from", capture}));
  ASSERT_EQ(made.status, 0) << made.err;
  for (const char* field : {"fd.name", "proc.name", "proc.cmdline", "proc.pname", "proc.cwd"}) {
    EXPECT_NE(made.out.find("\n      " + std::string(field) + ": "), std::string::npos) << field;
  }
  std::ofstream(test) << made.out;
  const Finished passed = run_saker(args({"test", test}));
  EXPECT_EQ(passed.status, 0) << passed.out << made.out;

  const size_t at = made.out.find("/watched1");  // that of the event: alerts come later
  ASSERT_NE(at, std::string::npos);
  made.out.replace(at, 9, "/other");
  std::ofstream(test) << made.out;
  const Finished failed = run_saker(args({"test", test}));
  EXPECT_EQ(failed.status, 1);
  EXPECT_NE(failed.out.find("missing: Watched (line "), std::string::npos) << failed.out;
}

TEST_F(LiveRun, MEndsTheRunByItself) {
  const Finished finished = run_saker(args({"run", "-M", "1"}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.err.find(" events in 1."), std::string::npos) << finished.err;
}

TEST_F(LiveRun, RecordRefusesAFileThatExists) {
  std::ofstream(folder_ / "there") << "precious";
  const Finished finished = run_saker(args({"record", folder_ / "there"}));
  EXPECT_EQ(finished.status, 1);
  EXPECT_TRUE(finished.err.ends_with("File exists (remove it, or choose another name)\n"))
      << finished.err;
}

}  // namespace
}  // namespace saker::test
