// SPDX-License-Identifier: Apache-2.0
#include "probes/features.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace saker {
namespace {

TEST(Features, AMissingOneSaysWhy) {
  for (const Feature& feature : probe_features()) {
    EXPECT_FALSE(feature.found.empty()) << feature.name;
    EXPECT_FALSE(feature.needed_for.empty()) << feature.name;
    EXPECT_FALSE(feature.is_present && !feature.remedy.empty()) << feature.name;
  }
}

TEST(Features, EachHookCanBeHadOrSaysWhyNot) {
  const HookFinding found = find_hooks();
  for (size_t hook = 0; hook < found.missing.size(); ++hook) {
    const bool can = found.means == HookMeans::kLsm ||
                     (found.means == HookMeans::kCgroups && hooks_by(HookMeans::kCgroups)[hook]);
    EXPECT_EQ(found.missing[hook].empty(), can) << "hook " << hook;
  }
}

TEST(Features, WithoutPrivilegeProgramsAreMissing) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root to give up root";
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const bool dropped = ::setresuid(65534, 65534, 65534) == 0;
    const std::vector<Feature> features = probe_features();
    const bool missing = std::ranges::any_of(features, [](const Feature& feature) {
      return feature.name == "tracing programs" && !feature.is_present &&
             feature.remedy.find("CAP_BPF") != std::string::npos;
    });
    ::_exit(dropped && missing ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace saker
