// SPDX-License-Identifier: Apache-2.0
#include "outputs/spool.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/small_disk.h"

namespace saker {
namespace {

using std::chrono::seconds;
using Seqs = std::vector<uint64_t>;
constexpr seconds kLong(30);  // a bound for a hung test, never waited for

class SpoolTest : public testing::Test {
 protected:
  SpoolTest() {
    std::string name = testing::TempDir() + "spoolXXXXXX";
    folder_ = ::mkdtemp(name.data());
    options_.directory = folder_ + "/deep/spool";
  }
  ~SpoolTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Spool> open() {
    Result<std::unique_ptr<Spool>> spool = Spool::open("test", options_);
    EXPECT_TRUE(spool) << spool.error().to_string();
    return spool ? std::move(*spool) : nullptr;
  }
  [[nodiscard]] std::string file() const { return options_.directory + "/test.db"; }

  SpoolOptions options_;
  std::string folder_;
};

Message message(uint64_t seq, size_t body_bytes = 10) {
  Message made;
  made.seq = seq;
  made.time_ns = static_cast<int64_t>(seq) * 1000;
  made.priority = Priority::kWarning;
  made.id = "id-" + std::to_string(seq);
  made.rule = "rule";
  made.topic = "topic";
  made.key = std::string("k\0ey", 4);
  made.body = std::string(body_bytes, 'b') + '\xff' + std::to_string(seq);
  return made;
}

Result<void> append(Spool& spool, uint64_t first, uint64_t last, size_t body_bytes = 10) {
  std::vector<Message> messages;
  for (uint64_t seq = first; seq <= last; ++seq) {
    messages.push_back(message(seq, body_bytes));
  }
  return spool.append(messages);
}

// What the spool gives out now, at most `max`.
std::vector<Message> take(Spool& spool, size_t max = 1'000'000) {
  std::vector<Message> messages;
  spool.take(max, Spool::Clock::now(), messages);
  return messages;
}

Seqs seqs(const std::vector<Message>& messages) {
  Seqs numbers;
  for (const Message& message : messages) {
    numbers.push_back(message.seq);
  }
  return numbers;
}

Seqs range(uint64_t first, uint64_t last) {
  Seqs numbers;
  for (uint64_t seq = first; seq <= last; ++seq) {
    numbers.push_back(seq);
  }
  return numbers;
}

TEST_F(SpoolTest, GivesOutWhatItTookInOrder) {
  const auto spool = open();
  EXPECT_EQ(spool->last_seq(), 0U);
  ASSERT_TRUE(append(*spool, 1, 3));
  ASSERT_TRUE(append(*spool, 4, 5));
  EXPECT_EQ(spool->stats().messages, 5U);
  EXPECT_EQ(seqs(take(*spool, 2)), range(1, 2));
  EXPECT_EQ(seqs(take(*spool)), range(3, 5));
  EXPECT_EQ(seqs(take(*spool)), Seqs{});
  spool->settle(5, 5);
  EXPECT_EQ(spool->stats().messages, 0U);
  EXPECT_EQ(spool->stats().oldest_ns, 0);
}

TEST_F(SpoolTest, GoesOnAfterARestartWithWhatIsNotSettled) {
  {
    const auto spool = open();
    ASSERT_TRUE(append(*spool, 1, 10));
    take(*spool, 7);
    spool->settle(4, 4);
    EXPECT_EQ(spool->close(), 0U);
  }
  const auto spool = open();
  EXPECT_EQ(spool->resumed(), 6U);
  EXPECT_EQ(spool->last_seq(), 10U);
  EXPECT_GT(spool->stats().oldest_ns, 0);
  ASSERT_TRUE(append(*spool, 11, 12));
  const std::vector<Message> left = take(*spool);
  ASSERT_EQ(seqs(left), range(5, 12));
  const Message expected = message(5);
  EXPECT_EQ(left[0].time_ns, expected.time_ns);
  EXPECT_EQ(left[0].priority, expected.priority);
  EXPECT_EQ(left[0].id, expected.id);
  EXPECT_EQ(left[0].rule, expected.rule);
  EXPECT_EQ(left[0].topic, expected.topic);
  EXPECT_EQ(left[0].key, expected.key);
  EXPECT_EQ(left[0].body, expected.body);
}

TEST_F(SpoolTest, NumbersGoOnWhenEverythingWasSettled) {
  {
    const auto spool = open();
    ASSERT_TRUE(append(*spool, 1, 10));
    take(*spool);
    spool->settle(10, 10);
  }
  const auto spool = open();
  EXPECT_EQ(spool->resumed(), 0U);
  EXPECT_EQ(spool->last_seq(), 10U);
}

TEST_F(SpoolTest, KeepsWhatWasAppendedWhenTheSensorIsKilled) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Result<std::unique_ptr<Spool>> spool = Spool::open("test", options_);
    if (spool && append(**spool, 1, 100)) {
      ::kill(::getpid(), SIGKILL);
    }
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto spool = open();
  EXPECT_EQ(spool->resumed(), 100U);
  EXPECT_EQ(spool->last_seq(), 101U);  // one number is left out
  EXPECT_EQ(seqs(take(*spool)), range(1, 100));
}

TEST_F(SpoolTest, ReadsFromTheDiskWhatMemoryDoesNotHold) {
  constexpr size_t kBody = 64 * 1024;
  constexpr uint64_t kCount = 3 * Spool::kTailBytes / kBody;
  const auto spool = open();
  for (uint64_t seq = 1; seq <= kCount; ++seq) {
    ASSERT_TRUE(append(*spool, seq, seq, kBody));
  }
  Seqs got;
  while (got.size() < kCount) {
    const Seqs some = seqs(take(*spool, 10));
    ASSERT_FALSE(some.empty());
    got.insert(got.end(), some.begin(), some.end());
    if (got.size() == 50) {
      ASSERT_TRUE(append(*spool, kCount + 1, kCount + 1));
    }
  }
  const Seqs rest = seqs(take(*spool));
  got.insert(got.end(), rest.begin(), rest.end());
  ASSERT_TRUE(append(*spool, kCount + 2, kCount + 2));  // from memory again
  const Seqs last = seqs(take(*spool));
  got.insert(got.end(), last.begin(), last.end());
  EXPECT_EQ(got, range(1, kCount + 2));
}

TEST_F(SpoolTest, EvictsTheOldestThatWereNotTakenAndCountsThem) {
  options_.max_bytes = 1U << 20U;
  const auto spool = open();
  ASSERT_TRUE(append(*spool, 1, 10, 1000));
  EXPECT_EQ(seqs(take(*spool, 5)), range(1, 5));
  for (uint64_t seq = 11; seq <= 3000; seq += 10) {
    ASSERT_TRUE(append(*spool, seq, seq + 9, 1000));
  }
  const SpoolStats stats = spool->stats();
  EXPECT_LE(stats.bytes, options_.max_bytes);
  EXPECT_GT(stats.evicted_size, 0U);
  EXPECT_EQ(stats.messages + stats.evicted_size, 3000U);
  Seqs rest = seqs(take(*spool));
  EXPECT_EQ(rest.size(), stats.messages - 5);  // those taken before stay
  EXPECT_EQ(rest.back(), 3000U);
  EXPECT_EQ(rest.front(), 3000 - rest.size() + 1);
  EXPECT_LT(std::filesystem::file_size(file()), 3 * options_.max_bytes);
}

TEST_F(SpoolTest, EvictsWhatIsTooOld) {
  options_.max_age = seconds(0);
  const auto spool = open();
  ASSERT_TRUE(append(*spool, 1, 300));
  std::vector<Message> messages;
  spool->take(1000, Spool::Clock::now(), messages);  // the age is looked at first
  EXPECT_EQ(spool->stats().evicted_age, 300U);
  EXPECT_EQ(spool->stats().messages, 0U);
  EXPECT_TRUE(messages.empty());
}

TEST_F(SpoolTest, WaitsForRoomWhereNothingMayBeLost) {
  options_.max_bytes = 1U << 20U;
  options_.waits_when_full = true;
  const auto spool = open();
  std::thread writer([&] {
    for (uint64_t seq = 1; seq <= 5000; seq += 50) {
      EXPECT_TRUE(append(*spool, seq, seq + 49, 1000));
    }
    spool->close_input();
  });
  Seqs got;
  bool has_more = true;
  while (has_more) {
    std::vector<Message> messages;
    has_more = spool->take(100, Spool::Clock::now() + kLong, messages);
    for (const Message& message : messages) {
      got.push_back(message.seq);
    }
    spool->settle(messages.size(), got.empty() ? 0 : got.back());
  }
  writer.join();
  EXPECT_EQ(got, range(1, 5000));
  EXPECT_EQ(spool->stats().evicted_size, 0U);
}

TEST_F(SpoolTest, TakeEndsWithTheInput) {
  const auto spool = open();
  ASSERT_TRUE(append(*spool, 1, 2));
  spool->close_input();
  std::vector<Message> messages;
  EXPECT_TRUE(spool->take(1, Spool::Clock::now() + kLong, messages));
  EXPECT_FALSE(spool->take(10, Spool::Clock::now() + kLong, messages));
  EXPECT_EQ(seqs(messages), range(1, 2));
}

TEST_F(SpoolTest, IsForOneSensorOnly) {
  const auto spool = open();
  Result<std::unique_ptr<Spool>> second = Spool::open("test", options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().to_string(), "cannot open the spool '" + file() +
                                            "': the database is in use by another process (is "
                                            "another saker running?)");
}

TEST_F(SpoolTest, SetsADamagedFileAside) {
  {
    const auto spool = open();
  }
  std::ofstream(file(), std::ios::trunc) << std::string(10'000, 'x');
  const auto spool = open();
  ASSERT_NE(spool, nullptr);
  EXPECT_TRUE(spool->was_damaged());
  EXPECT_EQ(std::filesystem::file_size(file() + ".damaged"), 10'000U);
  ASSERT_TRUE(append(*spool, 1, 2));
  EXPECT_EQ(seqs(take(*spool)), range(1, 2));
}

TEST_F(SpoolTest, FilesAreForTheOwnerOnly) {
  const auto spool = open();
  ASSERT_TRUE(append(*spool, 1, 2));
  for (const auto& entry : std::filesystem::directory_iterator(options_.directory)) {
    struct stat info{};
    ASSERT_EQ(::stat(entry.path().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << entry.path();
  }
}

TEST_F(SpoolTest, ADirectoryThatCannotBeMadeIsAClearError) {
  std::ofstream(folder_ + "/deep") << "a file";
  const Result<std::unique_ptr<Spool>> spool = Spool::open("test", options_);
  ASSERT_FALSE(spool);
  EXPECT_EQ(spool.error().to_string(),
            "cannot open the spool '" + file() +
                "': Not a directory (spool.directory must be a directory that the sensor may "
                "write to)");
}

}  // namespace
}  // namespace saker
