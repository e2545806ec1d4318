// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container_enricher.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "engine/record_writer.h"
#include "engine/state/tracker.h"
#include "tests/support/alloc_counter.h"

namespace saker {
namespace {

constexpr uint64_t kMs = 1'000'000;
constexpr uint64_t kCgroup = 7;
const std::string kId(64, 'c');

// Answers when the test says so; notes how long it was waited for.
class FakeSource : public ContainerSource {
 public:
  bool request(const ContainerIdentity& container) override {
    if (!is_full) {
      requests.push_back(container);
    }
    return !is_full;
  }
  bool take(ContainerAnswer& answer, std::chrono::nanoseconds wait) override {
    if (wait > std::chrono::nanoseconds::zero()) {
      ++waits;
      EXPECT_LE(wait, ContainerEnricher::kMaxWait);
      answers.insert(answers.end(), while_waiting.begin(), while_waiting.end());
      while_waiting.clear();
    }
    if (answers.empty()) {
      return false;
    }
    answer = std::move(answers.front());
    answers.pop_front();
    return true;
  }
  static ContainerAnswer found(const std::string& id = kId) {
    ContainerAnswer answer;
    answer.container = {id, "docker"};
    answer.outcome = ContainerOutcome::kFound;
    answer.metadata.name = "web";
    return answer;
  }
  static ContainerAnswer not_found() {
    ContainerAnswer answer;
    answer.container = {kId, "docker"};
    answer.reason = "not there";
    return answer;
  }

  bool is_full = false;
  int waits = 0;
  std::vector<ContainerIdentity> requests;
  std::deque<ContainerAnswer> answers;
  std::vector<ContainerAnswer> while_waiting;
};

// A tracker to which a process in a container does things.
class World {
 public:
  World() : tracker_(options()) {}

  void learn(const std::string& cgroup = "/docker/" + kId, uint64_t cgroup_id = kCgroup) {
    ev_task task{};
    task.pid = task.tid = 10;
    task.cgroup_id = cgroup_id;
    writer_.begin(EV_SNAPSHOT, now, task);
    writer_.body(ev_exec{});
    writer_.section(EV_SEC_CGROUP, 0, cgroup);
    apply();
  }
  void act(ev_kind kind = EV_SYSCALL, uint64_t cgroup_id = kCgroup) {
    ev_task task{};
    task.pid = task.tid = 10;
    task.cgroup_id = cgroup_id;
    writer_.begin(kind, now, task);
    if (kind == EV_EXEC) {
      writer_.body(ev_exec{});
    } else {
      writer_.body(ev_syscall{});
    }
    apply();
  }
  void apply() {
    ASSERT_EQ(event_.decode(writer_.finish()), DecodeError::kNone);
    tracker_.apply(event_);
    tracker_.finish(event_);
  }
  [[nodiscard]] const Container& container() const {
    return *tracker_.containers().find_container(kCgroup);
  }
  [[nodiscard]] bool is_known() const { return container().metadata != nullptr; }
  [[nodiscard]] const ContainerStats& stats() const { return tracker_.container_stats(); }

  uint64_t now = 1'000 * kMs;
  FakeSource source;
  std::vector<std::vector<std::byte>> made;
  std::string unknown;

 private:
  Tracker::Options options() {
    Tracker::Options options;
    options.containers = &source;
    options.on_made = [this](std::span<const std::byte> record) {
      made.emplace_back(record.begin(), record.end());
    };
    options.on_unknown_container = [this](const Container& container) {
      unknown = container.missing_reason;
    };
    return options;
  }

