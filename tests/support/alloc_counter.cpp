// SPDX-License-Identifier: Apache-2.0
#include "tests/support/alloc_counter.h"

#include <cstdlib>
#include <new>

namespace {

thread_local uint64_t count = 0;

void* allocate(size_t size, size_t alignment) noexcept {
  ++count;
  // aligned_alloc wants a multiple of the alignment.
  const size_t rounded = (size + alignment - 1) / alignment * alignment;
  return std::aligned_alloc(alignment, rounded > 0 ? rounded : alignment);
}

void* allocate_or_abort(size_t size, size_t alignment) noexcept {
  void* memory = allocate(size, alignment);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}

constexpr size_t kDefaultAlignment = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace

namespace saker::test {

uint64_t allocation_count() noexcept { return count; }

}  // namespace saker::test

// The array forms of the library call these.
void* operator new(size_t size) { return allocate_or_abort(size, kDefaultAlignment); }
void* operator new(size_t size, std::align_val_t alignment) {
  return allocate_or_abort(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return allocate(size, kDefaultAlignment);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
