// SPDX-License-Identifier: Apache-2.0
// ContainerTable: the container of a cgroup.
//
// The cgroup path alone tells id and runtime (…/docker-<64 hex>.scope, …/libpod-<id>,
// /kubepods/…/<id>, …); the metadata come later, if they come (container_enricher.h).
// Not thread-safe; bounded; belongs to the reader.
#ifndef SAKER_ENGINE_STATE_CONTAINER_H
#define SAKER_ENGINE_STATE_CONTAINER_H

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/state/container_metadata.h"

namespace saker {

// The first 12 characters, as people see ids.
[[nodiscard]] std::string_view short_container_id(std::string_view id) noexcept;

struct ContainerIdentity {
  std::string full_id;    // empty: not in a container
  std::string_view type;  // static text: "docker", "podman", "containerd", "cri-o", "lxc", "host"…

  [[nodiscard]] bool is_host() const noexcept { return full_id.empty(); }
  // Short, or "host".
  [[nodiscard]] std::string_view short_id() const noexcept;
};

// 64 lower-case hexadecimal digits, as all runtimes but LXC name containers.
[[nodiscard]] bool is_hex_id(std::string_view text) noexcept;

// What the path of a cgroup says. Never fails: an unknown shape is the host.
[[nodiscard]] ContainerIdentity parse_cgroup_path(std::string_view path);

// How far the search for a container's metadata has come; see ContainerEnricher.
struct ContainerSearch {
  uint32_t tries = 0;
  bool is_asked = false;    // an answer is still to come
  bool is_awaited = false;  // that answer was waited for once
  bool is_over = false;     // nothing is asked any more
  uint64_t retry_boot_ns = 0;
};

struct Container {
  ContainerIdentity identity;
  // By which it was learnt first.
  uint64_t cgroup_id = 0;
  std::string cgroup_path;
  std::unique_ptr<const ContainerMetadata> metadata;  // null: not known
  std::string missing_reason = "not looked up";       // why they are not known; else meaningless
  ContainerSearch search;
  size_t cgroups = 0;  // of the table that belong to it
};

class ContainerTable {
 public:
  // A host seldom has more than some thousand live cgroups; the one learnt longest ago goes first.
  static constexpr size_t kLimit = 16384;

  // The container that the cgroup belongs to, null for the host. Again for a known cgroup: keeps it
  // from being evicted.
  Container* learn(uint64_t cgroup_id, std::string_view cgroup_path);
  [[nodiscard]] bool knows(uint64_t cgroup_id) const noexcept;
  // The host's identity when the cgroup is unknown.
  [[nodiscard]] const ContainerIdentity& find(uint64_t cgroup_id) const noexcept;
  // Null when the cgroup is unknown or the host's.
  [[nodiscard]] const Container* find_container(uint64_t cgroup_id) const noexcept;
  [[nodiscard]] Container* find_container(uint64_t cgroup_id) noexcept;
  // Null when it is not known (any more).
  [[nodiscard]] Container* find_container(const ContainerIdentity& identity);
  [[nodiscard]] size_t size() const noexcept { return containers_.size(); }
  [[nodiscard]] uint64_t evicted() const noexcept { return evicted_; }

 private:
  struct Entry {
    uint64_t cgroup_id;
    Container* container;  // null: the host
  };
  Container* join(uint64_t cgroup_id, std::string_view cgroup_path);
  void leave(Container& container);

  std::list<Entry> order_;
  std::unordered_map<uint64_t, std::list<Entry>::iterator> by_cgroup_;
  std::unordered_map<std::string, std::unique_ptr<Container>> containers_;  // by type and id
  uint64_t evicted_ = 0;
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_CONTAINER_H
