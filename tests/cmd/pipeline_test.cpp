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
    uint32_t flags = 0;  // EV_SYSF_*
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
    record = make(call.nr, call.boot_ns, call.flags);
    return Next::kRecord;
  }
  void stop() noexcept override {}
  Error error() const override { return {}; }
  std::vector<SourceCounter> counters() const override {
    return {{"dropped", "ring_full", "syscall", 3, true}};
  }
  RingUsage ring_usage() const noexcept override { return {10, 100}; }

  // Valid until the next one is made.
  std::span<const std::byte> make(uint32_t nr, uint64_t boot_ns, uint32_t flags = 0) {
    ev_task task{};
    task.pid = task.tid = 42;
    task.start_boot_ns = 1;
    writer_.begin(EV_SYSCALL, boot_ns, task);
    ev_syscall body{};
    body.nr = nr;
    body.flags = flags;
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
  ASSERT_TRUE(run_loop(source, pipeline, {.run = [](uint64_t, bool) {}}));
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

uint32_t flags_of(ev_decision decision, uint32_t hook) {
  return static_cast<uint32_t>(decision) << EV_SYSF_DECISION_SHIFT | hook << EV_SYSF_HOOK_SHIFT;
}

TEST_F(PipelineTest, DecisionsAreCountedAndThoseWithoutARuleReported) {
  constexpr std::string_view kRules =
      "- rule: Made\n  desc: d\n  condition: evt.type in (mkdir, mkdirat)\n  output: o\n"
      "  priority: ERROR\n  action: deny\n";
  const auto loaded =
      load_rules({std::make_shared<const SourceText>("r.yaml", std::string(kRules))}, {});
  ASSERT_NE(loaded.rules, nullptr);
  test::SinkControl control;
  dispatcher_.add(std::make_unique<test::TestSink>(control), {});
  ASSERT_TRUE(dispatcher_.start());
  constexpr uint32_t kMkdir = 83;
  FakeSource source({{kMkdir, 1, false, flags_of(EV_DECISION_WOULD_DENY, EV_HOOK_PATH_MKDIR)},
                     {kRead, 2, false, flags_of(EV_DECISION_DENIED, EV_HOOK_FILE_OPEN)},
                     {kRead, 3, false, flags_of(EV_DECISION_UNDECIDED, EV_HOOK_FILE_OPEN)},
                     {kMkdir, 4, false, 0}});
  Pipeline pipeline({.rules = loaded.rules, .source = &source, .dispatcher = &dispatcher_});
  ASSERT_TRUE(run_loop(source, pipeline, {.run = [](uint64_t, bool) {}}));
  EXPECT_TRUE(control.wait([&] { return control.written.size() >= 3; }));
  EXPECT_EQ(control.written,
            (std::vector<std::string>{"Made", "Saker internal: decision without a rule",
                                      "Saker internal: operation could not be decided about"}));
  const DecisionCounts decisions = pipeline.snapshot().decisions;
  EXPECT_EQ(decisions.by_hook[EV_DECISION_WOULD_DENY][EV_HOOK_PATH_MKDIR], 1U);
  EXPECT_EQ(decisions.by_hook[EV_DECISION_DENIED][EV_HOOK_FILE_OPEN], 1U);
  EXPECT_EQ(decisions.without_rule, 2U);
  const std::string summary = render(pipeline.summary());
  EXPECT_NE(summary.find("1  decisions: would_deny at path_mkdir\n"), std::string::npos) << summary;
  EXPECT_NE(summary.find("2  decisions: without a rule\n"), std::string::npos) << summary;
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
  ASSERT_TRUE(
      run_loop(source, pipeline,
               {.run = [&](uint64_t now_ns, bool) { times.push_back(now_ns); }, .idle_ms = 7}));
  ASSERT_EQ(times.size(), 4U);
  EXPECT_EQ(times[0], kSecond);
  EXPECT_EQ(times[1], 2 * kSecond);
  EXPECT_EQ(source.timeouts, std::vector<int>(7, 7));
}

}  // namespace
}  // namespace saker
