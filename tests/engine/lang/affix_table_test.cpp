// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/affix_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace saker::lang {
namespace {

using Side = AffixTable::Side;

AffixTable table_of(Side side, const std::vector<std::string>& texts) {
  std::vector<AffixTable::Key> keys;
  for (const std::string& text : texts) {
    keys.push_back({text, static_cast<uint32_t>(keys.size())});
  }
  return {side, keys};
}

std::vector<uint32_t> find(const AffixTable& table, std::string_view text) {
  std::vector<uint32_t> numbers;
  table.find(text, [&](uint32_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(AffixTable, FindsBeginningsLongestFirst) {
  const std::vector<std::string> texts = {"/usr", "/usr/bin/", "/etc", "", "/usr/lib"};
  const AffixTable table = table_of(Side::kStart, texts);
  EXPECT_EQ(find(table, "/usr/bin/ls"), (std::vector<uint32_t>{1, 0, 3}));
  EXPECT_EQ(find(table, "/usr/local"), (std::vector<uint32_t>{0, 3}));
  EXPECT_EQ(find(table, "/us"), (std::vector<uint32_t>{3}));
  EXPECT_TRUE(find(table_of(Side::kStart, {"b"}), "a").empty());
  EXPECT_TRUE(find(table_of(Side::kStart, {}), "a").empty());
}

TEST(AffixTable, FindsEnds) {
  const std::vector<std::string> texts = {"_history", "bash_history", ".so"};
  const AffixTable table = table_of(Side::kEnd, texts);
  EXPECT_EQ(find(table, "/root/.bash_history"), (std::vector<uint32_t>{1, 0}));
  EXPECT_EQ(find(table, "a.so"), (std::vector<uint32_t>{2}));
  EXPECT_TRUE(find(table, "so").empty());
}

TEST(AffixTable, AgreesWithTryingEveryKey) {
  std::minstd_rand random(1);
  // Many are alike in more than eight bytes at one end.
  const auto random_text = [&] {
    std::string text(random() % 6, ' ');
    std::generate(text.begin(), text.end(), [&] { return "ab\xff"[random() % 3]; });
    const std::string shared = random() % 2 == 0 ? "aaaaaaaa" : "";
    return random() % 2 == 0 ? shared + text : text + shared;
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::string> texts(random() % 12);
    std::generate(texts.begin(), texts.end(), random_text);
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    const std::string text = random_text();
    for (const Side side : {Side::kStart, Side::kEnd}) {
      std::vector<uint32_t> expected;
      for (uint32_t i = 0; i < texts.size(); ++i) {
        if (side == Side::kStart ? text.starts_with(texts[i]) : text.ends_with(texts[i])) {
          expected.push_back(i);
        }
      }
      std::vector<uint32_t> found = find(table_of(side, texts), text);
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, expected) << text;
    }
  }
}

}  // namespace
}  // namespace saker::lang
