// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/path_prefix.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace saker::lang {
namespace {

bool matches(const std::vector<std::string_view>& prefixes, std::string_view path) {
  PathPrefixes set;
  for (const std::string_view prefix : prefixes) {
    set.add(prefix);
  }
  return set.matches(path);
}

TEST(PathPrefixes, MatchByComponents) {
  EXPECT_TRUE(matches({"/etc"}, "/etc"));
  EXPECT_TRUE(matches({"/etc"}, "/etc/ssh/sshd_config"));
  EXPECT_FALSE(matches({"/etc"}, "/etcetera"));
  EXPECT_FALSE(matches({"/etc/ssh"}, "/etc"));
  EXPECT_TRUE(matches({"/bin", "/etc"}, "/etc/passwd"));
  EXPECT_FALSE(matches({}, "/etc"));
}

TEST(PathPrefixes, RepeatedAndTrailingSlashesDoNotCount) {
  EXPECT_TRUE(matches({"/etc/"}, "/etc"));
  EXPECT_TRUE(matches({"//etc//ssh"}, "/etc/ssh/x"));
  EXPECT_TRUE(matches({"/etc/ssh"}, "//etc//ssh/x"));
}

TEST(PathPrefixes, TheRootMatchesAbsolutePathsOnly) {
  EXPECT_TRUE(matches({"/"}, "/"));
  EXPECT_TRUE(matches({"/"}, "/etc"));
  EXPECT_FALSE(matches({"/"}, "etc"));
  EXPECT_FALSE(matches({"/etc"}, "etc"));
  EXPECT_FALSE(matches({"etc"}, "/etc"));
  EXPECT_TRUE(matches({"etc"}, "etc/passwd"));
}

TEST(PathPrefixes, AnEmptyItemMatchesEveryPath) {
  EXPECT_TRUE(matches({""}, "/etc"));
  EXPECT_TRUE(matches({""}, "etc"));
  EXPECT_TRUE(matches({""}, ""));
}

TEST(PathPrefixes, ComponentsMayBePatterns) {
  EXPECT_TRUE(matches({"/home/*/.ssh"}, "/home/anna/.ssh/id_rsa"));
  EXPECT_FALSE(matches({"/home/*/.ssh"}, "/home/a/b/.ssh"));
  EXPECT_TRUE(matches({"/opt/di?/[a-c]*"}, "/opt/dir/bin"));
  // Each pattern of a level is tried.
  EXPECT_TRUE(matches({"/opt/*a/x", "/opt/b*/y"}, "/opt/ba/y"));
  // A component equal to the item matches whatever a pattern would make of it.
  EXPECT_TRUE(matches({"/a/\\x[1]"}, "/a/\\x[1]/y"));
}

}  // namespace
}  // namespace saker::lang
