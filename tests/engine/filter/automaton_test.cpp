// SPDX-License-Identifier: Apache-2.0
#include "engine/filter/automaton.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace saker::filter {
namespace {

uint32_t find(const ev_automaton& automaton, std::string_view text) {
  uint32_t state = 0;
  uint32_t found = 0;
  for (const char c : text) {
    state =
        automaton.next[state << automaton.class_bits | automaton.class_of[static_cast<uint8_t>(c)]];
    found |= automaton.anywhere[state];
  }
  return found | automaton.at_end[state];
}

TEST(AutomatonBuilder, FindsWhatASearchFinds) {
  std::minstd_rand random(3);
  const auto random_text = [&random](size_t size) {
    std::string text(size, ' ');
    std::ranges::generate(text, [&random] { return "ab/\xff"[random() % 4]; });
    return text;
  };
  for (int round = 0; round < 300; ++round) {
    AutomatonBuilder builder;
    std::vector<std::string> patterns(1 + random() % 8);
    for (uint32_t bit = 0; bit < patterns.size(); ++bit) {
      patterns[bit] = random_text(1 + random() % 4);
      ASSERT_TRUE(builder.add(patterns[bit], bit % 2 == 1, bit));
    }
    const auto automaton = builder.build();
    for (int i = 0; i < 20; ++i) {
      const std::string searched = random_text(random() % 12);
      uint32_t expected = 0;
      for (uint32_t bit = 0; bit < patterns.size(); ++bit) {
        const bool found = bit % 2 == 1 ? searched.ends_with(patterns[bit])
                                        : searched.find(patterns[bit]) != searched.npos;
        expected |= found ? 1U << bit : 0;
      }
      EXPECT_EQ(find(*automaton, searched), expected);
    }
  }
}

TEST(AutomatonBuilder, PatternsMayShareABit) {
  AutomatonBuilder builder;
  ASSERT_TRUE(builder.add("/.bashrc", true, 5));
  ASSERT_TRUE(builder.add("/.profile", true, 5));
  const auto automaton = builder.build();
  EXPECT_EQ(find(*automaton, "/root/.bashrc"), 1U << 5);
  EXPECT_EQ(find(*automaton, "/root/.profile"), 1U << 5);
  EXPECT_EQ(find(*automaton, "/root/.profiles"), 0U);
}

TEST(AutomatonBuilder, RefusesWhatDoesNotFit) {
  AutomatonBuilder builder;
  ASSERT_TRUE(builder.add("id_rsa", false, 0));
  std::string all;
  for (int c = 1; c < 256; ++c) {
    all += static_cast<char>(c);
  }
  EXPECT_FALSE(builder.add(all, false, 1)) << "too many different bytes";
  EXPECT_FALSE(builder.add(std::string(EV_STATES, 'a'), false, 1)) << "too many states";
  ASSERT_TRUE(builder.add("b", false, 1));
  EXPECT_EQ(find(*builder.build(), "a/id_rsa.b"), 3U);
}

TEST(AutomatonBuilder, TakesAsMuchAsTheTableHolds) {
  AutomatonBuilder builder;
  ASSERT_TRUE(builder.add(std::string(EV_STATES - 1, 'a'), false, 0));
  EXPECT_FALSE(builder.add("a", false, 1));
  EXPECT_EQ(find(*builder.build(), std::string(EV_STATES, 'a')), 1U);
}

}  // namespace
}  // namespace saker::filter
