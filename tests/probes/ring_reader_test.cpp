// SPDX-License-Identifier: Apache-2.0
// RingReader on a file with the layout of a ring buffer map.
#include "probes/ring_reader.h"

#include <gtest/gtest.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <string_view>

#include "engine/base/unique_fd.h"

namespace saker {
namespace {

class FakeRing {
 public:
  FakeRing() : page_(static_cast<size_t>(::sysconf(_SC_PAGESIZE))) {
    fd_ = UniqueFd(::memfd_create("ring", 0));
    EXPECT_EQ(::ftruncate(fd_.get(), static_cast<off_t>(size())), 0);
    memory_ = static_cast<char*>(
        ::mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0));
  }
  ~FakeRing() { ::munmap(memory_, size()); }
  FakeRing(const FakeRing&) = delete;
  FakeRing& operator=(const FakeRing&) = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] uint32_t bytes() const { return static_cast<uint32_t>(page_); }
  [[nodiscard]] uint64_t released() const { return read(memory_); }
  [[nodiscard]] uint64_t produced() const { return read(memory_ + page_); }

  // Gives the place of the header, for commit().
  uint64_t produce(std::string_view payload, uint32_t bits = 0) {
    const uint64_t at = produced();
    char* entry = memory_ + 2 * page_ + at % page_;
    const uint32_t length = static_cast<uint32_t>(payload.size()) | bits;
    std::memcpy(entry, &length, sizeof(length));
    std::memcpy(entry + BPF_RINGBUF_HDR_SZ, payload.data(), payload.size());
    const uint64_t next = at + (BPF_RINGBUF_HDR_SZ + payload.size() + 7) / 8 * 8;
    std::memcpy(memory_ + page_, &next, sizeof(next));
    return at;
  }
  void commit(uint64_t at, uint32_t size) {
    std::memcpy(memory_ + 2 * page_ + at % page_, &size, sizeof(size));
  }

 private:
  [[nodiscard]] size_t size() const { return 4 * page_; }
  static uint64_t read(const char* from) {
    uint64_t value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }

  size_t page_;
  UniqueFd fd_;
  char* memory_;
};

std::string take(RingReader& reader) {
  std::span<const std::byte> record;
  return reader.take(record)
             ? std::string(reinterpret_cast<const char*>(record.data()), record.size())
             : "(none)";
}

class RingReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<std::unique_ptr<RingReader>> opened = RingReader::open(ring_.fd(), ring_.bytes());
    ASSERT_TRUE(opened);
    reader_ = std::move(*opened);
  }
  FakeRing ring_;
  std::unique_ptr<RingReader> reader_;
};

TEST_F(RingReaderTest, RecordsComeInOrder) {
  EXPECT_EQ(take(*reader_), "(none)");
  ring_.produce("first");
  ring_.produce("the second");
  EXPECT_EQ(take(*reader_), "first");
  EXPECT_EQ(take(*reader_), "the second");
  EXPECT_EQ(take(*reader_), "(none)");
}

TEST_F(RingReaderTest, ABusyRecordHoldsUpThoseBehindIt) {
  const uint64_t at = ring_.produce("slow", BPF_RINGBUF_BUSY_BIT);
  ring_.produce("fast");
  EXPECT_EQ(take(*reader_), "(none)");
  ring_.commit(at, 4);
  EXPECT_EQ(take(*reader_), "slow");
  EXPECT_EQ(take(*reader_), "fast");
}

TEST_F(RingReaderTest, ADiscardedRecordIsSkipped) {
  ring_.produce("gone", BPF_RINGBUF_DISCARD_BIT);
  ring_.produce("here");
  EXPECT_EQ(take(*reader_), "here");
}

TEST_F(RingReaderTest, ReleaseGivesBackWhatWasTaken) {
  ring_.produce("one");
  ring_.produce("two");
  EXPECT_EQ(take(*reader_), "one");
  EXPECT_EQ(ring_.released(), 0U);
  reader_->release();
  EXPECT_EQ(ring_.released(), 16U);
  EXPECT_EQ(take(*reader_), "two");
}

TEST_F(RingReaderTest, SpaceIsGivenBackInPortionsWithoutAWait) {
  for (int i = 0; i < 100; i++) {
    ring_.produce("0123456789abcdef");
    EXPECT_EQ(take(*reader_), "0123456789abcdef");
    EXPECT_LT(ring_.produced() - ring_.released(), ring_.bytes() / 8);
  }
}

TEST_F(RingReaderTest, NoProducerWakesAReaderBeforeItsRelease) {
  for (int i = 0; i < 1000; i++) {
    ring_.produce("0123456789abcdef");
    EXPECT_TRUE(reader_->has_more());
    take(*reader_);
    EXPECT_FALSE(reader_->has_more());
    ASSERT_LT(ring_.released(), ring_.produced()) << "the next record would wake it";
  }
  reader_->release();
  EXPECT_EQ(ring_.released(), ring_.produced());
}

}  // namespace
}  // namespace saker
