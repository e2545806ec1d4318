// SPDX-License-Identifier: Apache-2.0
#include "outputs/dispatcher.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"
#include "outputs/stdout_sink.h"
#include "tests/support/test_sink.h"

namespace saker {
namespace {

using std::chrono::milliseconds;
using test::kLong;
using test::numbered;
using test::SinkControl;
using test::TestSink;

// Keeps its descriptor for as long as a thread that was left behind may use it.
class PipeSink : public StdoutSink {
 public:
  explicit PipeSink(UniqueFd fd)
      : StdoutSink(AlertFormat("text", {}), fd.get()), fd_(std::move(fd)) {}

 private:
  UniqueFd fd_;
};

SinkOptions queue(size_t capacity) { return {.queue_capacity = capacity}; }

TEST(Dispatcher, WritesEveryAlertInOrder) {
  SinkControl control;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TestSink>(control), {});
  ASSERT_TRUE(dispatcher.start());
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    dispatcher.submit(numbered(i));
    expected.push_back(std::to_string(i));
  }
  dispatcher.stop({kLong, kLong});
  EXPECT_EQ(control.written, expected);
  const SinkStats stats = dispatcher.stats().at(0);
  EXPECT_EQ(stats.name, "test");
  EXPECT_EQ(stats.accepted, 500U);
  EXPECT_EQ(stats.written, 500U);
  EXPECT_EQ(stats.lost(), 0U);
}

TEST(Dispatcher, FullQueueDropsTheOldestAndCountsExactly) {
  SinkControl control;
  control.gate_open = false;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TestSink>(control), queue(3));
  ASSERT_TRUE(dispatcher.start());
  dispatcher.submit(numbered(0));
  ASSERT_TRUE(control.wait([&] { return control.writing == 1; }));
  for (int i = 1; i <= 8; ++i) {
    dispatcher.submit(numbered(i));
  }
  SinkStats stats = dispatcher.stats().at(0);
  EXPECT_EQ(stats.accepted, 9U);
  EXPECT_EQ(stats.dropped_queue_full, 5U);
  EXPECT_EQ(stats.queued, 4U);
  EXPECT_EQ(test::unaccounted(stats), 0);
  control.open_gate();
  dispatcher.stop({kLong, kLong});
  EXPECT_EQ(control.written, (std::vector<std::string>{"0", "6", "7", "8"}));
  stats = dispatcher.stats().at(0);
  EXPECT_EQ(stats.written, 4U);
  EXPECT_EQ(test::unaccounted(stats), 0);
}

TEST(Dispatcher, WaitsForRoomWhenNothingMayBeLost) {
  SinkControl control;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TestSink>(control),
                 {.queue_capacity = 1, .when_full = AlertQueue::WhenFull::kWait});
  ASSERT_TRUE(dispatcher.start());
  for (int i = 0; i < 2000; ++i) {
    dispatcher.submit(numbered(i));
  }
  dispatcher.stop({kLong, kLong});
  EXPECT_EQ(control.written.size(), 2000U);
  EXPECT_EQ(dispatcher.stats().at(0).written, 2000U);
  EXPECT_EQ(dispatcher.stats().at(0).lost(), 0U);
}

TEST(Dispatcher, FailingWritesAreCountedWithTheirReason) {
  SinkControl control;
  control.fail_write = true;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TestSink>(control), {});
  ASSERT_TRUE(dispatcher.start());
  for (int i = 0; i < 7; ++i) {
    dispatcher.submit(numbered(i));
  }
  dispatcher.stop({kLong, kLong});
  const SinkStats stats = dispatcher.stats().at(0);
  EXPECT_EQ(stats.dropped_write_failed, 7U);
  EXPECT_EQ(stats.written, 0U);
  EXPECT_EQ(test::unaccounted(stats), 0);
  EXPECT_EQ(stats.last_error, "cannot write: No space left on device");
}

TEST(Dispatcher, AnotherSinksQueueIsNotTouchedByABlockedOne) {
  SinkControl blocked;
  blocked.gate_open = false;
  SinkControl free;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TestSink>(blocked), queue(2));
  dispatcher.add(std::make_unique<TestSink>(free), queue(2));
  ASSERT_TRUE(dispatcher.start());
  for (int i = 0; i < 20; ++i) {
    dispatcher.submit(numbered(i));
    ASSERT_TRUE(free.wait([&] { return free.written.size() == static_cast<size_t>(i) + 1; }));
  }
  EXPECT_GE(dispatcher.stats().at(0).dropped_queue_full, 17U);
  blocked.open_gate();
  dispatcher.stop({kLong, kLong});
  EXPECT_EQ(dispatcher.stats().at(1).written, 20U);
}

TEST(Dispatcher, SinkThatCannotOpenFailsTheStart) {
  SinkControl control;
  control.fail_open = true;
  Dispatcher dispatcher;
  dispatcher.add(std::make_unique<TestSink>(control), {});
  const Result<void> started = dispatcher.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().to_string(), "cannot open");
}

TEST(Dispatcher, ReportsABrokenSinkOnce) {
  SinkControl control;
  control.fail_write = true;
  control.broken = true;
  std::vector<std::string> reports;
  Dispatcher dispatcher([&](const Error& error) { reports.push_back(error.what); });
  dispatcher.add(std::make_unique<TestSink>(control), {});
  ASSERT_TRUE(dispatcher.start());
  for (int i = 0; i < 3; ++i) {
    dispatcher.submit(numbered(i));
  }
  dispatcher.stop({kLong, kLong});
  EXPECT_EQ(reports, std::vector<std::string>{"cannot write"});
  EXPECT_EQ(dispatcher.stats().at(0).dropped_write_failed, 3U);
}

TEST(Dispatcher, PipeNobodyReadsBlocksNeitherSubmitNorStop) {
  ::signal(SIGPIPE, SIG_IGN);
  int fds[2];
  ASSERT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  UniqueFd reader(fds[0]);
  UniqueFd writer(fds[1]);
  ASSERT_EQ(::fcntl(writer.get(), F_SETFL, O_NONBLOCK), 0);
  while (::write(writer.get(), "x", 1) == 1) {
  }
  ASSERT_EQ(::fcntl(writer.get(), F_SETFL, 0), 0);
  {
    Dispatcher dispatcher;
    dispatcher.add(std::make_unique<PipeSink>(std::move(writer)), queue(100));
    ASSERT_TRUE(dispatcher.start());
    for (int i = 0; i < 1000; ++i) {
      dispatcher.submit(numbered(i));
    }
    dispatcher.stop({milliseconds(10), milliseconds(10)});
    const SinkStats stats = dispatcher.stats().at(0);
    EXPECT_EQ(stats.accepted, 1000U);
    EXPECT_EQ(stats.written, 0U);
    EXPECT_GE(stats.dropped_queue_full, 800U);  // but the queue, and what was taken from it
    EXPECT_GE(stats.dropped_shutdown, 100U);    // the queue, and the one in write(2)
    EXPECT_EQ(stats.queued, 0U);
    EXPECT_EQ(test::unaccounted(stats), 0);
  }
  reader.reset();  // ends the thread that was left in write(2)
}

}  // namespace
}  // namespace saker
