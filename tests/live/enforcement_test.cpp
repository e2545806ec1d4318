// SPDX-License-Identifier: Apache-2.0
// Programs at LSM hooks: that they load and decide as the policy says. Needs a kernel that allows
// them (tests/vm); SAKER_REQUIRE_ENFORCEMENT=1 makes it a failure when they cannot be had.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

#include "probes/features.h"
#include "probes/hooks.h"
#include "probes/live_source.h"

namespace saker::test {
namespace {

#define SAKER_NEEDS_HOOKS()                                                                  \
  if (const Result<void> can = can_decide(); !can) {                                         \
    ASSERT_EQ(std::getenv("SAKER_REQUIRE_ENFORCEMENT"), nullptr) << can.error().to_string(); \
    GTEST_SKIP() << can.error().to_string();                                                 \
  }

// A group that asks for something that never holds.
ev_filter_group refusing_nothing() {
  ev_filter_group group{};
  group.all.words[0] = group.asking[EV_DIM_RESULT].words[0] = 1;
  return group;
}

TEST(LiveEnforcement, EachHookOfTheKernelHasItsProgram) {
  SAKER_NEEDS_HOOKS();
  const ev_filter_group group = refusing_nothing();
  LiveOptions options;
  options.may_decide = true;
  const auto opened = open_live_source(options);
  ASSERT_TRUE(opened) << opened.error().to_string();
  for (const HookProgram& row : hook_programs()) {
    std::array<ev_hook_policy, EV_HOOKS> hooks{};
    hooks[row.hook].groups[EV_ACT_DENY] = 1;
    FilterTables tables;
    tables.groups = std::span(&group, 1);
    tables.hooks = hooks;
    const Result<void> set = (*opened)->set_filter(tables);
    EXPECT_TRUE(set || !row.needs.empty()) << set.error().to_string();
    // Taken out of the output for the table of hooks and kernels.
    std::printf("hook\t%s\t%s\n", std::string(row.attach_point).c_str(),
                set ? "loaded" : set.error().to_string().c_str());
  }
}

}  // namespace
}  // namespace saker::test
