// SPDX-License-Identifier: Apache-2.0
#include "engine/base/paths.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace saker {
namespace {

TEST(Paths, FindsWhatFollowsASlashAtEveryPlace) {
  EXPECT_FALSE(has_slash_then("", '/'));
  EXPECT_FALSE(has_slash_then("/", '/'));
  EXPECT_TRUE(has_slash_then("//", '/'));
  for (const char next : {'/', '.'}) {
    for (size_t size = 2; size < 40; ++size) {
      // Every other byte is a slash, or differs from one by 0x80.
      std::string path(size, 'a');
      for (size_t i = 0; i < size; i += 2) {
        path[i] = i % 4 == 0 ? '/' : '\xaf';
      }
      EXPECT_FALSE(has_slash_then(path, next)) << path;
      for (size_t i = 0; i + 1 < size; ++i) {
        std::string other = path;
        other[i] = '/';
        other[i + 1] = next;
        EXPECT_TRUE(has_slash_then(other, next)) << other;
      }
    }
  }
}

TEST(Paths, FindsTheLastSlash) {
  EXPECT_EQ(last_slash(""), std::string_view::npos);
  EXPECT_EQ(last_slash("name"), std::string_view::npos);
  EXPECT_EQ(last_slash("/"), 0U);
  EXPECT_EQ(last_slash("/usr/bin/ls"), 8U);
  EXPECT_EQ(last_slash("/usr/bin/"), 8U);
}

}  // namespace
}  // namespace saker
