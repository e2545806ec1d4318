// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process_table.h"

#include <gtest/gtest.h>

#include <random>

namespace saker {
namespace {

constexpr uint64_t kTick = ProcessKey::kTickNs;

ev_task task_of(uint32_t pid, uint64_t start, uint32_t ppid = 0, uint64_t parent_start = 0) {
  ev_task task{};
  task.pid = pid;
  task.tid = pid;
  task.vpid = pid;
  task.pid_ns = 1;
  task.start_boot_ns = start;
  task.ppid = ppid;
  task.parent_start_boot_ns = parent_start;
  return task;
}

Process& add(ProcessTable& table, uint32_t pid, uint64_t start, uint32_t ppid = 0,
             uint64_t parent_start = 0) {
  Process& process = table.insert({pid, start});
  table.update(process, task_of(pid, start, ppid, parent_start));
  return process;
}

TEST(ProcessTable, FindsByKeyPidAndNamespacePid) {
  ProcessTable table;
  Process& process = table.insert({10, 5 * kTick + 7});
  ev_task task = task_of(10, 5 * kTick + 7);
  task.vpid = 1;
  task.pid_ns = 99;
  table.update(process, task);
  EXPECT_EQ(table.find({10, 5 * kTick + 7}), &process);
  EXPECT_EQ(table.find({10, 6 * kTick}), nullptr);
  EXPECT_EQ(table.find({11, 5 * kTick + 7}), nullptr);
  EXPECT_EQ(table.find_by_pid(10), &process);
  EXPECT_EQ(table.find_by_pid(1), nullptr);
  EXPECT_EQ(table.find_by_vpid(99, 1), &process);
  EXPECT_EQ(table.find_by_vpid(98, 1), nullptr);
  EXPECT_EQ(&table.insert({10, 5 * kTick}), &process);
  EXPECT_EQ(table.size(), 1U);
}

TEST(ProcessTable, TakesTheExactStartOverTheOneFromProc) {
  ProcessTable table;
  Process& scanned = add(table, 10, 5 * kTick);
  Process& child = add(table, 11, 6 * kTick, 10, 5 * kTick);
  table.update(*table.find({10, 5 * kTick + 1234}), task_of(10, 5 * kTick + 1234));
  EXPECT_EQ(scanned.key.start_boot_ns, 5 * kTick + 1234);
  EXPECT_EQ(table.parent_of(child), &scanned);
  table.update(scanned, task_of(10, 5 * kTick));
  EXPECT_EQ(scanned.key.start_boot_ns, 5 * kTick + 1234);
}

TEST(ProcessTable, TellsTheUsesOfAPidApart) {
  ProcessTable table;
  Process& first = add(table, 10, kTick);
  Process& second = add(table, 10, 2 * kTick);
  EXPECT_NE(&first, &second);
  EXPECT_EQ(table.find({10, kTick}), &first);
  EXPECT_EQ(table.find_by_pid(10), &second);
}

TEST(ProcessTable, TellsPidsApartThatShareTheirLowerBits) {
  ProcessTable table;
  const Process& low = add(table, 5, kTick);
  const Process& high = add(table, 5 + 65536, kTick);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(table.find({5, kTick}), &low);
    EXPECT_EQ(table.find({5 + 65536, kTick}), &high);
  }
  table.mark_exited({5 + 65536, kTick}, 50, 0);
  table.purge_exited(51);
  EXPECT_EQ(table.find({5 + 65536, kTick}), nullptr);
  EXPECT_EQ(table.find({5, kTick}), &low);
}

TEST(ProcessTable, WalksAncestors) {
  ProcessTable table;
  add(table, 1, kTick);
  add(table, 2, 2 * kTick, 1, kTick);
  Process& leaf = add(table, 3, 3 * kTick, 2, 2 * kTick);
  EXPECT_EQ(table.ancestor(leaf, 0), &leaf);
  EXPECT_EQ(table.ancestor(leaf, 1)->key.pid, 2U);
  EXPECT_EQ(table.ancestor(leaf, 2)->key.pid, 1U);
  EXPECT_EQ(table.ancestor(leaf, 3), nullptr);
  EXPECT_EQ(table.ancestor(leaf, UINT32_MAX), nullptr);
}

TEST(ProcessTable, DoesNotTakeANewUserOfThePidForTheParent) {
  ProcessTable table;
  Process& child = add(table, 11, 5 * kTick, 10, 2 * kTick);
  add(table, 10, 9 * kTick);
  EXPECT_EQ(table.parent_of(child), nullptr);
}

TEST(ProcessTable, EndsAtALoop) {
  ProcessTable table;
  Process& a = add(table, 1, kTick, 2, 2 * kTick);
  add(table, 2, 2 * kTick, 1, kTick);
  table.update(a, task_of(1, kTick, 2, 2 * kTick));
  EXPECT_NE(table.ancestor(a, 200), nullptr);
  EXPECT_EQ(table.ancestor(a, 100000), nullptr);
  Process& self = add(table, 3, 3 * kTick, 3, 3 * kTick);
  EXPECT_EQ(table.parent_of(self), nullptr);
}

TEST(ProcessTable, MovesChildrenOfAnExitedProcessToTheReaper) {
  ProcessTable table;
  Process& init = add(table, 1, kTick);
  add(table, 2, 2 * kTick, 1, kTick);
  Process& child = add(table, 3, 3 * kTick, 2, 2 * kTick);
  table.mark_exited({2, 2 * kTick}, 100, 1);
  EXPECT_EQ(table.parent_of(child), &init);
  // A record of the child tells the same in the kernel's words.
  table.update(child, task_of(3, 3 * kTick, 1, kTick));
  EXPECT_EQ(table.parent_of(child), &init);
}

TEST(ProcessTable, HasNoParentWhenTheReaperIsUnknown) {
  ProcessTable table;
  add(table, 2, 2 * kTick);
  Process& child = add(table, 3, 3 * kTick, 2, 2 * kTick);
  table.mark_exited({2, 2 * kTick}, 100, 0);
  EXPECT_EQ(table.parent_of(child), nullptr);
}

TEST(ProcessTable, FollowsAChainOfReapers) {
  ProcessTable table;
  Process& init = add(table, 1, kTick);
  add(table, 2, 2 * kTick, 1, kTick);
  add(table, 3, 3 * kTick, 2, 2 * kTick);
  Process& leaf = add(table, 4, 4 * kTick, 3, 3 * kTick);
  table.mark_exited({3, 3 * kTick}, 100, 2);
  table.mark_exited({2, 2 * kTick}, 200, 1);
  EXPECT_EQ(table.parent_of(leaf), &init);
  table.purge_exited(1000);  // 3 is still named by 4, 2 as its reaper by none
  EXPECT_NE(table.find({3, 3 * kTick}), nullptr);
}

TEST(ProcessTable, KeepsAnExitedProcessUntilItsTimeAndItsChildrenAreOver) {
  ProcessTable table;
  add(table, 1, kTick);
  add(table, 2, 2 * kTick, 1, kTick);
  Process& child = add(table, 3, 3 * kTick, 2, 2 * kTick);
  table.mark_exited({2, 2 * kTick}, 100, 1);
  table.purge_exited(100);
  EXPECT_EQ(table.size(), 3U);
  table.purge_exited(101);
  EXPECT_EQ(table.size(), 3U) << "a child names it";
  table.update(child, task_of(3, 3 * kTick, 1, kTick));
  table.purge_exited(101);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.stats().purged, 1U);
}

