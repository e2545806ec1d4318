// SPDX-License-Identifier: Apache-2.0
#include "probes/ring_reader.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace saker {
namespace {

// Space is given back in portions: each store takes the cache line away from the producers.
constexpr uint64_t kReleasePortions = 16;

template <typename T>
T load_acquire(const void* address) noexcept {
  return __atomic_load_n(static_cast<const T*>(address), __ATOMIC_ACQUIRE);
}

}  // namespace

Result<std::unique_ptr<RingReader>> RingReader::open(int map_fd, uint32_t bytes) {
  const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  std::unique_ptr<RingReader> reader(new RingReader(bytes, page));
  void* consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
  if (consumer == MAP_FAILED) {
    return Error{"cannot map the ring buffer", errno, ""};
  }
  reader->consumer_page_ = consumer;
  // The data pages are mapped twice in a row, so that a record never wraps.
  void* producer = ::mmap(nullptr, page + 2 * size_t{bytes}, PROT_READ, MAP_SHARED, map_fd,
                          static_cast<off_t>(page));
  if (producer == MAP_FAILED) {
    return Error{"cannot map the ring buffer", errno, ""};
  }
  reader->producer_pages_ = producer;
  reader->data_ = static_cast<const std::byte*>(producer) + page;
  reader->position_ = reader->released_ = load_acquire<uint64_t>(consumer);
  return reader;
}

RingReader::~RingReader() {
  if (producer_pages_ != nullptr) {
    ::munmap(producer_pages_, page_bytes_ + 2 * size_t{bytes_});
  }
  if (consumer_page_ != nullptr) {
    ::munmap(consumer_page_, page_bytes_);
  }
}

bool RingReader::take(std::span<const std::byte>& record) noexcept {
  while (has_more()) {
    const std::byte* entry = data_ + (position_ & (bytes_ - 1));
    const uint32_t length = load_acquire<uint32_t>(entry);
    if ((length & BPF_RINGBUF_BUSY_BIT) != 0) {
      return false;
    }
    if (position_ - released_ >= bytes_ / kReleasePortions) {
      release();
    }
    const uint32_t size = length & ~BPF_RINGBUF_DISCARD_BIT;
    position_ += (uint64_t{size} + BPF_RINGBUF_HDR_SZ + 7) & ~uint64_t{7};
    if ((length & BPF_RINGBUF_DISCARD_BIT) == 0) {
      record = {entry + BPF_RINGBUF_HDR_SZ, size};
      return true;
    }
  }
  return false;
}

void RingReader::release() noexcept {
  if (released_ != position_) {
    __atomic_store_n(static_cast<uint64_t*>(consumer_page_), position_, __ATOMIC_RELEASE);
    released_ = position_;
  }
}

bool RingReader::has_more() const noexcept {
  return position_ != load_acquire<uint64_t>(producer_pages_);
}

RingUsage RingReader::usage() const noexcept {
  return {load_acquire<uint64_t>(producer_pages_) - position_, bytes_};
}

}  // namespace saker
