// SPDX-License-Identifier: Apache-2.0
// LiveSource: order, ends, losses and refusals.
#include "probes/live_source.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>

#include "cmd/privileges.h"
#include "tests/support/live_capture.h"

namespace saker::test {
namespace {

// A call that nobody else makes, so that its records can be counted.
constexpr uint32_t kRareSyscall = SYS_sched_rr_get_interval;

LiveOptions rare_options(uint32_t ring_bytes) {
  LiveOptions options;
  options.ring_bytes = ring_bytes;
  ev_plan plan{};
  plan.nr = kRareSyscall;
  plan.enabled = 1;
  options.plans = {plan};
  return options;
}

void call_rare(int times) {
  timespec interval;
  for (int i = 0; i < times; i++) {
    ::syscall(kRareSyscall, 0, &interval);
  }
}

// What `say` gives in a forked child.
std::string said_by_child(const std::function<std::string()>& say) {
  int result[2];
  if (::pipe(result) != 0) {
    return "no pipe";
  }
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = say();
    [[maybe_unused]] const ssize_t written = ::write(result[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(result[1]);
  std::string text(4096, '\0');
  text.resize(static_cast<size_t>(std::max<ssize_t>(0, ::read(result[0], text.data(), 4096))));
  ::close(result[0]);
  ::waitpid(child, nullptr, 0);
  return text;
}

std::string opening() {
  const auto opened = open_live_source(LiveOptions{});
  return opened ? "opened" : opened.error().to_string();
}

TEST(LiveSource, AnOverflowIsCountedExactly) {
  constexpr int kCalls = 20'000;
  SAKER_OPEN_LIVE(capture, rare_options(1 << 20));
  capture->run([] { call_rare(kCalls); });
  const uint64_t dropped = capture->counter("dropped", "syscall");
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(capture->counter("submitted", "syscall") + dropped, uint64_t{kCalls});
  EXPECT_EQ(capture->counter("dropped", "syscall", "high_water") +
                capture->counter("dropped", "syscall", "throttled"),
            dropped);
  EXPECT_EQ(capture->syscalls(kRareSyscall).size(), kCalls - dropped);
}

// Those behind the kernel: PipelineTest.EveryLossIsDocumented.
TEST(LiveSource, EveryLossIsDocumented) {
  std::ifstream page(std::string(SAKER_SOURCE_DIR) + "/outputs/README.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  SAKER_OPEN_LIVE(capture, rare_options(1 << 20));
  for (const SourceCounter& counter : capture->source().counters()) {
    EXPECT_TRUE(!counter.is_loss ||
                text.find("\n| probe | `" + counter.reason + "` | ") != std::string::npos)
        << counter.reason;
  }
}

// Nobody reads while it lasts.
TEST(LiveSource, AFloodLeavesRoomForOthers) {
  constexpr int kOthersCalls = 100;
  SAKER_OPEN_LIVE(capture, rare_options(1 << 20));
  const Shared<std::atomic<pid_t>> other;
  capture->run([&] {
    call_rare(20'000);
    const pid_t child = ::fork();
    if (child == 0) {
      *other = ::getpid();
      call_rare(kOthersCalls);
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  });
  EXPECT_GT(capture->counter("dropped", "syscall", "throttled"), 0U);
  EXPECT_EQ(std::ranges::count_if(capture->others(),
                                  [&](const SeenRecord& record) {
                                    return record->kind() == EV_SYSCALL &&
                                           record->task().pid ==
                                               static_cast<uint32_t>(other->load());
                                  }),
            kOthersCalls);
}

TEST(LiveSource, AFloodDoesNotPushOutProcesses) {
  LiveOptions options = rare_options(1 << 20);
  options.throttle = false;
  SAKER_OPEN_LIVE(capture, options);
  capture->run([] { call_rare(20'000); });
  EXPECT_NE(capture->first(EV_FORK), nullptr);
  EXPECT_NE(capture->first(EV_EXIT), nullptr) << "made when the ring was at its high-water mark";
}

TEST(LiveSource, WithoutReserveTheRingFillsToTheEnd) {
  LiveOptions options = rare_options(1 << 16);
  options.reserved_percent = 0;
  options.throttle = false;
  SAKER_OPEN_LIVE(capture, options);
  constexpr int kCalls = 2'000;
  capture->run([] { call_rare(kCalls); });
  EXPECT_GT(capture->counter("dropped", "syscall", "ring_full"), 0U);
  EXPECT_EQ(capture->counter("submitted", "syscall") + capture->counter("dropped", "syscall"),
            uint64_t{kCalls});
}

TEST(LiveSource, AReaderThatKeepsUpLosesNothingAndKeepsTheOrder) {
  constexpr uint64_t kCalls = 200'000;
  Result<std::unique_ptr<LiveSource>> opened = open_live_source(rare_options(1 << 20));
  if (!opened && may_skip_live()) {
    GTEST_SKIP() << opened.error().to_string();
  }
  ASSERT_TRUE(opened);
  EventSource& source = **opened;
  const pid_t child = ::fork();
  if (child == 0) {
    timespec interval;
    for (uint64_t i = 0; i < kCalls; i++) {
      ::syscall(kRareSyscall, 0, &interval, i);
      if (i % 1000 == 999) {
        ::sched_yield();  // lets the reader run where there is one CPU
      }
    }
    ::_exit(0);
  }
  uint64_t seen = 0;
  bool in_order = true;
  bool ended = false;
  std::span<const std::byte> record;
  Event event;
  while (!ended) {
    const EventSource::Next next = source.next(record, 10'000);
    ASSERT_EQ(next, EventSource::Next::kRecord);
    ASSERT_EQ(event.decode(record), DecodeError::kNone);
    if (event.task().pid != static_cast<uint32_t>(child)) {
      continue;
    }
    if (event.syscall() != nullptr) {
      in_order = in_order && event.syscall()->args[2] == seen;
      seen++;
    }
    ended = event.kind() == EV_EXIT;
  }
  ::waitpid(child, nullptr, 0);
  uint64_t dropped = 0;
  for (const SourceCounter& counter : source.counters()) {
    dropped += counter.is_loss && counter.kind == "syscall" ? counter.value : 0;
  }
  EXPECT_EQ(seen + dropped, kCalls);
  EXPECT_TRUE(dropped > 0 || in_order);
}

TEST(LiveSource, NextIsIdleAfterItsTimeAndEndsAfterStop) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  EventSource& source = capture->source();
  std::span<const std::byte> record;
  source.stop();
  EventSource::Next next = source.next(record, 0);
  while (next == EventSource::Next::kRecord) {
    next = source.next(record, 0);
  }
  EXPECT_EQ(next, EventSource::Next::kEnd);
  EXPECT_EQ(source.next(record, -1), EventSource::Next::kEnd) << "and stays there";
}

TEST(LiveSource, StopFromAnotherThreadEndsTheWait) {
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  EventSource& source = capture->source();
  std::thread stopper([&] { source.stop(); });
  std::span<const std::byte> record;
  EventSource::Next next = source.next(record, -1);
  while (next != EventSource::Next::kEnd) {
    ASSERT_NE(next, EventSource::Next::kFailed);
    next = source.next(record, -1);
  }
  stopper.join();
}

// What is wrong with the records of calls of this process and of its child, or "nothing".
std::string problem_with_own_calls(LiveCapture& capture) {
  constexpr int kOwn = 3;
  constexpr int kOfChild = 2;
  call_rare(kOwn);
  capture.run([] { call_rare(kOfChild); });
  if (capture.counter("ignored_own") != kOwn) {
    return "ignored_own is " + std::to_string(capture.counter("ignored_own"));
  }
  const uint64_t records = capture.counter("submitted", "syscall");
  return records == kOfChild ? "nothing"
                             : std::to_string(records) + " records of the child's calls";
}

TEST(LiveSource, ItsOwnCallsAreNoEvents) {
  SAKER_OPEN_LIVE(capture, rare_options(1 << 20));
  EXPECT_EQ(problem_with_own_calls(*capture), "nothing");
}

// Where its number is not the one that the host knows it by.
TEST(LiveSource, ItsOwnCallsAreNoEventsInAPidNamespace) {
  SAKER_OPEN_LIVE(skipping, LiveOptions{});
  const auto inside = []() -> std::string {
    const auto opened = LiveCapture::open(rare_options(1 << 20));
    return opened ? problem_with_own_calls(**opened) : opened.error().to_string();
  };
  EXPECT_EQ(said_by_child([&] {
              return ::unshare(CLONE_NEWPID) == 0 ? said_by_child(inside)
                                                  : std::string("no pid namespace");
            }),
            "nothing");
}

TEST(LiveSource, TimesBecomeUnixTime) {
  timespec before{};
  ::clock_gettime(CLOCK_REALTIME, &before);
  SAKER_OPEN_LIVE(capture, rare_options(1 << 20));
  capture->run([] { call_rare(1); });
  timespec after{};
  ::clock_gettime(CLOCK_REALTIME, &after);
  const auto calls = capture->syscalls(kRareSyscall);
  ASSERT_EQ(calls.size(), 1U);
  const int64_t time_ns = static_cast<int64_t>(calls[0]->event().header().boot_ns) +
                          capture->source().info().boot_to_epoch_ns;
  EXPECT_GT(time_ns, int64_t{before.tv_sec} * 1'000'000'000 + before.tv_nsec);
  EXPECT_LT(time_ns, int64_t{after.tv_sec} * 1'000'000'000 + after.tv_nsec);
}

TEST(LiveSource, TheHostNameCanBeSet) {
  ::setenv("SAKER_HOSTNAME", "node-7", 1);
  SAKER_OPEN_LIVE(capture, LiveOptions{});
  ::unsetenv("SAKER_HOSTNAME");
  EXPECT_EQ(capture->source().info().hostname, "node-7");
}

TEST(LiveSource, WithoutPrivilegeItSaysWhatIsMissing) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "needs root to give up root";
  }
  const std::string text = said_by_child([]() -> std::string {
    if (::setresuid(65534, 65534, 65534) != 0) {
      return "still root";
    }
    return opening();
  });
  EXPECT_NE(text.find("run as root, or with CAP_BPF and CAP_PERFMON"), std::string::npos) << text;
}

TEST(LiveSource, TheCapabilitiesOfTheServiceAreEnough) {
  if (const std::string text = said_by_child(opening); text != "opened" && may_skip_live()) {
    GTEST_SKIP() << text;
  }
  const std::string text = said_by_child([]() -> std::string {
    // Before Linux 5.11 BPF maps count as locked memory.
    const rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_MEMLOCK, &unlimited);
    const auto kept = keep_sensor_privileges(HookMeans::kLsm);
    return kept ? opening() : kept.error().to_string();
  });
  EXPECT_EQ(text, "opened");
}

}  // namespace
}  // namespace saker::test
