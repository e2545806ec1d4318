// SPDX-License-Identifier: Apache-2.0
#include "engine/state/container.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace saker {
namespace {

constexpr size_t kShortIdBytes = 12;
constexpr size_t kHexIdBytes = 64;

enum class IdShape : uint8_t { kHex64, kName };

// One way to name a container's cgroup: PARENT/PREFIX<id>SUFFIX. An empty parent is any.
struct Shape {
  std::string_view parent;
  std::string_view prefix;
  std::string_view suffix;
  IdShape id;
  std::string_view type;
};

constexpr Shape kShapes[] = {
    {"", "docker-", ".scope", IdShape::kHex64, "docker"},
    {"docker", "", "", IdShape::kHex64, "docker"},
    {"", "libpod-", ".scope", IdShape::kHex64, "podman"},
    {"", "libpod-payload-", "", IdShape::kHex64, "podman"},
    {"", "libpod-", "", IdShape::kHex64, "podman"},
    {"", "cri-containerd-", ".scope", IdShape::kHex64, "containerd"},
    {"cri-containerd", "", "", IdShape::kHex64, "containerd"},
    {"", "nerdctl-", ".scope", IdShape::kHex64, "containerd"},
    {"", "crio-", ".scope", IdShape::kHex64, "cri-o"},
    {"", "crio-", "", IdShape::kHex64, "cri-o"},
    {"crio", "", "", IdShape::kHex64, "cri-o"},
    {"lxc", "", "", IdShape::kName, "lxc"},
    {"lxc.payload", "", "", IdShape::kName, "lxc"},
    {"", "lxc.payload.", "", IdShape::kName, "lxc"},
    {"", "machine-lxc\\x2d", ".scope", IdShape::kName, "libvirt_lxc"},
    // A bare id: containerd's own cgroups, and Kubernetes without systemd's cgroup driver, where
    // the path does not name the runtime.
    {"", "", "", IdShape::kHex64, "containerd"},
};

// The id in `component`; empty when it is not of this shape.
std::string_view match(const Shape& shape, std::string_view parent, std::string_view component) {
  if ((!shape.parent.empty() && shape.parent != parent) || !component.starts_with(shape.prefix)) {
    return {};
  }
  component.remove_prefix(shape.prefix.size());
  if (!component.ends_with(shape.suffix)) {
    return {};
  }
  component.remove_suffix(shape.suffix.size());
  return shape.id == IdShape::kName || is_hex_id(component) ? component : std::string_view();
}

// Takes the last component off `path`. systemd's `slice:runtime:id` counts as three.
std::string_view pop_component(std::string_view& path) {
  const size_t cut = path.find_last_of("/:");
  if (cut == std::string_view::npos) {
    return std::exchange(path, {});
  }
  const std::string_view component = path.substr(cut + 1);
  path = path.substr(0, cut);
  return component;
}

const ContainerIdentity kHost{{}, "host"};

std::string key_of(const ContainerIdentity& identity) {
  return std::string(identity.type) + '/' + identity.full_id;
}

}  // namespace

bool is_hex_id(std::string_view text) noexcept {
  return text.size() == kHexIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string_view short_container_id(std::string_view id) noexcept {
  return id.substr(0, kShortIdBytes);
}

std::string_view ContainerIdentity::short_id() const noexcept {
  return is_host() ? std::string_view("host") : short_container_id(full_id);
}

ContainerIdentity parse_cgroup_path(std::string_view path) {
  // From the end: in a container inside a container the inner one acts.
  std::string_view component = pop_component(path);
  while (!component.empty() || !path.empty()) {
    const std::string_view parent = pop_component(path);
    for (const Shape& shape : kShapes) {
      const std::string_view id = match(shape, parent, component);
      if (!id.empty()) {
        return {std::string(id), shape.type};
      }
    }
    component = parent;
  }
  return {{}, "host"};
}

Container* ContainerTable::learn(uint64_t cgroup_id, std::string_view cgroup_path) {
  if (const auto found = by_cgroup_.find(cgroup_id); found != by_cgroup_.end()) {
    order_.splice(order_.end(), order_, found->second);
    return found->second->container;
  }
  if (order_.size() >= kLimit) {
    const Entry oldest = order_.front();
    by_cgroup_.erase(oldest.cgroup_id);
    order_.pop_front();
    if (oldest.container != nullptr) {
      leave(*oldest.container);
    }
    ++evicted_;
  }
  order_.push_back({cgroup_id, join(cgroup_id, cgroup_path)});
  by_cgroup_.emplace(cgroup_id, std::prev(order_.end()));
  return order_.back().container;
}

Container* ContainerTable::join(uint64_t cgroup_id, std::string_view cgroup_path) {
  ContainerIdentity identity = parse_cgroup_path(cgroup_path);
  if (identity.is_host()) {
    return nullptr;
  }
  std::unique_ptr<Container>& container = containers_[key_of(identity)];
  if (container == nullptr) {
    container = std::make_unique<Container>();
    container->identity = std::move(identity);
    container->cgroup_id = cgroup_id;
    container->cgroup_path = cgroup_path;
  }
  ++container->cgroups;
  return container.get();
}

void ContainerTable::leave(Container& container) {
  if (--container.cgroups == 0) {
    containers_.erase(key_of(container.identity));
  }
}

bool ContainerTable::knows(uint64_t cgroup_id) const noexcept {
  return by_cgroup_.contains(cgroup_id);
}

const ContainerIdentity& ContainerTable::find(uint64_t cgroup_id) const noexcept {
  const Container* container = find_container(cgroup_id);
  return container != nullptr ? container->identity : kHost;
}

const Container* ContainerTable::find_container(uint64_t cgroup_id) const noexcept {
  const auto found = by_cgroup_.find(cgroup_id);
  return found != by_cgroup_.end() ? found->second->container : nullptr;
}

Container* ContainerTable::find_container(uint64_t cgroup_id) noexcept {
  const auto found = by_cgroup_.find(cgroup_id);
  return found != by_cgroup_.end() ? found->second->container : nullptr;
}

Container* ContainerTable::find_container(const ContainerIdentity& identity) {
  const auto found = containers_.find(key_of(identity));
  return found != containers_.end() ? found->second.get() : nullptr;
}

}  // namespace saker
