// SPDX-License-Identifier: Apache-2.0
#include "cmd/container_lookup.h"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <string>

namespace saker {
namespace {

using namespace std::chrono_literals;

// Long enough for any machine; no test waits for its end.
constexpr auto kForever = 60s;

ContainerIdentity container(const std::string& id) { return {id, "docker"}; }

ContainerAnswer answer_for(const ContainerIdentity& identity) {
  ContainerAnswer answer;
  answer.container = identity;
  answer.outcome = ContainerOutcome::kFound;
  answer.metadata.name = "name of " + identity.full_id;
  return answer;
}

TEST(ContainerLookup, AnswersEachRequestInOrder) {
  ContainerLookup lookup(answer_for);
  ASSERT_TRUE(lookup.request(container("a")));
  ASSERT_TRUE(lookup.request(container("b")));
  ContainerAnswer answer;
  ASSERT_TRUE(lookup.take(answer, kForever));
  EXPECT_EQ(answer.metadata.name, "name of a");
  ASSERT_TRUE(lookup.take(answer, kForever));
  EXPECT_EQ(answer.metadata.name, "name of b");
  EXPECT_FALSE(lookup.take(answer, 0ns));
}

TEST(ContainerLookup, ASlowOneKeepsNobodyWaitingLongerThanWanted) {
  std::latch may_go_on(1);
  ContainerLookup lookup([&](const ContainerIdentity& identity) {
    may_go_on.wait();
    return answer_for(identity);
  });
  ASSERT_TRUE(lookup.request(container("a")));
  ContainerAnswer answer;
  EXPECT_FALSE(lookup.take(answer, 0ns));
  EXPECT_FALSE(lookup.take(answer, 1ms));
  may_go_on.count_down();
  ASSERT_TRUE(lookup.take(answer, kForever));
  EXPECT_EQ(answer.container.full_id, "a");
}

TEST(ContainerLookup, RefusesMoreThanItsLimit) {
  std::latch is_looking(1);
  std::latch may_go_on(1);
  ContainerLookup lookup([&, is_first = true](const ContainerIdentity& identity) mutable {
    if (std::exchange(is_first, false)) {
      is_looking.count_down();
      may_go_on.wait();
    }
    return answer_for(identity);
  });
  ASSERT_TRUE(lookup.request(container("first")));
  is_looking.wait();
  for (size_t i = 0; i < ContainerLookup::kMaxWaiting; ++i) {
    ASSERT_TRUE(lookup.request(container(std::to_string(i))));
  }
  EXPECT_FALSE(lookup.request(container("one too many")));
  may_go_on.count_down();
  ContainerAnswer answer;
  for (size_t i = 0; i <= ContainerLookup::kMaxWaiting; ++i) {
    ASSERT_TRUE(lookup.take(answer, kForever));
  }
}

TEST(ContainerLookup, EndsWithRequestsThatWait) {
  std::latch is_looking(1);
  int looked_up = 0;
  {
    std::latch may_go_on(1);
    ContainerLookup lookup([&](const ContainerIdentity& identity) {
      if (++looked_up == 1) {
        is_looking.count_down();
        may_go_on.wait();
      }
      return answer_for(identity);
    });
    ASSERT_TRUE(lookup.request(container("a")));
    is_looking.wait();
    ASSERT_TRUE(lookup.request(container("b")));
    may_go_on.count_down();
  }
  EXPECT_GE(looked_up, 1);
}

}  // namespace
}  // namespace saker
