// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include <vector>

namespace saker {
namespace {

TEST(ProcessKey, ComparesStartsByTick) {
  const uint64_t tick = ProcessKey::kTickNs;
  EXPECT_EQ((ProcessKey{1, 5 * tick}), (ProcessKey{1, 6 * tick - 1}));
  EXPECT_NE((ProcessKey{1, 5 * tick}), (ProcessKey{1, 6 * tick}));
  EXPECT_NE((ProcessKey{1, 5 * tick}), (ProcessKey{2, 5 * tick}));
}

TEST(ArgList, KeepsArgumentsInOrder) {
  ArgList args;
  EXPECT_TRUE(args.empty());
  for (const std::string_view argument : {"-c", "", "a b"}) {
    args.add(argument);
  }
  ASSERT_EQ(args.size(), 3U);
  EXPECT_EQ(args[0], "-c");
  EXPECT_EQ(args[1], "");
  EXPECT_EQ(args[2], "a b");
  EXPECT_EQ(args.bytes(), std::string_view("-c\0\0a b\0", 8));
  std::vector<std::string_view> walked;
  for (const std::string_view argument : args) {
    walked.push_back(argument);
  }
  EXPECT_EQ(walked, (std::vector<std::string_view>{"-c", "", "a b"}));
  args.clear();
  EXPECT_EQ(args.size(), 0U);
  EXPECT_TRUE(args.begin() == args.end());
}

TEST(Process, JoinsNameAndArguments) {
  Process process;
  process.comm = "sh";
  process.update_texts();
  EXPECT_EQ(process.cmdline, "sh");
  EXPECT_EQ(process.args_text, "");
  process.args.add("-c");
  process.args.add("echo  x");
  process.update_texts();
  EXPECT_EQ(process.cmdline, "sh -c echo  x");
  EXPECT_EQ(process.args_text, "-c echo  x");
}

TEST(Process, KeepsAnEmptyArgument) {
  Process process;
  process.comm = "sh";
  process.args.add("");
  process.update_texts();
  EXPECT_EQ(process.cmdline, "sh ");
  EXPECT_EQ(process.args_text, "");
}

TEST(CanWrite, FollowsModeOwnerCapabilitiesAndMount) {
  struct Case {
    const char* what;
    uint32_t mode;
    uint32_t uid;
    uint32_t gid;
    uint64_t capabilities;
    uint32_t flags;
    bool expected;
  };
  const uint64_t override_mode = uint64_t{1} << CAP_DAC_OVERRIDE;
  const Case cases[] = {
      {"owner", 0755, 1000, 0, 0, 0, true},
      {"owner without the bit", 0577, 1000, 0, 0, 0, false},
      {"group", 0775, 0, 1000, 0, 0, true},
      {"group without the bit, others may", 0757, 0, 1000, 0, 0, false},
      {"others", 0757, 0, 0, 0, 0, true},
      {"others without the bit", 0755, 0, 0, 0, 0, false},
      {"capability", 0555, 0, 0, override_mode, 0, true},
      {"read-only mount", 0777, 1000, 1000, override_mode, EV_INODEF_RDONLY_FS, false},
  };
  for (const Case& c : cases) {
    ev_task task{};
    task.euid = 1000;
    task.egid = 1000;
    task.cap_effective = c.capabilities;
    ev_inode inode{};
    inode.ino = 1;
    inode.mode = S_IFREG | c.mode;
    inode.uid = c.uid;
    inode.gid = c.gid;
    inode.flags = c.flags;
    EXPECT_EQ(can_write(task, inode), c.expected) << c.what;
  }
  EXPECT_FALSE(can_write(ev_task{}, ev_inode{})) << "no executable";
}

}  // namespace
}  // namespace saker
