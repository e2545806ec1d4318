// SPDX-License-Identifier: Apache-2.0
#include "probes/filter_maps.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>

#include "engine/base/check.h"
#include "engine/base/unique_fd.h"
#include "probes/bpf_call.h"

namespace saker {
namespace {

// Puts new maps into one side of the outer ones, until something fails.
class Writer {
 public:
  explicit Writer(uint32_t side) : side_(side) {}

  // `fill(map)` writes the entries and gives 0 or an errno.
  template <typename Fill>
  void place(int outer, MapShape shape, Fill fill) {
    if (error_ != 0) {
      return;
    }
    shape.entries = std::max(shape.entries, 1U);
    const UniqueFd map = create_map(shape);
    if (!map) {
      error_ = errno;
      return;
    }
    error_ = fill(map.get());
    if (error_ == 0) {
      const int fd = map.get();
      error_ = update_map(outer, &side_, &fd);
    }
  }
  void write(int error) { error_ = error_ != 0 ? error_ : error; }
  [[nodiscard]] int error() const noexcept { return error_; }

 private:
  uint32_t side_;
  int error_ = 0;
};

// Values of an array, from `first` on.
template <typename Value>
int fill_array(int map, std::span<const Value> values, uint32_t first = 0) {
  for (const Value& value : values) {
    if (const int error = update_map(map, &first, &value); error != 0) {
      return error;
    }
    ++first;
  }
  return 0;
}

template <typename Entry, typename Key, typename Value>
int fill_keys(int map, std::span<const Entry> entries, Key Entry::* key, Value Entry::* value) {
  for (const Entry& entry : entries) {
    if (const int error = update_map(map, &(entry.*key), &(entry.*value)); error != 0) {
      return error;
    }
  }
  return 0;
}

template <typename Entries>
uint32_t count(const Entries& entries) {
  return static_cast<uint32_t>(entries.size());
}

}  // namespace

Result<void> FilterMaps::install(const FilterTables& filter) {
  SAKER_CHECK(filter.calls.size() <= EV_SYSCALLS && filter.groups.size() <= EV_FILTER_GROUPS &&
              filter.sets.size() <= EV_FILTER_SETS && filter.automata.size() <= EV_TEXTS);
  const uint32_t generation = *parts_.generation + 1;
  const uint32_t side = generation & 1;
  Writer writer(side);
  writer.place(
      parts_.classes,
      {BPF_MAP_TYPE_HASH, sizeof(ev_filter_value), sizeof(uint32_t), count(filter.classes)},
      [&](int map) {
        return fill_keys(map, filter.classes, &ev_filter_class::value, &ev_filter_class::number);
      });
  writer.place(parts_.prefixes,
               {BPF_MAP_TYPE_LPM_TRIE, sizeof(ev_filter_prefix), sizeof(ev_clauses),
                count(filter.prefixes), BPF_F_NO_PREALLOC},
               [&](int map) {
                 return fill_keys(map, filter.prefixes, &ev_filter_prefix_entry::prefix,
                                  &ev_filter_prefix_entry::clauses);
               });
  // The update of a map of maps returns when all programs that could have seen the old one have
  // ended (synchronize_rcu), and so those that still worked with the arrays of this side.
  writer.write(fill_array(parts_.groups, filter.groups, side * EV_FILTER_GROUPS));
  writer.write(fill_array(parts_.sets, filter.sets, side * EV_FILTER_SETS));
  writer.write(fill_array(parts_.automata, filter.automata, side * EV_TEXTS));
  if (writer.error() != 0) {
    return Error{"cannot store the filter in the kernel", writer.error(), ""};
  }
  const std::span<ev_filter_call> calls =
      parts_.calls.subspan(side * size_t{EV_SYSCALLS}, EV_SYSCALLS);
  std::ranges::fill(calls, ev_filter_call{});
  std::ranges::copy(filter.calls, calls.begin());
  std::atomic_ref(*parts_.generation).store(generation, std::memory_order_release);
  return {};
}

Result<void> FilterMaps::replace(const FilterTables& filter) {
  const uint32_t side_before = *parts_.generation & 1;
  const UniqueFd nothing =
      create_map({BPF_MAP_TYPE_HASH, sizeof(ev_filter_value), sizeof(uint32_t), 1});
  if (!nothing) {
    return Error{"cannot make a map for the filter", errno, ""};
  }
  if (Result<void> installed = install(filter); !installed) {
    return installed;
  }
  // Needs no memory, and waits as said above.
  const int fd = nothing.get();
  SAKER_CHECK(update_map(parts_.classes, &side_before, &fd) == 0);
  return {};
}

}  // namespace saker
