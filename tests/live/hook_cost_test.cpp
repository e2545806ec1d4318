// SPDX-License-Identifier: Apache-2.0
// What an operation costs at a hook, by the number of rules that are about it: as counted by the
// kernel, in one run. Run on request only, on the kernels of tests/vm (README.md there).
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/filter_tables.h"
#include "tests/support/addresses.h"
#include "tests/support/enforcement.h"

namespace saker::test {
namespace {

constexpr int kRounds = 3;
constexpr int kOperations = 1000;
constexpr int kExecs = 50;
constexpr std::array<int, 3> kRules = {1, 100, 1000};
constexpr double kFlat = 1.2;

// Conditions about an operation that do not hold for it; NUMBER stands for that of the rule.
struct CostCase {
  std::string_view program;
  std::string_view condition;
  void (*operate)();

  friend void PrintTo(const CostCase& one, std::ostream* out) { *out << one.program; }
};

void open_file() { ::close(::open("/etc/passwd", O_RDONLY | O_CLOEXEC)); }

void execute_program() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/true", "true", nullptr);
    ::_exit(1);
  }
  ::waitpid(child, nullptr, 0);
}

void send_datagram() {
  static const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_in to = loopback(9);
  ::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
}

constexpr CostCase kCostCases[] = {
    {"hook_file_open",
     "evt.type in (open, openat, openat2) and fd.name startswith /srv/NUMBER/secret", open_file},
    {"hook_bprm_check_security",
     "evt.type in (execve, execveat) and proc.exepath=/srv/NUMBER/program", execute_program},
    {"hook_path_chmod",
     "evt.type in (chmod, fchmod, fchmodat) and fs.path.name startswith /srv/NUMBER",
     [] { ::chmod("/etc/passwd", 0644); }},
    {"hook_socket_connect",
     "evt.type=connect and fd.typechar in (4, 6) and fd.rip=10.1.2.3 and fd.rport=NUMBER",
     send_datagram},
    {"hook_task_kill",
     "evt.type in (kill, tkill, tgkill) and evt.arg.sig=SIGCONT and proc.name=programNUMBER",
     [] { ::kill(::getpid(), SIGCONT); }},
};

std::vector<std::string> conditions_of(const CostCase& one, int rules) {
  constexpr std::string_view kNumber = "NUMBER";
  std::vector<std::string> conditions;
  for (int i = 0; i < rules; ++i) {
    std::string text(one.condition);
    text.replace(text.find(kNumber), kNumber.size(), std::to_string(1000 + i));
    conditions.push_back(std::move(text));
  }
  return conditions;
}

ProgramRuns runs_of(const LiveSource& source, std::string_view program) {
  const std::vector<ProgramRuns> all = source.program_runs();
  const auto found = std::ranges::find(all, program, &ProgramRuns::program);
  return found == all.end() ? ProgramRuns{program} : *found;
}

class HookCost : public testing::TestWithParam<CostCase> {
 protected:
  // What a run of the program takes while the rules are in force.
  static double measure(LiveSource& source, const RuleSet& rules) {
    EXPECT_TRUE(source.set_filter(tables_of(rules.filter())));
    const ProgramRuns before = runs_of(source, GetParam().program);
    const bool is_exec = GetParam().operate == execute_program;
    for (int i = 0; i < (is_exec ? kExecs : kOperations); ++i) {
      GetParam().operate();
    }
    const ProgramRuns after = runs_of(source, GetParam().program);
    EXPECT_GT(after.runs, before.runs);
    return static_cast<double>(after.run_ns - before.run_ns) /
           static_cast<double>(std::max<uint64_t>(1, after.runs - before.runs));
  }
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

TEST_P(HookCost, IsFlatInTheNumberOfRules) {
  if (std::getenv("SAKER_MEASURE") == nullptr) {
    GTEST_SKIP() << "a measurement: set SAKER_MEASURE=1";
  }
  SAKER_NEEDS_HOOKS();
  std::ofstream("/proc/sys/kernel/bpf_stats_enabled") << 1;
  const auto source = open_deciding_source();
  ASSERT_NE(source, nullptr);
  std::array<std::vector<double>, kRules.size()> ns;
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < kRules.size(); ++i) {
      const auto rules = load_acting(conditions_of(GetParam(), kRules[i]));
      ASSERT_NE(rules, nullptr);
      ns[i].push_back(measure(*source, *rules));
    }
  }
  for (size_t i = 0; i < kRules.size(); ++i) {
    std::cout << "cost\t" << GetParam().program << '\t' << kRules[i] << '\t' << median(ns[i])
              << '\n';
  }
  EXPECT_LE(median(ns.back()), median(ns.front()) * kFlat);
}

INSTANTIATE_TEST_SUITE_P(Live, HookCost, testing::ValuesIn(kCostCases),
                         [](const auto& test) { return std::string(test.param.program); });

}  // namespace
}  // namespace saker::test
