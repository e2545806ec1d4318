// SPDX-License-Identifier: Apache-2.0
// What the kernel's verifier has to look at for each program, against the budget of
// tests/vm/verifier_budget.tsv. It decides how long the sensor takes to start, and whether it
// starts at all: there is a limit of a million instructions. Run on the kernels of tests/vm.
#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "engine/base/unique_fd.h"
#include "engine/event_catalog.h"
#include "probes/hooks.h"
#include "tests/support/enforcement.h"
#include "tests/support/kernel_version.h"
#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

constexpr uint64_t kTolerancePercent = 10;

using Counts = std::map<std::string, uint64_t, std::less<>>;

UniqueFd bpf(bpf_cmd command, bpf_attr& attr) {
  return UniqueFd(static_cast<int>(::syscall(SYS_bpf, command, &attr, sizeof(attr))));
}

// Of all programs that the kernel has, by name; 0 where it does not say (before 5.16).
Counts verified_instructions() {
  Counts counts;
  bpf_attr next{};
  while (::syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &next, sizeof(next)) == 0) {
    bpf_attr open{};
    open.prog_id = next.next_id;
    const UniqueFd program = bpf(BPF_PROG_GET_FD_BY_ID, open);
    bpf_prog_info info{};
    bpf_attr query{};
    query.info.bpf_fd = static_cast<uint32_t>(program.get());
    query.info.info_len = sizeof(info);
    query.info.info = reinterpret_cast<uintptr_t>(&info);
    ::syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &query, sizeof(query));
    counts[info.name] = info.verified_insns;
    next.start_id = next.next_id;
  }
  return counts;
}

// Rows: kernel, program, instructions.
Counts read_budget(const std::string& path, const std::string& kernel) {
  Counts budget;
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  for (std::string line; std::getline(in, line);) {
    std::istringstream row(line);
    std::string of_kernel;
    std::string program;
    uint64_t instructions = 0;
    if (row >> of_kernel >> program >> instructions && of_kernel == kernel) {
      budget[program] = instructions;
    }
  }
  return budget;
}

class LiveVerifier : public testing::Test {
 protected:
  void SetUp() override {
    const char* path = std::getenv("SAKER_VERIFIER_BUDGET");
    if (path == nullptr) {
      GTEST_SKIP() << "SAKER_VERIFIER_BUDGET is not set: tests/vm/run does";
    }
    budget_ = read_budget(path, kernel_);
  }

  // Of a program that is loaded.
  void check(std::string_view program) const {
    if (budget_.empty()) {
      return;  // this kernel does not tell what it counted
    }
    const Counts counts = verified_instructions();
    // The kernel keeps 15 characters of a name.
    const auto count = counts.find(program.substr(0, BPF_OBJ_NAME_LEN - 1));
    ASSERT_NE(count, counts.end()) << program;
    const auto limit = budget_.find(program);
    const uint64_t most = limit == budget_.end() ? 0 : limit->second;
    // A row for the file, should it be meant.
    std::cout << "verifier\t" << kernel_ << '\t' << program << '\t' << count->second << '\n';
    EXPECT_GT(count->second, 0U) << "this kernel does not count them";
    EXPECT_LE(count->second * 100, most * (100 + kTolerancePercent))
        << program << ": " << count->second << " instructions are more than " << most << " and "
        << kTolerancePercent << " %";
  }

  const std::string kernel_ = std::to_string(kernel_version().first) + "." +
                              std::to_string(kernel_version().second);  // "6.12"
  Counts budget_;
};

TEST_F(LiveVerifier, EachProgramStaysWithinItsBudget) {
  LiveOptions options;
  EventSet all;
  all.set();
  options.plans = EventCatalog::builtin().capture_plans(all);
  SAKER_OPEN_LIVE(capture, options);
  for (const Hook& hook : hooks()) {
    check(hook.program);
  }
}

TEST_F(LiveVerifier, EachHookOfTheKernelHasAProgramThatStaysWithinItsBudget) {
  SAKER_NEEDS_HOOKS();
  const auto source = open_deciding_source();
  ASSERT_NE(source, nullptr);
  for (const HookProgram& row : hook_programs()) {
    if (row.means() == HookMeans::kCgroups) {
      continue;
    }
    const bool is_attached = attach_one(*source, row);
    EXPECT_TRUE(is_attached || !row.needs.empty()) << row.program;
    if (is_attached) {
      check(row.program);
    }
  }
}

TEST_F(LiveVerifier, TheBudgetNamesOnlyPrograms) {
  std::set<std::string_view> programs;
  for (const Hook& hook : hooks()) {
    programs.insert(hook.program);
  }
  for (const HookProgram& row : hook_programs()) {
    programs.insert(row.program);
  }
  for (const auto& [program, instructions] : budget_) {
    EXPECT_TRUE(programs.contains(program)) << program;
  }
}

}  // namespace
}  // namespace saker::test
