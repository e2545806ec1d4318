// SPDX-License-Identifier: Apache-2.0
// BpfCall: bpf(2) itself, where no libbpf is wanted: to ask what the kernel says, nothing else, and
// to make maps while the sensor runs.
#ifndef SAKER_PROBES_BPF_CALL_H
#define SAKER_PROBES_BPF_CALL_H

#include <linux/bpf.h>

#include <cstdint>
#include <string>

#include "engine/base/unique_fd.h"

namespace saker {

// A descriptor; none: errno says why.
[[nodiscard]] UniqueFd bpf_call(bpf_cmd command, bpf_attr& attr);

struct MapShape {
  bpf_map_type type;
  uint32_t key_bytes;
  uint32_t value_bytes;
  uint32_t entries;
  uint32_t flags = 0;
};
[[nodiscard]] UniqueFd create_map(const MapShape& shape);

// 0 or an errno. `flags`: BPF_ANY, BPF_NOEXIST.
[[nodiscard]] int update_map(int map, const void* key, const void* value, uint64_t flags = BPF_ANY);
// The key behind `key`, null: the first one; 0 or an errno.
[[nodiscard]] int next_key(int map, const void* key, void* next);
void delete_key(int map, const void* key);
// Copies the value; 0 or an errno.
[[nodiscard]] int lookup_map(int map, const void* key, void* value);
// Of one value of a map; 0: it is none.
[[nodiscard]] uint32_t value_bytes_of(int map);

// Gives a link or a map a name in a bpf file system; 0 or an errno.
[[nodiscard]] int pin_object(const std::string& path, int fd);
[[nodiscard]] UniqueFd open_pinned(const std::string& path);

}  // namespace saker

#endif  // SAKER_PROBES_BPF_CALL_H
