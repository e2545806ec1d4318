// SPDX-License-Identifier: Apache-2.0
#include "cmd/dry_run.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/enforcement.h"
#include "tests/support/fake_process.h"
#include "tests/support/fake_root.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

const std::string kExecs = "evt.type in (execve, execveat) and ";
const std::string kOpens = "evt.type in (open, openat, openat2) and ";

// Of a host with an init and one process that runs /opt/bad/prog.
class DryRunTest : public testing::Test {
 protected:
  DryRunTest() {
    add(1, 0, "init", "/sbin/init");
    add(42, 41, "prog", "/opt/bad/prog");
  }
  void add(uint32_t pid, uint32_t parent, const std::string& name, const std::string& exe) {
    add_process(root_, pid, parent, name, pid);
    const std::string dir = "proc/" + std::to_string(pid);
    root_.link(dir + "/exe", exe);
    root_.directory(dir + "/fd");
    root_.file(dir + "/maps", "1-2 r-xp 0 0:0 7 /lib/libc.so\n");
  }
  DryRunReport run(const std::vector<std::string>& conditions,
                   Enforcement mode = Enforcement::kOn) {
    const auto rules = load_acting(conditions, mode);
    const auto report = dry_run(rules, {.root = root_.path(), .exempt = exempt_});
    EXPECT_NE(report, nullptr);
    return report != nullptr ? *report : DryRunReport{};
  }

  FakeRoot root_;
  std::vector<std::string> exempt_;
};

TEST_F(DryRunTest, NamesRuleProcessAndExecutable) {
  const DryRunReport report = run({kExecs + "proc.exepath startswith /opt/bad/",
                                   kExecs + "proc.exepath startswith /opt/good/"});
  EXPECT_EQ(report.processes, 1U);
  EXPECT_EQ(report.operations, 1U);
  EXPECT_EQ(report.operations_refused, 1U);
  EXPECT_EQ(dry_run_lines(report),
            (std::vector<std::string>{
                "rule 'r0' (deny, enforcement on) would have refused 1 operation of 1 process: "
                "prog (pid 42) executes /opt/bad/prog",
                "1 operation of 1 process would have been refused; 1 process looked at"}));
}

TEST_F(DryRunTest, SaysThatNothingWouldHaveBeenRefused) {
  const DryRunReport report =
      run({kExecs + "proc.exepath = /opt/other", "evt.type in (mkdir, mkdirat) and user.uid = 0"},
          Enforcement::kAudit);
  EXPECT_EQ(report.operations_refused, 0U);
  EXPECT_EQ(report.rules_silent, 1U);
  EXPECT_EQ(
      dry_run_lines(report),
      std::vector<std::string>{"none of 1 operation would have been refused; 1 process looked "
                               "at; 1 rule is about what cannot be seen of a running "
                               "process"});
}

TEST_F(DryRunTest, LooksAtOpenFilesMappingsAndParents) {
  add(50, 42, "child", "/bin/child");
  root_.file("data", "");
  add_descriptor(root_, 50, 3, root_.path("data"), "01");
  add_descriptor(root_, 42, 3, root_.path("data"), "0");
  const DryRunReport report =
      run({kOpens + "fd.name = " + root_.path("data") + " and evt.is_open_write = true",
           "evt.type = mmap and evt.arg.prot contains PROT_EXEC and fd.name endswith /libc.so",
           kExecs + "proc.pname = prog"});
  ASSERT_EQ(report.rules.size(), 3U);
  EXPECT_EQ(report.rules[0].examples.at(0).pid, 50U);
  EXPECT_EQ(report.rules[0].examples.at(0).object, root_.path("data"));
  EXPECT_EQ(report.rules[0].processes, 1U) << "the other one only reads";
  EXPECT_EQ(report.rules[1].processes, 2U);
  EXPECT_EQ(report.rules[1].examples.at(0).operation, "has mapped to execute");
  EXPECT_EQ(report.rules[2].examples.at(0).object, "/bin/child");
}

TEST_F(DryRunTest, LooksAtSockets) {
  add_descriptor(root_, 42, 3, "socket:[1]", "02");
  root_.link("proc/42/ns/net", "net:[1]");
  root_.file("proc/42/net/tcp", "0: 0100007F:0016 00000000:0000 0A 0:0 0:0 0 0 0 1\n");
  const DryRunReport report = run({"evt.type = listen and fd.typechar in (4, 6) and fd.sport = 22",
                                   "evt.type = bind and fd.typechar in (4, 6) and fd.sport = 22"});
  ASSERT_EQ(report.rules.size(), 2U);
  EXPECT_EQ(report.rules[0].examples.at(0).object, "127.0.0.1:22");
  EXPECT_EQ(report.rules[1].examples.at(0).object, "127.0.0.1:22");
}

TEST_F(DryRunTest, LeavesOutWhatIsNeverRefused) {
  add(2, 0, "kthreadd", "/opt/bad/kernel");
  root_.file("proc/2/stat", "2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1 0 0 0\n");
  add(60, 1, "saker", std::filesystem::read_symlink("/proc/self/exe").string());
  EXPECT_EQ(run({kExecs + "proc.exepath startswith /"}).operations_refused, 1U);
}

