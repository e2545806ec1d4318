// SPDX-License-Identifier: Apache-2.0
#include "outputs/sink_worker.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/small_disk.h"
#include "tests/support/test_sink.h"

namespace saker {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::kLong;
using test::numbered;
using test::SinkControl;
using test::TestSink;
using test::unaccounted;
using Names = std::vector<std::string>;
using Seqs = std::vector<uint64_t>;

constexpr DrainLimits kAll{kLong, kLong};
constexpr DrainLimits kNothing{milliseconds(1), milliseconds(1)};

std::shared_ptr<SinkWorker> start(SinkControl& control, SinkOptions options) {
  auto worker = std::make_shared<SinkWorker>(std::make_unique<TestSink>(control),
                                             std::move(options), SinkWorker::OnBroken());
  const Result<void> opened = worker->open();
  EXPECT_TRUE(opened) << opened.error().to_string();
  SinkWorker::start(worker);
  return worker;
}

// Asks until `holds` does; false after too long.
template <typename Condition>
bool eventually(const Condition& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kLong;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

// With ten alerts that the sink has refused for now; null when it was not tried again.
std::shared_ptr<SinkWorker> start_failing(SinkControl& control) {
  control.fail_write = true;
  control.is_failure_final = false;
  auto worker = start(control, {});
  for (int i = 0; i < 10; ++i) {
    worker->submit(numbered(i));
  }
  return eventually([&] { return worker->stats().retried > 0; }) ? worker : nullptr;
}

void stop(SinkWorker& worker, const DrainLimits& limits) {
  worker.request_stop();
  worker.stop(limits);
}

Names names(int first, int last) {
  Names all;
  for (int i = first; i <= last; ++i) {
    all.push_back(std::to_string(i));
  }
  return all;
}

class SpooledWorker : public testing::Test {
 protected:
  SpooledWorker() {
    std::string name = testing::TempDir() + "workerXXXXXX";
    folder_ = ::mkdtemp(name.data());
    options_.spool = SpoolOptions{.directory = folder_};
    options_.when_full = AlertQueue::WhenFull::kWait;  // so that tests know what is in the spool
  }
  ~SpooledWorker() override { std::filesystem::remove_all(folder_); }

  SinkOptions options_;
  std::string folder_;
};

TEST(SinkWorker, WhatIsFilteredIsNotAccepted) {
  SinkControl control;
  const auto worker = start(control, {.filter = {.rules = {"1*"}}});
  for (int i = 0; i < 20; ++i) {
    worker->submit(numbered(i));
  }
  stop(*worker, kAll);
  EXPECT_EQ(control.written.size(), 11U);
  EXPECT_EQ(worker->stats().filtered, 9U);
  EXPECT_EQ(worker->stats().accepted, 11U);
  EXPECT_EQ(control.seqs.back(), 11U);
}

TEST(SinkWorker, NumbersLeaveOutWhatWasDropped) {
  SinkControl control;
  control.gate_open = false;
  const auto worker = start(control, {.queue_capacity = 3});
  worker->submit(numbered(0));
  ASSERT_TRUE(control.wait([&] { return control.writing == 1; }));
  for (int i = 1; i <= 8; ++i) {
    worker->submit(numbered(i));
  }
  control.open_gate();
  stop(*worker, kAll);
  EXPECT_EQ(control.written, (Names{"0", "6", "7", "8"}));
  EXPECT_EQ(control.seqs, (Seqs{1, 7, 8, 9}));
  EXPECT_EQ(unaccounted(worker->stats()), 0);
}

TEST(SinkWorker, WhatFailedForNowIsSentAgain) {
  SinkControl control;
  const auto worker = start_failing(control);
  ASSERT_NE(worker, nullptr);
  EXPECT_TRUE(worker->stats().failing);
  EXPECT_EQ(worker->stats().last_error, "cannot write: No space left on device");
  control.set_fail_write(false);
  stop(*worker, kAll);
  EXPECT_EQ(control.written, names(0, 9));
  EXPECT_FALSE(worker->stats().failing);
  EXPECT_EQ(worker->stats().lost(), 0U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
}

TEST(SinkWorker, ASinkThatKeepsFailingDoesNotHoldUpTheStop) {
  SinkControl control;
  const auto worker = start_failing(control);
  ASSERT_NE(worker, nullptr);
  const auto before = std::chrono::steady_clock::now();
  stop(*worker, {kLong, milliseconds(10)});
  EXPECT_LT(std::chrono::steady_clock::now() - before, kLong / 2);
  EXPECT_EQ(worker->stats().dropped_shutdown, 10U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
}

TEST(SinkWorker, WhatComesAfterTheStopIsCounted) {
  SinkControl control;
  const auto worker = start(control, {});
  worker->submit(numbered(0));
  worker->request_stop();
  worker->submit(numbered(1));
  worker->stop(kAll);
  EXPECT_EQ(control.written, (Names{"0"}));
  EXPECT_EQ(worker->stats().accepted, 2U);
  EXPECT_EQ(worker->stats().dropped_shutdown, 1U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
}

TEST(SinkWorker, RepeatedAlertsAreCollapsedAndCounted) {
  SinkControl control;
  const auto worker = start(control, {.collapse = {.window = seconds(3600), .key_fields = {}}});
  for (int i = 0; i < 5; ++i) {
    worker->submit(numbered(7));
  }
  ASSERT_TRUE(control.wait([&] { return control.written.size() == 1; }));
  stop(*worker, kAll);
  EXPECT_EQ(control.written, (Names{"7", "7"}));
  EXPECT_EQ(control.repeat_counts, (Seqs{1, 4}));
  EXPECT_EQ(control.seqs, (Seqs{1, 2}));
  EXPECT_EQ(worker->stats().accepted, 5U);
  EXPECT_EQ(worker->stats().collapsed, 3U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
}

TEST(SinkWorker, ReopensTheSinkOnRequest) {
  SinkControl control;
  const auto worker = start(control, {});
  worker->request_reopen();
  EXPECT_TRUE(control.wait([&] { return control.reopened == 1; }));
  stop(*worker, kAll);
}

TEST_F(SpooledWorker, KeepsForTheNextRunWhatTheSinkDoesNotTake) {
  SinkControl hung;
  hung.gate_open = false;
  {
    const auto worker = start(hung, options_);
    for (int i = 0; i < 3000; ++i) {
      worker->submit(numbered(i));
    }
    ASSERT_TRUE(eventually([&] { return worker->stats().queued == 0; }));
    EXPECT_EQ(worker->stats().spooled, 3000U);
    stop(*worker, kNothing);
    EXPECT_EQ(worker->stats().spooled, 3000U);
    EXPECT_EQ(worker->stats().lost(), 0U);
    EXPECT_EQ(unaccounted(worker->stats()), 0);
  }
  SinkControl control;
  const auto worker = start(control, options_);
  EXPECT_EQ(worker->stats().resumed, 3000U);
  worker->submit(numbered(3000));
  stop(*worker, kAll);
  EXPECT_EQ(control.written, names(0, 3000));
  EXPECT_EQ(control.seqs.front(), 1U);
  EXPECT_EQ(control.seqs.back(), 3001U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
  hung.open_gate();  // ends the thread that was left behind
  ASSERT_TRUE(hung.wait([&] { return !hung.written.empty(); }));
}

TEST_F(SpooledWorker, GoesOnWithoutTheDiskWhileTheSinkKeepsUp) {
  const test::SmallDisk disk(1U << 20U);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "may not mount a small disk";
  }
  options_.spool->directory = disk.path();
  SinkControl control;
  const auto worker = start(control, options_);
  worker->submit(numbered(0));
  ASSERT_TRUE(control.wait([&] { return control.written.size() == 1; }));
  std::ofstream(disk.path("filler"), std::ios::binary) << std::string(1U << 20U, 'x');
  for (int i = 1; i <= 5000; ++i) {
    worker->submit(numbered(i));
  }
  ASSERT_TRUE(control.wait([&] { return control.written.size() == 5001; }));
  EXPECT_GT(worker->stats().spool_disk_errors, 0U);
  stop(*worker, kAll);
  EXPECT_EQ(control.written, names(0, 5000));
  EXPECT_EQ(worker->stats().lost(), 0U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
}

TEST_F(SpooledWorker, AFullDiskAndAHungSinkCostAlertsButNeverTheReader) {
  const test::SmallDisk disk(1U << 20U);
  if (!disk.is_mounted()) {
    GTEST_SKIP() << "may not mount a small disk";
  }
  options_.spool->directory = disk.path();
  options_.when_full = AlertQueue::WhenFull::kDropOldest;
  options_.queue_capacity = 100;
  SinkControl control;
  control.gate_open = false;
  const auto worker = start(control, options_);
  std::ofstream(disk.path("filler"), std::ios::binary) << std::string(1U << 20U, 'x');
  auto large = std::make_shared<Alert>();
  large->rule = std::string(100'000, 'r');  // 4 MiB in memory is soon too much
  for (int i = 0; i < 1000; ++i) {
    worker->submit(large);
  }
  ASSERT_TRUE(eventually([&] { return worker->stats().failing; }));
  EXPECT_GT(worker->stats().spool_disk_errors, 0U);
  EXPECT_NE(worker->stats().last_error, "");
  for (int i = 0; i < 1000; ++i) {
    worker->submit(large);
  }
  SinkStats stats = worker->stats();
  EXPECT_GT(stats.dropped_queue_full, 0U);
  std::filesystem::remove(disk.path("filler"));
  control.open_gate();
  worker->submit(numbered(1));
  ASSERT_TRUE(
      control.wait([&] { return !control.written.empty() && control.written.back() == "1"; }));
  stop(*worker, kAll);
  stats = worker->stats();
  EXPECT_EQ(stats.accepted, 2001U);
  EXPECT_EQ(unaccounted(stats), 0);
  EXPECT_EQ(stats.written, control.written.size());
  EXPECT_EQ(control.seqs.back(), 2001U);  // the numbers tell how many are missing
}

TEST_F(SpooledWorker, ASpoolThatIsFullDropsTheOldestAndCountsThem) {
  options_.spool->max_bytes = 1U << 20U;
  SinkControl control;
  control.gate_open = false;
  const auto worker = start(control, options_);
  auto large = std::make_shared<Alert>();
  large->rule = std::string(10'000, 'r');
  for (int i = 0; i < 1000; ++i) {
    worker->submit(large);
    if (i % 50 == 49) {  // what comes in one go is not dropped
      ASSERT_TRUE(eventually([&] { return worker->stats().queued == 0; }));
    }
  }
  EXPECT_GT(worker->stats().dropped_spool_full, 0U);
  EXPECT_EQ(unaccounted(worker->stats()), 0);
  control.open_gate();
  stop(*worker, kAll);
  const SinkStats stats = worker->stats();
  EXPECT_EQ(stats.written + stats.dropped_spool_full, 1000U);
  EXPECT_EQ(control.seqs.back(), 1000U);
}

}  // namespace
}  // namespace saker
