// SPDX-License-Identifier: Apache-2.0
#include "engine/base/journal.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

namespace saker {
namespace {

TEST(Journal, IsWhereJournalStreamSays) {
  std::array<int, 2> pipe{};
  std::array<int, 2> other{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  ASSERT_EQ(::pipe(other.data()), 0);
  struct stat status{};
  ASSERT_EQ(::fstat(pipe[1], &status), 0);
  EXPECT_FALSE(is_journal(pipe[1]));
  const std::string stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
  ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
  EXPECT_TRUE(is_journal(pipe[1]));
  EXPECT_FALSE(is_journal(other[1]));
  EXPECT_FALSE(is_journal(-1));
  ::unsetenv("JOURNAL_STREAM");
  for (const int fd : {pipe[0], pipe[1], other[0], other[1]}) {
    ::close(fd);
  }
}

TEST(Journal, PrefixesHaveTheNumbersOfSyslog) {
  EXPECT_EQ(journal_prefix(Priority::kEmergency), "<0>");
  EXPECT_EQ(journal_prefix(Priority::kDebug), "<7>");
}

}  // namespace
}  // namespace saker
