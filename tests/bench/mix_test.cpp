// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/mix.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <map>
#include <set>

#include "engine/event.h"
#include "probes/replay_source.h"
#include "tests/bench/scratch_dir.h"

namespace saker::bench {
namespace {

constexpr size_t kCommands = 10;

// Calls `body` with each record of a mix.
template <typename Body>
void for_each_record(Body body) {
  const ScratchDir dir;
  ASSERT_TRUE(write_mix(dir.file("mix.cap"), kCommands));
  auto source = open_replay_source(dir.file("mix.cap"));
  ASSERT_TRUE(source) << source.error().to_string();
  Event event;
  std::span<const std::byte> record;
  EventSource::Next next{};
  while ((next = (*source)->next(record, 0)) == EventSource::Next::kRecord) {
    ASSERT_EQ(event.decode(record), DecodeError::kNone);
    body(event);
  }
  EXPECT_EQ(next, EventSource::Next::kEnd);
}

TEST(Mix, HasTheProportionsItPromises) {
  std::map<ev_kind, size_t> kinds;
  std::map<uint32_t, size_t> syscalls;
  for_each_record([&](const Event& event) {
    ++kinds[event.kind()];
    if (event.syscall() != nullptr) {
      ++syscalls[event.syscall()->nr];
    }
  });
  const std::map<ev_kind, size_t> expected = {{EV_SNAPSHOT, kMixServices},
                                              {EV_FORK, kCommands},
                                              {EV_EXEC, kCommands},
                                              {EV_EXIT, kCommands},
                                              {EV_SYSCALL, kCommands * 38}};
  EXPECT_EQ(kinds, expected);
  EXPECT_EQ(syscalls[SYS_openat], kCommands * kMixOpensPerCommand);
  EXPECT_EQ(syscalls[SYS_connect], kCommands * 3);
  EXPECT_EQ(syscalls[SYS_clone], kCommands);
}

TEST(Mix, ShowsEveryProcessBeforeItActs) {
  std::set<uint32_t> known;
  for_each_record([&](const Event& event) {
    const uint32_t pid = event.task().pid;
    if (event.kind() == EV_SNAPSHOT || event.kind() == EV_FORK) {
      EXPECT_TRUE(known.insert(pid).second) << pid;
    } else {
      EXPECT_TRUE(known.contains(pid)) << pid;
    }
    if (event.kind() == EV_EXIT) {
      known.erase(pid);
    }
  });
  EXPECT_EQ(known.size(), kMixServices);
}

TEST(Mix, PathsComeWithTheirFiles) {
  size_t opens = 0;
  for_each_record([&](const Event& event) {
    if (event.syscall() != nullptr && event.syscall()->nr == SYS_openat) {
      ++opens;
      EXPECT_EQ(event.file() != nullptr, event.return_value() >= 0);
      EXPECT_TRUE(event.section(EV_SEC_STRING));
      if (event.file() != nullptr) {
        EXPECT_EQ(event.file_path(), event.section(EV_SEC_STRING).bytes);
      }
    }
  });
  EXPECT_EQ(opens, kCommands * kMixOpensPerCommand);
}

}  // namespace
}  // namespace saker::bench