TEST_F(DryRunTest, ExemptProgramsStartAnything) {
  add(41, 1, "dpkg", "/usr/bin/dpkg");
  exempt_ = {"/usr/bin/dpkg"};
  const std::string maps =
      "evt.type = mmap and evt.arg.prot contains PROT_EXEC and fd.name endswith /libc.so";
  const DryRunReport report = run({kExecs + "proc.exepath startswith /", maps});
  ASSERT_EQ(report.rules.size(), 2U);
  ASSERT_EQ(report.rules[0].processes, 1U);
  EXPECT_EQ(report.rules[0].examples.at(0).pid, 41U) << "what it starts is not refused";
  ASSERT_EQ(report.rules[1].processes, 1U);
  EXPECT_EQ(report.rules[1].examples.at(0).pid, 42U) << "what it does is not refused";
}

TEST_F(DryRunTest, BoundsAndEscapesWhatProcessesChose) {
  for (uint32_t pid = 100; pid < 105; ++pid) {
    add(pid, 1, "a\x1b[2J", "/opt/bad/\x1b" + std::string(2000, 'x'));
  }
  const DryRunReport report = run({kExecs + "proc.exepath startswith /opt/bad/"});
  ASSERT_EQ(report.rules.size(), 1U);
  EXPECT_EQ(report.rules[0].processes, 6U);
  EXPECT_EQ(report.rules[0].examples.size(), DryRunReport::kMaxExamples);
  const std::string line = dry_run_lines(report).at(0);
  EXPECT_LT(line.size(), 1000U);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_TRUE(line.ends_with("; ...")) << line;
}

TEST_F(DryRunTest, OneRuleIsNamedForAnOperationAsInAlerts) {
  const DryRunReport report = run({kExecs + "user.uid = 1001", kExecs + "proc.name = prog"});
  ASSERT_EQ(report.rules.size(), 1U);
  EXPECT_EQ(report.rules[0].name, "r0");
}

TEST_F(DryRunTest, IsNotMadeWithoutRulesThatAct) {
  const auto rules = load_acting({kExecs + "proc.name = prog"}, Enforcement::kOff);
  EXPECT_EQ(dry_run(rules, {.root = root_.path()}), nullptr);
}

TEST_F(DryRunTest, AsJson) {
  std::string text;
  JsonWriter json(text);
  write_json(json, run({kExecs + "proc.exepath startswith /opt/bad/"}));
  EXPECT_EQ(text,
            R"({"processes":1,"processes_partly":0,"processes_skipped":0,"processes_refused":1,)"
            R"("operations":1,"operations_refused":1,"rules_silent":0,)"
            R"("summary":"1 operation of 1 process would have been refused; 1 process looked at",)"
            R"("rules":[{"name":"r0","action":"deny","enforcement":"on","operations":1,)"
            R"("processes":1,"examples":[{"process":"prog","pid":42,"operation":"executes",)"
            R"("object":"/opt/bad/prog"}]}]})");
}

TEST(DryRunReport, TellsOnlyOfSomeRulesByName) {
  DryRunReport report;
  report.processes = 9;
  report.processes_partly = 2;
  report.processes_skipped = 3;
  report.rules.resize(25);
  const std::vector<std::string> lines = dry_run_lines(report);
  ASSERT_EQ(lines.size(), 22U);
  EXPECT_EQ(lines[20], "and 5 more rules would have refused something");
  EXPECT_EQ(lines[21],
            "none of 0 operations would have been refused; 9 processes looked at, 2 of them in "
            "part, 3 not for lack of time");
}

// A program that waits for its stdin to end.
class Waiting {
 public:
  explicit Waiting(const std::string& program) {
    int pipe[2] = {-1, -1};
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    input_.reset(pipe[1]);
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[0], STDIN_FILENO);
    std::string name = program;
    char* args[] = {name.data(), nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, program.c_str(), &actions, nullptr, args, environ), 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[0]);
  }
  ~Waiting() {
    input_.reset();
    ::waitpid(pid_, nullptr, 0);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  UniqueFd input_;
};

TEST(DryRunCommand, FindsARunningProcessOfThisHost) {
  FakeRoot folder;
  const std::string program = folder.path("program");
  std::filesystem::copy_file("/bin/cat", program);
  const auto write = [&](const std::string& name, const std::string& path) {
    folder.file(name, "- rule: Runs it\n  desc: d\n  condition: " + kExecs + "proc.exepath = " +
                          path + "\n  output: o\n  priority: Error\n  action: deny\n");
    return folder.path(name);
  };
  const std::string rules = write("rules.yaml", program);
  const Finished before = run_saker({"enforce", "dry-run", "-r", rules});
  EXPECT_EQ(before.status, 0) << before.out << before.err;
  const Waiting waiting(program);
  const Finished found = run_saker({"enforce", "dry-run", "-r", rules});
  EXPECT_EQ(found.status, 1) << found.err;
  EXPECT_TRUE(found.out.starts_with(
      "rule 'Runs it' (deny, enforcement on) would have refused 1 operation of 1 process: program "
      "(pid " +
      std::to_string(waiting.pid()) + ") executes " + program +
      "\n1 operation of 1 process would have been refused; "))
      << found.out;
  const Finished json = run_saker({"enforce", "dry-run", "--json", "-r", rules});
  EXPECT_EQ(json.status, 1);
  EXPECT_NE(json.out.find("\"pid\":" + std::to_string(waiting.pid())), std::string::npos);
}

TEST(DryRunCommand, RefusesRulesThatDoNotLoad) {
  FakeRoot folder;
  folder.file("bad.yaml", "- rule: x\n");
  EXPECT_EQ(run_saker({"enforce", "dry-run", "-r", folder.path("bad.yaml")}).status, 1);
  EXPECT_EQ(run_saker({"enforce", "status", "-r", folder.path("bad.yaml")}).err,
            "saker enforce: -r is for 'saker enforce dry-run'; a running sensor has its rules\n");
}

}  // namespace
}  // namespace saker::test
