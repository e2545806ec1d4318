// SPDX-License-Identifier: Apache-2.0
// ContainerTable: container id and runtime of a cgroup.
//
// The cgroup path alone tells both (…/docker-<64 hex>.scope, …/libpod-<id>, /kubepods/…/<id>, …).
// Not thread-safe; bounded; belongs to the reader.
#ifndef SAKER_ENGINE_STATE_CONTAINER_H
#define SAKER_ENGINE_STATE_CONTAINER_H

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace saker {

struct ContainerIdentity {
  std::string full_id;    // empty: not in a container
  std::string_view type;  // static text: "docker", "podman", "containerd", "cri-o", "lxc", "host"…

  [[nodiscard]] bool is_host() const noexcept { return full_id.empty(); }
  // First 12 characters of the id, or "host".
  [[nodiscard]] std::string_view short_id() const noexcept;
};

// What the path of a cgroup says. Never fails: an unknown shape is the host.
[[nodiscard]] ContainerIdentity parse_cgroup_path(std::string_view path);

class ContainerTable {
 public:
  // A host seldom has more than some thousand live cgroups; the one learnt longest ago goes first.
  static constexpr size_t kLimit = 16384;

  // Again for a known cgroup: keeps it from being evicted.
  void learn(uint64_t cgroup_id, std::string_view cgroup_path);
  [[nodiscard]] bool knows(uint64_t cgroup_id) const noexcept;
  // The host's identity when the cgroup is unknown.
  [[nodiscard]] const ContainerIdentity& find(uint64_t cgroup_id) const noexcept;
  [[nodiscard]] uint64_t evicted() const noexcept { return evicted_; }

 private:
  struct Entry {
    uint64_t cgroup_id;
    ContainerIdentity identity;
  };
  std::list<Entry> order_;
  std::unordered_map<uint64_t, std::list<Entry>::iterator> by_cgroup_;
  uint64_t evicted_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_H
