// SPDX-License-Identifier: Apache-2.0
#include "engine/base/paths.h"

#include <cstdint>
#include <cstring>

namespace saker {
namespace {

uint64_t load(const char* bytes) noexcept {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

constexpr uint64_t repeated(uint8_t byte) noexcept { return 0x0101010101010101ULL * byte; }

// Whether a byte of the word is 0.
bool has_zero(uint64_t word) noexcept {
  return ((word - repeated(1)) & ~word & repeated(0x80)) != 0;
}

}  // namespace

// Slashes are frequent, so looking for one and then at the next byte would stop all the time. Here
// eight pairs are compared at once.
bool has_slash_then(std::string_view path, char next) noexcept {
  constexpr uint64_t kSlashes = repeated('/');
  const uint64_t nexts = repeated(static_cast<uint8_t>(next));
  size_t i = 0;
  for (; i + sizeof(uint64_t) < path.size(); i += sizeof(uint64_t)) {
    const uint64_t first = load(path.data() + i) ^ kSlashes;
    const uint64_t second = load(path.data() + i + 1) ^ nexts;
    if (has_zero(first | second)) {
      return true;
    }
  }
  for (; i + 1 < path.size(); ++i) {
    if (path[i] == '/' && path[i + 1] == next) {
      return true;
    }
  }
  return false;
}

size_t last_slash(std::string_view path) noexcept {
  if (path.empty()) {
    return std::string_view::npos;
  }
  const void* found = ::memrchr(path.data(), '/', path.size());
  return found != nullptr ? static_cast<size_t>(static_cast<const char*>(found) - path.data())
                          : std::string_view::npos;
}

}  // namespace saker
