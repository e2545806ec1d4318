// SPDX-License-Identifier: Apache-2.0
#include "probes/replay_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "probes/capture.h"

namespace saker {
namespace {

using Next = EventSource::Next;

std::vector<std::byte> record_of(uint8_t kind, uint32_t size, uint64_t boot_ns) {
  std::vector<std::byte> record(size, std::byte{0x5a});
  ev_header header{};
  header.size = size;
  header.kind = kind;
  header.boot_ns = boot_ns;
  std::memcpy(record.data(), &header, sizeof(header));
  return record;
}

class ReplaySourceTest : public testing::Test {
 protected:
  ReplaySourceTest() {
    std::string pattern = testing::TempDir() + "saker-replay-XXXXXX";
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = (folder_ / "capture").string();
  }
  ~ReplaySourceTest() override { std::filesystem::remove_all(folder_); }

  void write_capture(const std::vector<std::vector<std::byte>>& records) {
    std::filesystem::remove(path_);
    auto writer = CaptureWriter::create(path_, {.boot_to_epoch_ns = 77, .hostname = "host-1"});
    ASSERT_TRUE(writer);
    for (const auto& record : records) {
      ASSERT_TRUE((*writer)->write(record));
    }
    ASSERT_TRUE((*writer)->close());
  }
  void write_bytes(std::string_view bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  [[nodiscard]] std::string read_bytes() const {
    std::stringstream text;
    text << std::ifstream(path_, std::ios::binary).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::string open_error() const {
    const auto source = open_replay_source(path_);
    return source ? "(none)" : source.error().to_string();
  }
  // Reads to the end: the boot_ns of each record, and the error if there is one.
  struct Run {
    std::vector<uint64_t> boot_ns;
    Next last = Next::kEnd;
    std::string error;
  };
  [[nodiscard]] Run read_all() const {
    Run run;
    auto source = open_replay_source(path_);
    if (!source) {
      run.last = Next::kFailed;
      run.error = source.error().to_string();
      return run;
    }
    std::span<const std::byte> record;
    while ((run.last = (*source)->next(record, 0)) == Next::kRecord) {
      ev_header header{};
      std::memcpy(&header, record.data(), sizeof(header));
      EXPECT_EQ(header.size, record.size());
      EXPECT_EQ(reinterpret_cast<uintptr_t>(record.data()) % EV_ALIGN, 0U);
      run.boot_ns.push_back(header.boot_ns);
    }
    if (run.last == Next::kFailed) {
      run.error = (*source)->error().to_string();
    }
    return run;
  }

  std::filesystem::path folder_;
  std::string path_;
};

TEST_F(ReplaySourceTest, GivesBackWhatWasWritten) {
  const auto first = record_of(EV_FORK, 264, 1);
  const auto second = record_of(EV_USERS, EV_USERS_MAX, 2);
  write_capture({first, second, first});
  auto source = open_replay_source(path_);
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->info().boot_to_epoch_ns, 77);
  EXPECT_EQ((*source)->info().hostname, "host-1");
  for (const auto& expected : {first, second, first}) {
    std::span<const std::byte> record;
    ASSERT_EQ((*source)->next(record, 0), Next::kRecord);
    EXPECT_TRUE(std::ranges::equal(record, expected));
  }
  std::span<const std::byte> record;
  EXPECT_EQ((*source)->next(record, 0), Next::kEnd);
  ASSERT_EQ((*source)->counters().size(), 1U);
  EXPECT_EQ((*source)->counters()[0].name, "read");
  EXPECT_EQ((*source)->counters()[0].value, 3U);
}

TEST_F(ReplaySourceTest, ReadsMoreThanItsBufferHolds) {
  std::vector<std::vector<std::byte>> records;
  std::vector<uint64_t> expected;
  for (uint64_t i = 0; i < 600; ++i) {
    records.push_back(record_of(EV_SYSCALL, static_cast<uint32_t>(8 * (2 + i * 37 % 4000)), i));
    expected.push_back(i);
  }
  write_capture(records);
  const Run run = read_all();
  EXPECT_EQ(run.last, Next::kEnd);
  EXPECT_EQ(run.boot_ns, expected);
}

TEST_F(ReplaySourceTest, StopEndsTheRun) {
  write_capture({record_of(EV_FORK, 264, 1), record_of(EV_FORK, 264, 2)});
  auto source = open_replay_source(path_);
  ASSERT_TRUE(source);
  std::span<const std::byte> record;
  ASSERT_EQ((*source)->next(record, 0), Next::kRecord);
  (*source)->stop();
  EXPECT_EQ((*source)->next(record, 0), Next::kEnd);
}

TEST_F(ReplaySourceTest, SaysWhatIsNoCapture) {
  EXPECT_EQ(open_error(), "cannot open capture file '" + path_ + "': No such file or directory");
  write_bytes("");
  EXPECT_EQ(open_error(), "'" + path_ + "' is empty (not a capture file)");
  write_bytes("SAKERCAP");
  EXPECT_EQ(open_error(), "'" + path_ + "' is too short for a capture file");
  write_bytes(std::string(4096, 'x'));
  EXPECT_EQ(open_error(), "'" + path_ + "' is not a capture file (made by 'saker record')");
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  EXPECT_EQ(open_error(), "cannot read capture file '" + path_ + "': Is a directory");
}

TEST_F(ReplaySourceTest, RefusesAnotherVersionAndABadHeader) {
  write_capture({});
  const std::string good = read_bytes();
  std::string bytes = good;
  bytes[8] = 9;
  write_bytes(bytes);
  EXPECT_EQ(open_error(),
            "'" + path_ + "' is a capture of format version 9 (this program reads version 1)");
  for (const size_t at : {12U, 15U, 24U, 27U}) {  // header_size, hostname_size
    bytes = good;
    bytes[at] = '\x7f';
    write_bytes(bytes);
    EXPECT_EQ(open_error(), "'" + path_ + "' has a corrupt header") << at;
  }
}

TEST_F(ReplaySourceTest, EveryTruncationIsFoundAtItsOffset) {
  write_capture({record_of(EV_FORK, 64, 1), record_of(EV_EXIT, 32, 2), record_of(EV_EXEC, 24, 3)});
  const std::string whole = read_bytes();
  const std::vector<size_t> bounds = {whole.size() - 120, whole.size() - 56, whole.size() - 24,
                                      whole.size()};
  for (size_t size = 0; size < whole.size(); ++size) {
    write_bytes(whole.substr(0, size));
    const Run run = read_all();
    if (size < bounds[0]) {
      EXPECT_EQ(run.last, Next::kFailed) << size;
      continue;
    }
    size_t complete = 0;
    while (bounds[complete + 1] <= size) {
      ++complete;
    }
    EXPECT_EQ(run.boot_ns.size(), complete) << size;
    if (size == bounds[complete]) {
      EXPECT_EQ(run.last, Next::kEnd) << size;
    } else {
      EXPECT_EQ(run.error, "capture file '" + path_ + "': truncated at offset " +
                               std::to_string(bounds[complete]) + ": the last record is cut off");
    }
  }
}

TEST_F(ReplaySourceTest, SaysWhereARecordIsCorrupt) {
  write_capture({record_of(EV_FORK, 64, 1), record_of(EV_EXIT, 32, 2)});
  const std::string good = read_bytes();
  const size_t second = good.size() - 32;
  const std::string at =
      "capture file '" + path_ + "': corrupt at offset " + std::to_string(second) + ": ";
  std::string bytes = good;
  bytes[second] = 33;
  write_bytes(bytes);
  EXPECT_EQ(read_all().error, at + "no record has a size of 33 bytes");
  bytes = good;
  bytes[second] = 0;
  write_bytes(bytes);
  EXPECT_EQ(read_all().error, at + "no record has a size of 0 bytes");
  bytes = good;
  bytes[second + 4] = '\x7f';
  write_bytes(bytes);
  EXPECT_EQ(read_all().error, at + "no record has kind 127");
  EXPECT_EQ(read_all().boot_ns, std::vector<uint64_t>{1});
}

TEST_F(ReplaySourceTest, RandomFlipsNeverGiveABadRecord) {
  std::vector<std::vector<std::byte>> records;
  for (uint64_t i = 0; i < 20; ++i) {
    records.push_back(record_of(EV_SYSCALL, 40, i));
  }
  write_capture(records);
  const std::string good = read_bytes();
  std::mt19937 random(1);
  int failed = 0;
  for (int round = 0; round < 500; ++round) {
    std::string bytes = good;
    for (int flip = 0; flip < 3; ++flip) {
      bytes[random() % bytes.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    write_bytes(bytes);
    const Run run = read_all();  // checks size and alignment of each record
    EXPECT_LE(run.boot_ns.size(), good.size() / sizeof(ev_header));
    failed += run.last == Next::kFailed ? 1 : 0;
  }
  EXPECT_GT(failed, 100);
}

}  // namespace
}  // namespace saker
