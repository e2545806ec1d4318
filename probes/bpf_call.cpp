// SPDX-License-Identifier: Apache-2.0
#include "probes/bpf_call.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace saker {
namespace {

long call(bpf_cmd command, bpf_attr& attr) {
  return ::syscall(SYS_bpf, command, &attr, sizeof(attr));
}

// All of it, as the kernel refuses what it does not know if it is not zero.
bpf_attr empty_attr() {
  bpf_attr attr;
  std::memset(&attr, 0, sizeof(attr));
  return attr;
}

// Before Linux 5.11 programs and maps count as locked memory of their user, also those that another
// process has made or left behind. True: now they may be there. errno stays.
bool allow_locked_memory() {
  const int error = errno;
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  const bool allowed = ::setrlimit(RLIMIT_MEMLOCK, &unlimited) == 0;
  errno = error;
  return allowed;
}

}  // namespace

UniqueFd bpf_call(bpf_cmd command, bpf_attr& attr) {
  UniqueFd fd(static_cast<int>(call(command, attr)));
  if (!fd && errno == EPERM && allow_locked_memory()) {
    fd.reset(static_cast<int>(call(command, attr)));
  }
  return fd;
}

UniqueFd create_map(const MapShape& shape) {
  bpf_attr attr = empty_attr();
  attr.map_type = shape.type;
  attr.key_size = shape.key_bytes;
  attr.value_size = shape.value_bytes;
  attr.max_entries = shape.entries;
  attr.map_flags = shape.flags;
  return bpf_call(BPF_MAP_CREATE, attr);
}

int update_map(int map, const void* key, const void* value, uint64_t flags) {
  bpf_attr attr = empty_attr();
  attr.map_fd = static_cast<uint32_t>(map);
  attr.key = reinterpret_cast<uintptr_t>(key);
  attr.value = reinterpret_cast<uintptr_t>(value);
  attr.flags = flags;
  return call(BPF_MAP_UPDATE_ELEM, attr) == 0 ? 0 : errno;
}

int lookup_map(int map, const void* key, void* value) {
  bpf_attr attr = empty_attr();
  attr.map_fd = static_cast<uint32_t>(map);
  attr.key = reinterpret_cast<uintptr_t>(key);
  attr.value = reinterpret_cast<uintptr_t>(value);
  return call(BPF_MAP_LOOKUP_ELEM, attr) == 0 ? 0 : errno;
}

int next_key(int map, const void* key, void* next) {
  bpf_attr attr = empty_attr();
  attr.map_fd = static_cast<uint32_t>(map);
  attr.key = reinterpret_cast<uintptr_t>(key);
  attr.next_key = reinterpret_cast<uintptr_t>(next);
  return call(BPF_MAP_GET_NEXT_KEY, attr) == 0 ? 0 : errno;
}

void delete_key(int map, const void* key) {
  bpf_attr attr = empty_attr();
  attr.map_fd = static_cast<uint32_t>(map);
  attr.key = reinterpret_cast<uintptr_t>(key);
  call(BPF_MAP_DELETE_ELEM, attr);
}

uint32_t value_bytes_of(int map) {
  bpf_map_info info{};
  bpf_attr attr = empty_attr();
  attr.info.bpf_fd = static_cast<uint32_t>(map);
  attr.info.info_len = sizeof(info);
  attr.info.info = reinterpret_cast<uintptr_t>(&info);
  return call(BPF_OBJ_GET_INFO_BY_FD, attr) == 0 ? info.value_size : 0;
}

int pin_object(const std::string& path, int fd) {
  bpf_attr attr = empty_attr();
  attr.pathname = reinterpret_cast<uintptr_t>(path.c_str());
  attr.bpf_fd = static_cast<uint32_t>(fd);
  return call(BPF_OBJ_PIN, attr) == 0 ? 0 : errno;
}

UniqueFd open_pinned(const std::string& path) {
  bpf_attr attr = empty_attr();
  attr.pathname = reinterpret_cast<uintptr_t>(path.c_str());
  return bpf_call(BPF_OBJ_GET, attr);
}

}  // namespace saker
