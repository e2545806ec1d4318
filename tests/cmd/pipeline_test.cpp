// SPDX-License-Identifier: Apache-2.0
// The loop of the data path on made-up records: what it counts, and when it does its housekeeping.
#include "cmd/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cmd/run.h"
#include "engine/base/source_text.h"
#include "engine/record_writer.h"
#include "engine/rules/loader.h"
#include "tests/support/alloc_counter.h"
#include "tests/support/test_sink.h"

namespace saker {
namespace {

constexpr uint32_t kRead = 0;
constexpr uint32_t kWrite = 1;
constexpr uint64_t kSecond = 1'000'000'000;

// Hands out system calls; an empty entry is a time without any.
class FakeSource final : public EventSource {
 public:
  struct Call {
    uint32_t nr = 0;
    uint64_t boot_ns = 0;
    bool is_idle = false;
  };
  explicit FakeSource(std::vector<Call> calls) : calls_(std::move(calls)) {}

  const SourceInfo& info() const noexcept override { return info_; }
  Next next(std::span<const std::byte>& record, int timeout_ms) override {
    timeouts.push_back(timeout_ms);
    if (next_ == calls_.size()) {
      return Next::kEnd;
    }
    const Call& call = calls_[next_++];
    if (call.is_idle) {
      return Next::kIdle;
    }
    record = make(call.nr, call.boot_ns);
    return Next::kRecord;
  }
  void stop() noexcept override {}
  Error error() const override { return {}; }
  std::vector<SourceCounter> counters() const override {
    return {{"dropped", "ring_full", "syscall", 3, true}};
  }
  RingUsage ring_usage() const noexcept override { return {10, 100}; }

  // Valid until the next one is made.
  std::span<const std::byte> make(uint32_t nr, uint64_t boot_ns) {
    ev_task task{};
    task.pid = task.tid = 42;
    task.start_boot_ns = 1;
    writer_.begin(EV_SYSCALL, boot_ns, task);
    ev_syscall body{};
    body.nr = nr;
    writer_.body(body);
    return writer_.finish();
  }

  std::vector<int> timeouts;

 private:
  SourceInfo info_ = {0, "host-1"};
  std::vector<Call> calls_;
  size_t next_ = 0;
  RecordWriter writer_;
};

std::shared_ptr<const RuleSet> rules() {
  return load_rules({std::make_shared<const SourceText>(
                        "r.yaml",
                        "- rule: Reads\n  desc: d\n  condition: evt.type = read\n"
                        "  output: o\n  priority: ERROR\n"
                        "- rule: Waits\n  desc: d\n  condition: evt.type = poll\n"
                        "  output: o\n  priority: ERROR\n")},
                    {})
      .rules;
}

EventCount count_of(const MetricsSnapshot& snapshot, std::string_view type) {
  const auto found = std::ranges::find(snapshot.events, type, &EventCount::type);
  return found == snapshot.events.end() ? EventCount{} : *found;
}

class PipelineTest : public testing::Test {
 protected:
  Pipeline make(FakeSource& source) {
    return Pipeline(
        {.rules = rules(), .source = &source, .dispatcher = &dispatcher_, .process_limit = 1000});
  }
  Dispatcher dispatcher_;
};

TEST_F(PipelineTest, SnapshotTellsWhatWasCounted) {
  FakeSource source({{kRead, 1}, {kWrite, 2}, {kRead, 3}});
  Pipeline pipeline(make(source));
  ASSERT_TRUE(run_loop(source, pipeline, {.run = [](uint64_t) {}}));
  const std::byte garbage[4] = {};
  process(garbage, pipeline);
  const MetricsSnapshot snapshot = pipeline.snapshot();
  EXPECT_EQ(count_of(snapshot, "read").matched, 2U);
  EXPECT_EQ(count_of(snapshot, "read").unmatched, 0U);
  EXPECT_EQ(count_of(snapshot, "write").unmatched, 1U);
  EXPECT_EQ(snapshot.alerts_by_rule, (std::vector<uint64_t>{2, 0}));
  EXPECT_EQ(snapshot.rules->rules().size(), 2U);
  EXPECT_EQ(snapshot.processes, 1U);
  EXPECT_EQ(snapshot.process_limit, 1000U);
  EXPECT_EQ(snapshot.ring.used_bytes, 10U);
  EXPECT_TRUE(std::ranges::count(snapshot.losses, Loss{"probe", "ring_full", 3}));
  EXPECT_TRUE(std::ranges::count(snapshot.losses, Loss{"decode", "too_short", 1}));
}

// The kernel's own reasons: LiveSource.EveryLossIsDocumented.
TEST_F(PipelineTest, EveryLossIsDocumented) {
  std::ifstream page(std::string(SAKER_SOURCE_DIR) + "/outputs/README.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  test::SinkControl control;
  dispatcher_.add(std::make_unique<test::TestSink>(control), {});
  FakeSource source({});
  for (const Loss& loss : make(source).snapshot().losses) {
    const std::string stage = loss.stage == "output test" ? "output NAME" : loss.stage;
    EXPECT_NE(text.find("\n| " + stage + " | `" + loss.reason + "` | "), std::string::npos)
        << loss.stage << ' ' << loss.reason;
  }
}

TEST_F(PipelineTest, CountingAndTimingAllocateNothing) {
  FakeSource source({});
  Pipeline pipeline(make(source));
  process(source.make(kWrite, 1), pipeline);
  const uint64_t before = test::allocation_count();
  for (uint64_t i = 0; i < 4 * EvaluationTimes::kInterval; ++i) {
    process(source.make(kWrite, 2 + i), pipeline);
  }
  EXPECT_EQ(test::allocation_count(), before);
  EXPECT_EQ(pipeline.snapshot().evaluation.sampled(), 4U);
}

TEST_F(PipelineTest, HousekeepingIsDoneOnceASecondOfEventsAndWhenIdle) {
  FakeSource source({{kRead, kSecond},
                     {kRead, 2 * kSecond - 1},
                     {kRead, 2 * kSecond},
                     {.is_idle = true},
                     {.is_idle = true},
                     {kRead, 2 * kSecond + 1}});
  Pipeline pipeline(make(source));
  std::vector<uint64_t> times;
  ASSERT_TRUE(run_loop(source, pipeline,
                       {.run = [&](uint64_t now_ns) { times.push_back(now_ns); }, .idle_ms = 7}));
  ASSERT_EQ(times.size(), 4U);
  EXPECT_EQ(times[0], kSecond);
  EXPECT_EQ(times[1], 2 * kSecond);
  EXPECT_EQ(source.timeouts, std::vector<int>(7, 7));
}

}  // namespace
}  // namespace saker
