// SPDX-License-Identifier: Apache-2.0
#include "probes/cgroup_root.h"

#include <gtest/gtest.h>

#include "tests/support/fake_root.h"

namespace saker::test {
namespace {

TEST(CgroupRoot, SaysThatItIsNotMounted) {
  FakeRoot root;
  // The last is no cgroup, whatever its line says: something else is mounted over it.
  root.file("mounts", "proc /proc proc rw 0 0\ncgroup2 /proc cgroup2 rw 0 0\n");
  const Result<UniqueFd> found = open_cgroup_root(root.path("mounts").c_str());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().to_string(),
            "the unified cgroup hierarchy is not mounted (mount -t cgroup2 none /sys/fs/cgroup, or "
            "another directory)");
}

}  // namespace
}  // namespace saker::test
