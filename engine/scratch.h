// SPDX-License-Identifier: Apache-2.0
// Scratch: bump memory for texts and lists that are computed for one event (a socket tuple, flag
// names). Reset before each event; never returns memory to the system, never fails: what does not
// fit gives an empty span and is counted.
//
// Not thread-safe; one per reader.
#ifndef SAKER_ENGINE_SCRATCH_H
#define SAKER_ENGINE_SCRATCH_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

namespace saker {

class Scratch {
 public:
  // 256 KiB holds every text a record can hold (EV_RECORD_MAX) eight times.
  static constexpr size_t kCapacityBytes = 256 * 1024;

  Scratch() : bytes_(std::make_unique<std::byte[]>(kCapacityBytes)) {}

  void reset() noexcept { used_ = 0; }

  // Uninitialised memory for `count` objects; empty when there is no room.
  template <typename T>
  std::span<T> allocate(size_t count) noexcept {
    static_assert(std::is_trivially_destructible_v<T>);
    const size_t begin = (used_ + alignof(T) - 1) & ~(alignof(T) - 1);
    if (begin > kCapacityBytes || count > (kCapacityBytes - begin) / sizeof(T)) {
      ++overflows_;
      return {};
    }
    used_ = begin + count * sizeof(T);
    return {reinterpret_cast<T*>(bytes_.get() + begin), count};
  }

  // A copy of `text` that lives until the next reset().
  std::string_view store(std::string_view text) noexcept {
    const std::span<char> copy = allocate<char>(text.size());
    if (!copy.empty()) {
      std::memcpy(copy.data(), text.data(), copy.size());
    }
    return {copy.data(), copy.size()};
  }

  // Number of allocations that did not fit, since construction.
  [[nodiscard]] uint64_t overflows() const noexcept { return overflows_; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  size_t used_ = 0;
  uint64_t overflows_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_SCRATCH_H
