// SPDX-License-Identifier: Apache-2.0
// RingReader: takes records out of a BPF ring buffer, one at a time and without copying.
//
// libbpf 1.1 hands records only to callbacks, in batches of its own choice; this class reads the
// mapped ring directly. The kernel's contract: the producer position is published after a record's
// header is marked busy, and the busy bit is cleared (release) after its bytes were written. The
// reader therefore loads both with acquire, and publishes its own position with release once it no
// longer looks at the bytes before it.
//
// Threads:   one reader.
// Ownership: owns the mappings; borrows the map's descriptor. A record is valid until the next
//            take() or release().
#ifndef SAKER_PROBES_RING_READER_H
#define SAKER_PROBES_RING_READER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/base/result.h"
#include "probes/event_source.h"

namespace saker {

class RingReader {
 public:
  // Requires: `bytes` is the map's max_entries.
  [[nodiscard]] static Result<std::unique_ptr<RingReader>> open(int map_fd, uint32_t bytes);
  ~RingReader();
  RingReader(const RingReader&) = delete;
  RingReader& operator=(const RingReader&) = delete;

  // False when no complete record is there.
  bool take(std::span<const std::byte>& record) noexcept;
  // Gives all space back to the producers. Must precede a wait to be woken from: a producer wakes
  // only a reader that has given back everything before its record, which take() never does.
  void release() noexcept;
  // Whether a record has been begun since the last take().
  [[nodiscard]] bool has_more() const noexcept;
  [[nodiscard]] RingUsage usage() const noexcept;

 private:
  RingReader(uint32_t bytes, size_t page_bytes) noexcept : bytes_(bytes), page_bytes_(page_bytes) {}

  uint32_t bytes_;
  size_t page_bytes_;
  void* consumer_page_ = nullptr;
  void* producer_pages_ = nullptr;
  const std::byte* data_ = nullptr;
  uint64_t position_ = 0;  // behind the record last taken
  uint64_t released_ = 0;
};

}  // namespace saker

#endif  // SAKER_PROBES_RING_READER_H