TEST(ProcessTable, EvictsExitedProcessesFirstThenTheLeastUsed) {
  ProcessTable table(3);
  add(table, 1, kTick);
  add(table, 2, kTick);
  add(table, 3, kTick);
  table.mark_exited({3, kTick}, 50, 0);
  add(table, 4, kTick);
  EXPECT_EQ(table.find({3, kTick}), nullptr);
  EXPECT_EQ(table.stats().evicted, 0U);
  EXPECT_EQ(table.stats().purged, 1U);
  ASSERT_NE(table.find({1, kTick}), nullptr);  // a use
  add(table, 5, kTick);
  EXPECT_EQ(table.find({2, kTick}), nullptr);
  EXPECT_NE(table.find({1, kTick}), nullptr);
  EXPECT_EQ(table.stats().evicted, 1U);
  EXPECT_EQ(table.size(), 3U);
}

TEST(ProcessTable, IsBoundedInBytes) {
  ProcessTable table;
  constexpr size_t kEach = 1 << 20;
  for (uint32_t pid = 1; pid <= 400; ++pid) {
    Process& process = table.insert({pid, kTick});
    process.env.assign(kEach, 'x');
    table.resized(process);
    EXPECT_LE(table.text_bytes(), ProcessTable::kMaxTextBytes + kEach);
  }
  EXPECT_GT(table.stats().evicted, 0U);
  EXPECT_NE(table.find({400, kTick}), nullptr);
}

TEST(ProcessTable, StaysConsistentUnderChurn) {
  std::mt19937 random(7);
  ProcessTable table(64);
  for (uint64_t now = 1; now < 50000; ++now) {
    const auto pid = static_cast<uint32_t>(1 + random() % 100);
    const auto other = static_cast<uint32_t>(1 + random() % 100);
    const uint64_t start = (1 + random() % 3) * kTick;
    switch (random() % 4) {
      case 0:
        table.mark_exited({pid, start}, now, other);
        break;
      case 1:
        table.purge_exited(now - std::min<uint64_t>(now, 50));
        break;
      default:
        const Process& process = add(table, pid, start, other, (1 + random() % 3) * kTick);
        for (uint32_t n = 0; n < 8; ++n) {
          if (const Process* ancestor = table.ancestor(process, n); ancestor != nullptr) {
            ASSERT_GT(ancestor->key.pid, 0U);
          }
        }
        for (const Process* found : {table.find_by_pid(pid), table.find_by_vpid(1, pid)}) {
          ASSERT_TRUE(found == nullptr || found->key.pid == pid);
        }
    }
    ASSERT_LE(table.size(), 64U);
  }
}

}  // namespace
}  // namespace saker
