// SPDX-License-Identifier: Apache-2.0
#include "probes/hooks.h"

#include <gtest/gtest.h>

#include <bitset>
#include <set>
#include <string_view>
#include <vector>

namespace saker {
namespace {

ev_plan plan_with(uint8_t op, uint8_t flags, bool enabled = true) {
  ev_plan plan{};
  plan.nr = 1;
  plan.enabled = enabled ? 1 : 0;
  plan.n_steps = 1;
  plan.steps[0].op = op;
  plan.steps[0].flags = flags;
  return plan;
}

std::set<std::string_view> needed(const std::vector<ev_plan>& plans, bool guards = false) {
  std::set<std::string_view> programs;
  for (const Hook& hook : hooks()) {
    if (hook.is_needed({plans, guards})) {
      programs.insert(hook.program);
    }
  }
  return programs;
}

TEST(Hooks, ProgramsAreUniqueAndDescribed) {
  std::set<std::string_view> programs;
  for (const Hook& hook : hooks()) {
    EXPECT_TRUE(programs.insert(hook.program).second) << hook.program;
    EXPECT_FALSE(hook.gives.empty()) << hook.program;
    EXPECT_FALSE(hook.missing.empty()) << hook.program;
    EXPECT_NE(hook.kind, EV_NONE) << hook.program;
  }
}

TEST(Hooks, AllHaveAProgramAndThoseOnAddressesTwoKinds) {
  EXPECT_TRUE(hooks_by(HookMeans::kLsm).all());
  std::bitset<EV_HOOKS> of_addresses;
  of_addresses.set(EV_HOOK_SOCKET_BIND).set(EV_HOOK_SOCKET_CONNECT);
  EXPECT_EQ(hooks_by(HookMeans::kCgroups), of_addresses);
}

TEST(Hooks, OnlyWhatThePlansAskForIsNeeded) {
  const std::set<std::string_view> tree = {"on_exec", "on_fork", "on_exit"};
  std::set<std::string_view> syscalls = tree;
  syscalls.insert({"on_sys_exit", "syscall_generic"});
  std::set<std::string_view> enter = syscalls;
  enter.insert("on_sys_enter");
  EXPECT_EQ(needed({}), tree);
  EXPECT_EQ(needed({plan_with(EV_OP_STRING, EV_STEPF_AT_ENTER, false)}), tree);
  EXPECT_EQ(needed({plan_with(EV_OP_STRING, 0)}), syscalls);
  EXPECT_EQ(needed({plan_with(EV_OP_BASE, EV_STEPF_AT_ENTER)}), enter);
  std::set<std::string_view> guard = tree;
  guard.insert({"on_sys_exit", "guard_call", "on_signal"});
  EXPECT_EQ(needed({}, true), guard);
}

}  // namespace
}  // namespace saker