  RecordWriter writer_;
  Event event_;
  Tracker tracker_;
};

TEST(ContainerEnricher, AsksOnceWhenAContainerIsLearnt) {
  World world;
  world.learn();
  world.learn();
  ASSERT_EQ(world.source.requests.size(), 1U);
  EXPECT_EQ(world.source.requests[0].full_id, kId);
  EXPECT_EQ(world.source.waits, 0) << "nothing is matched yet";
  EXPECT_EQ(world.stats().lookups, 1U);
}

TEST(ContainerEnricher, AsksNotForTheHostNorForNamesThatUsersChoose) {
  World host;
  host.learn("/user.slice");
  host.act();
  EXPECT_TRUE(host.source.requests.empty());
  World lxc;
  lxc.learn("/lxc/../../etc");
  lxc.learn("/lxc.payload.web");
  lxc.act();
  EXPECT_TRUE(lxc.source.requests.empty());
}

TEST(ContainerEnricher, TheFirstEventWaitsForTheAnswer) {
  World world;
  world.learn();
  world.source.while_waiting = {FakeSource::found()};
  world.act();
  EXPECT_TRUE(world.is_known());
  EXPECT_EQ(world.source.waits, 1);
  EXPECT_EQ(world.stats().found, 1U);
  EXPECT_EQ(world.stats().late, 0U);
}

TEST(ContainerEnricher, TakesALateAnswerWithoutWaitingAgain) {
  World world;
  world.learn();
  world.act();
  world.act();
  EXPECT_FALSE(world.is_known());
  EXPECT_EQ(world.container().missing_reason, "the lookup has not ended yet");
  EXPECT_EQ(world.source.waits, 1);
  EXPECT_EQ(world.stats().late, 1U);
  world.source.answers = {FakeSource::found()};
  world.act();
  EXPECT_TRUE(world.is_known());
  EXPECT_EQ(world.source.waits, 1);
}

TEST(ContainerEnricher, WaitsOnlySoOftenInASecond) {
  World world;
  for (uint64_t i = 0; i < 2 * ContainerEnricher::kWaitsPerSecond; ++i) {
    const std::string id = kId.substr(2) + std::to_string(10 + i);
    world.learn("/docker/" + id, i);
    world.act(EV_SYSCALL, i);
  }
  EXPECT_EQ(world.source.waits, static_cast<int>(ContainerEnricher::kWaitsPerSecond));
  EXPECT_EQ(world.stats().late, 2 * ContainerEnricher::kWaitsPerSecond);
  world.now += 1'000 * kMs;
  world.learn("/docker/" + kId, 1000);
  world.act(EV_SYSCALL, 1000);
  EXPECT_EQ(world.source.waits, static_cast<int>(ContainerEnricher::kWaitsPerSecond) + 1);
}

TEST(ContainerEnricher, AsksAgainAtAnExecForStateThatWasNotWrittenYet) {
  World world;
  world.learn();
  world.source.while_waiting = {FakeSource::not_found()};
  world.act();
  EXPECT_EQ(world.container().missing_reason, "not there");
  EXPECT_EQ(world.source.requests.size(), 1U) << "not before the pause is over";
  world.source.while_waiting = {FakeSource::found()};
  world.act(EV_EXEC);
  EXPECT_TRUE(world.is_known());
  EXPECT_EQ(world.source.requests.size(), 2U);
  EXPECT_EQ(world.stats().not_found, 1U);
  EXPECT_EQ(world.stats().given_up, 0U);
}

TEST(ContainerEnricher, AsksAgainWithGrowingPausesAndGivesUp) {
  World world;
  world.learn();
  uint64_t pause = ContainerEnricher::kFirstPauseNs;
  for (uint32_t tries = 1; tries <= ContainerEnricher::kMaxTries; ++tries) {
    EXPECT_EQ(world.unknown, "");
    EXPECT_EQ(world.source.requests.size(), tries);
    world.source.answers = {FakeSource::not_found()};
    world.act();
    world.now += pause - 1;
    world.act();
    EXPECT_EQ(world.source.requests.size(), tries) << "too early";
    world.now += 1;
    pause *= 4;
    world.act();
  }
  EXPECT_EQ(world.source.requests.size(), ContainerEnricher::kMaxTries);
  EXPECT_EQ(world.unknown, "not there");
  EXPECT_EQ(world.stats().given_up, 1U);
  EXPECT_EQ(world.stats().not_found, ContainerEnricher::kMaxTries);
  world.act(EV_EXEC);
  EXPECT_EQ(world.source.requests.size(), ContainerEnricher::kMaxTries);
}

TEST(ContainerEnricher, AsksAgainWhileTheStateIsPreliminary) {
  World world;
  world.learn();
  ContainerAnswer preliminary = FakeSource::found();
  preliminary.metadata.is_preliminary = true;
  world.source.while_waiting = {preliminary};
  world.act();
  EXPECT_TRUE(world.is_known());
  world.act(EV_EXEC);
  EXPECT_EQ(world.source.requests.size(), 2U);
  EXPECT_EQ(world.source.waits, 1) << "what is known is good enough for now";
  ContainerAnswer final = FakeSource::found();
  final.metadata.ip = "172.17.0.2";
  world.source.answers = {final};
  world.act(EV_EXEC);
  EXPECT_EQ(world.container().metadata->ip, "172.17.0.2");
  world.act(EV_EXEC);
  EXPECT_EQ(world.source.requests.size(), 2U);
  EXPECT_EQ(world.made.size(), 2U);
}

TEST(ContainerEnricher, KeepsPreliminaryStateWhenNothingBetterComes) {
  World world;
  world.learn();
  ContainerAnswer preliminary = FakeSource::found();
  preliminary.metadata.is_preliminary = true;
  for (uint32_t tries = 0; tries < ContainerEnricher::kMaxTries; ++tries) {
    world.source.answers = {preliminary};
    world.act(EV_EXEC);
    world.act(EV_EXEC);
  }
  EXPECT_EQ(world.source.requests.size(), ContainerEnricher::kMaxTries);
  EXPECT_TRUE(world.is_known());
  EXPECT_EQ(world.stats().given_up, 0U);
}

TEST(ContainerEnricher, TriesAgainWhenTooManyWait) {
  World world;
  world.source.is_full = true;
  world.learn();
  world.act();
  EXPECT_EQ(world.stats().lookups, 0U);
  world.source.is_full = false;
  world.source.while_waiting = {FakeSource::found()};
  world.act(EV_EXEC);
  EXPECT_TRUE(world.is_known());
}

TEST(ContainerEnricher, DropsAnswersForContainersThatAreGone) {
  World world;
  world.learn();
  for (uint64_t id = 100; id < 100 + ContainerTable::kLimit; ++id) {
    world.learn("/user.slice", id);
  }
  world.source.answers = {FakeSource::found()};
  world.act();
  EXPECT_TRUE(world.source.answers.empty());
  EXPECT_EQ(world.stats().found, 0U);
  world.learn();
  EXPECT_EQ(world.source.requests.size(), 2U) << "learnt anew, asked for anew";
  EXPECT_FALSE(world.is_known());
}

TEST(ContainerEnricher, LeavesARecordFromWhichAReplayKnowsTheSame) {
  World world;
  world.learn();
  world.source.answers = {FakeSource::found()};
  world.act();
  ASSERT_EQ(world.made.size(), 1U);

  Tracker replay({});
  Event event;
  ASSERT_EQ(event.decode(world.made[0]), DecodeError::kNone);
  EXPECT_EQ(event.kind(), EV_CONTAINER);
  EXPECT_FALSE(event.is_matchable());
  replay.apply(event);
  const Container* container = replay.containers().find_container(kCgroup);
  ASSERT_NE(container, nullptr);
  EXPECT_EQ(container->identity.full_id, kId);
  ASSERT_NE(container->metadata, nullptr);
  EXPECT_EQ(container->metadata->name, "web");
}

TEST(ContainerEnricher, CostsNoAllocationForAKnownContainer) {
  World world;
  world.learn();
  world.source.answers = {FakeSource::found()};
  world.act();
  world.act();
  const uint64_t before = test::allocation_count();
  for (int i = 0; i < 100; ++i) {
    world.now += kMs;
    world.act();
  }
  EXPECT_EQ(test::allocation_count(), before);
}

}  // namespace
}  // namespace saker
