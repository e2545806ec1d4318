// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/substring_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/glob.h"

namespace saker::lang {
namespace {

SubstringTable table_of(const std::vector<std::string>& texts) {
  std::vector<SubstringTable::Key> keys;
  for (const std::string& text : texts) {
    keys.push_back({text, static_cast<uint32_t>(keys.size())});
  }
  return SubstringTable(keys);
}

std::set<uint32_t> find(const SubstringTable& table, std::string_view text) {
  std::set<uint32_t> numbers;
  table.find(text, [&](uint32_t number) { numbers.insert(number); });
  return numbers;
}

TEST(SubstringTable, FindsKeysAnywhereInATextWhateverTheirCase) {
  const std::vector<std::string> texts = {"/.ssh/", "--flag-1", "--flag-2", "token"};
  const SubstringTable table = table_of(texts);
  EXPECT_EQ(find(table, "/root/.ssh/id"), (std::set<uint32_t>{0}));
  EXPECT_EQ(find(table, "x --flag-1 --FLAG-2"), (std::set<uint32_t>{1, 2}));
  EXPECT_EQ(find(table, "TOKEN"), (std::set<uint32_t>{3}));
  EXPECT_EQ(find(table, "--flag-3 toke"), (std::set<uint32_t>{}));
  EXPECT_EQ(find(table, "tok"), (std::set<uint32_t>{}));
  EXPECT_EQ(find(table_of({}), "text"), (std::set<uint32_t>{}));
}

// '@' and '`', '[' and '{' and others are one byte to the filter.
TEST(SubstringTable, TellsBytesApartThatDifferInTheBitOfCase) {
  const std::vector<std::string> texts = {"a@b@", "[x]["};
  const SubstringTable table = table_of(texts);
  EXPECT_EQ(find(table, "a`b`"), (std::set<uint32_t>{}));
  EXPECT_EQ(find(table, "{x}{"), (std::set<uint32_t>{}));
  EXPECT_EQ(find(table, "A@B@[X]["), (std::set<uint32_t>{0, 1}));
}

TEST(SubstringTable, AgreesWithTryingEveryKey) {
  std::minstd_rand random(1);
  const auto random_text = [&](size_t least, size_t most) {
    std::string text(least + random() % (most - least), ' ');
    std::generate(text.begin(), text.end(), [&] { return "aAb\xff"[random() % 4]; });
    return text;
  };
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::string> texts(random() % 20);
    for (std::string& text : texts) {
      text = random_text(SubstringTable::kMinBytes, 9);
      std::transform(text.begin(), text.end(), text.begin(), ascii_lower);
    }
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    const std::string text = random_text(0, 30);
    std::string lower(text);
    std::transform(text.begin(), text.end(), lower.begin(), ascii_lower);
    std::set<uint32_t> expected;
    for (uint32_t i = 0; i < texts.size(); ++i) {
      if (lower.find(texts[i]) != std::string::npos) {
        expected.insert(i);
      }
    }
    EXPECT_EQ(find(table_of(texts), text), expected) << text;
  }
}

}  // namespace
}  // namespace saker::lang
