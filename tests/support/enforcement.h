// SPDX-License-Identifier: Apache-2.0
// What tests of rules that deny need, besides a kernel that allows programs at LSM hooks.
#ifndef SAKER_TESTS_SUPPORT_ENFORCEMENT_H
#define SAKER_TESTS_SUPPORT_ENFORCEMENT_H

#include <gtest/gtest.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/unique_fd.h"
#include "engine/rules/action.h"
#include "engine/rules/rule_set.h"
#include "probes/features.h"
#include "probes/live_source.h"
#include "tests/support/live_capture.h"

// Skips the test where no program can decide; fails it with SAKER_REQUIRE_ENFORCEMENT=1.
#define SAKER_NEEDS_HOOKS()                                                                  \
  if (const ::saker::Result<void> can = ::saker::can_decide(); !can) {                       \
    ASSERT_EQ(std::getenv("SAKER_REQUIRE_ENFORCEMENT"), nullptr) << can.error().to_string(); \
    GTEST_SKIP() << can.error().to_string();                                                 \
  }

// The same for programs at the root of the cgroups.
#define SAKER_NEEDS_CGROUP_HOOKS()                                                           \
  if (const ::saker::Result<void> can = ::saker::can_decide_at_cgroups(); !can) {            \
    ASSERT_EQ(std::getenv("SAKER_REQUIRE_ENFORCEMENT"), nullptr) << can.error().to_string(); \
    GTEST_SKIP() << can.error().to_string();                                                 \
  }

namespace saker::test {

// One rule for each condition, with an action. Null: they do not load, which fails the test.
[[nodiscard]] std::shared_ptr<const RuleSet> load_acting(const std::vector<std::string>& conditions,
                                                         Enforcement mode = Enforcement::kOn,
                                                         std::string_view action = "deny");

// Null: it does not open, which fails the test.
[[nodiscard]] std::unique_ptr<LiveSource> open_deciding_source(const KernelFilter& filter = {},
                                                               HookMeans means = HookMeans::kLsm);

// With the hook's name.
using Decisions = std::set<std::pair<ev_decision, std::string_view>>;
// Those of which there are records.
Decisions decisions_of(LiveSource& source);

// What a call came to: 0 or an errno.
[[nodiscard]] int errno_of(long result);

// Runs in a child; gives what `action` gave, or that it has executed another program or died.
inline constexpr int kDidNotComeBack = 128;
int in_child(const std::function<int()>& action);

// A bpf file system of the test's own at /sys/fs/bpf, for this process and its children: what
// sensors leave there is nobody else's. is_there() is false where it cannot be mounted.
class PrivateBpfFs {
 public:
  PrivateBpfFs();
  ~PrivateBpfFs();
  PrivateBpfFs(const PrivateBpfFs&) = delete;
  PrivateBpfFs& operator=(const PrivateBpfFs&) = delete;

  [[nodiscard]] bool is_there() const noexcept { return is_there_; }

 private:
  UniqueFd namespace_before_;
  bool is_there_ = false;
};

// Processes that try without end, until told to stop; how often they did and how often it worked.
class Attempts {
 public:
  Attempts(int processes, const std::function<bool()>& attempt);
  ~Attempts() { stop(); }
  Attempts(const Attempts&) = delete;
  Attempts& operator=(const Attempts&) = delete;

  [[nodiscard]] uint64_t tried() const { return *tried_; }
  [[nodiscard]] uint64_t worked() const { return *worked_; }
  void stop();

 private:
  const Shared<std::atomic<uint64_t>> tried_;
  const Shared<std::atomic<uint64_t>> worked_;
  const Shared<std::atomic<bool>> is_over_;
  std::vector<pid_t> children_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_ENFORCEMENT_H
