// SPDX-License-Identifier: Apache-2.0
#include "engine/state/process_table.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace saker {
namespace {

// Longer chains are a loop, made of pids that were reused while records got lost.
constexpr uint32_t kMaxAncestors = 256;

struct Node : Process {
  std::list<Node>* owner = nullptr;  // one of the three lists of the table
  std::list<Node>::iterator self;
  uint64_t exit_boot_ns = 0;
  uint32_t reaper = 0;
  uint32_t children = 0;  // processes in the table that have this one as their parent
  size_t text_bytes = 0;  // as counted in the table's sum
  bool counted_at_parent = false;
};

uint64_t mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  return x ^ (x >> 33);
}

struct KeyHash {
  size_t operator()(const ProcessKey& key) const noexcept {
    return mix(key.start_tick() << 32 ^ key.pid);
  }
};

uint64_t vpid_key(uint32_t pid_ns, uint32_t vpid) { return uint64_t{pid_ns} << 32 | vpid; }

template <typename Map, typename Key>
Node* find_in(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found != map.end() ? found->second : nullptr;
}

template <typename Map, typename Key>
void erase_if_same(Map& map, const Key& key, const Node& node) {
  if (const auto found = map.find(key); found != map.end() && found->second == &node) {
    map.erase(found);
  }
}

}  // namespace

struct ProcessTable::Impl {
  explicit Impl(size_t max_size) : limit(std::max<size_t>(max_size, 1)) {}

  void move(Node& node, std::list<Node>& to) {
    to.splice(to.end(), *node.owner, node.self);
    node.owner = &to;
  }

  // As by_key finds it. Most events are of a few processes, so most are found here.
  Node* find(const ProcessKey& key) {
    Node*& recent = recent_by_pid[key.pid % recent_by_pid.size()];
    if (recent == nullptr || recent->key != key) {
      Node* found = find_in(by_key, key);
      if (found == nullptr) {
        return nullptr;
      }
      recent = found;
    }
    return recent;
  }

  void count_at_parent(Node& node) {
    Node* parent = node.parent.pid != 0 ? find_in(by_key, node.parent) : nullptr;
    if (parent != nullptr && parent != &node) {
      ++parent->children;
      node.counted_at_parent = true;
    }
  }

  void uncount_at_parent(Node& node) {
    if (!std::exchange(node.counted_at_parent, false)) {
      return;
    }
    Node* parent = find_in(by_key, node.parent);
    // A parent that was evicted and came back counts from 0.
    if (parent != nullptr && parent->children > 0 && --parent->children == 0 &&
        parent->owner == &orphaning) {
      move(*parent, exited);
    }
  }

  void set_parent(Node& node, const ProcessKey& parent) {
    if (node.parent == parent) {
      if (parent.start_boot_ns % ProcessKey::kTickNs != 0) {
        node.parent.start_boot_ns = parent.start_boot_ns;
      }
    } else {
      uncount_at_parent(node);
      node.parent = parent;
    }
    if (!node.counted_at_parent) {
      count_at_parent(node);
    }
  }

  void erase(Node& node) {
    uncount_at_parent(node);
    if (Node*& recent = recent_by_pid[node.key.pid % recent_by_pid.size()]; recent == &node) {
      recent = nullptr;
    }
    by_key.erase(node.key);
    erase_if_same(by_pid, node.key.pid, node);
    erase_if_same(by_vpid, vpid_key(node.task.pid_ns, node.task.vpid), node);
    text_bytes -= node.text_bytes;
    node.owner->erase(node.self);
  }

  void make_room() {
    while (by_key.size() >= limit || (text_bytes > kMaxTextBytes && !by_key.empty())) {
      if (!exited.empty() || !orphaning.empty()) {
        ++stats.purged;
        erase(exited.empty() ? orphaning.front() : exited.front());
      } else {
        ++stats.evicted;
        erase(live.front());
      }
    }
  }

  size_t limit;
  size_t text_bytes = 0;
  std::list<Node> live;       // least recently used first
  std::list<Node> exited;     // in order of exit, except those that came from `orphaning`
  std::list<Node> orphaning;  // exited long ago, but still the recorded parent of others
  std::unordered_map<ProcessKey, Node*, KeyHash> by_key;
  std::array<Node*, 256> recent_by_pid{};  // lower bits of the pid
  std::unordered_map<uint32_t, Node*> by_pid;
  std::unordered_map<uint64_t, Node*> by_vpid;
  ProcessTableStats stats;
};

ProcessTable::ProcessTable(size_t limit) : impl_(std::make_unique<Impl>(limit)) {}
ProcessTable::~ProcessTable() = default;

Process* ProcessTable::find(const ProcessKey& key) noexcept {
  Node* node = impl_->find(key);
  if (node != nullptr && node->owner == &impl_->live && node != &impl_->live.back()) {
    impl_->move(*node, impl_->live);
  }
  return node;
}

const Process* ProcessTable::find(const ProcessKey& key) const noexcept { return impl_->find(key); }

const Process* ProcessTable::find_by_pid(uint32_t pid) const noexcept {
  return find_in(impl_->by_pid, pid);
}

const Process* ProcessTable::find_by_vpid(uint32_t pid_ns, uint32_t vpid) const noexcept {
  return find_in(impl_->by_vpid, vpid_key(pid_ns, vpid));
}

const Process* ProcessTable::parent_of(const Process& process) const noexcept {
  const Node* parent = impl_->find(process.parent);
  for (uint32_t hops = 0; parent != nullptr && parent->exited && hops < kMaxAncestors; ++hops) {
    parent = parent->reaper != 0 ? find_in(impl_->by_pid, parent->reaper) : nullptr;
  }
  return parent != &process ? parent : nullptr;
}

const Process* ProcessTable::ancestor(const Process& process, uint32_t n) const noexcept {
  if (n > kMaxAncestors) {
    return nullptr;
  }
  const Process* ancestor = &process;
  for (uint32_t i = 0; i < n && ancestor != nullptr; ++i) {
    ancestor = parent_of(*ancestor);
  }
  return ancestor;
}

Process& ProcessTable::insert(const ProcessKey& key) {
  if (Process* found = find(key); found != nullptr) {
    return *found;
  }
  impl_->make_room();
  Node& node = impl_->live.emplace_back();
  node.key = key;
  node.owner = &impl_->live;
  node.self = std::prev(impl_->live.end());
  impl_->by_key.emplace(key, &node);
  impl_->by_pid.insert_or_assign(key.pid, &node);
  ++impl_->stats.inserted;
  return node;
}

void ProcessTable::update(Process& process, const ev_task& task) {
  Node& node = static_cast<Node&>(process);
  if (task.start_boot_ns % ProcessKey::kTickNs != 0) {
    node.key.start_boot_ns = task.start_boot_ns;
  }
  if (node.task.vpid != task.vpid || node.task.pid_ns != task.pid_ns) {
    erase_if_same(impl_->by_vpid, vpid_key(node.task.pid_ns, node.task.vpid), node);
    impl_->by_vpid.insert_or_assign(vpid_key(task.pid_ns, task.vpid), &node);
  }
  impl_->set_parent(node, {task.ppid, task.parent_start_boot_ns});
  char comm[EV_COMM_SIZE];
  std::copy(std::begin(node.task.comm), std::end(node.task.comm), comm);
  node.task = task;
  if (task.tid != task.pid) {
    std::copy(std::begin(comm), std::end(comm), node.task.comm);
  }
}

void ProcessTable::resized(Process& process) noexcept {
  Node& node = static_cast<Node&>(process);
  impl_->text_bytes -= std::exchange(node.text_bytes, process.text_bytes());
  impl_->text_bytes += node.text_bytes;
}

void ProcessTable::mark_exited(const ProcessKey& key, uint64_t boot_ns, uint32_t reaper) {
  Node* node = find_in(impl_->by_key, key);
  if (node == nullptr || node->exited) {
    return;
  }
  node->exited = true;
  node->exit_boot_ns = boot_ns;
  node->reaper = reaper;
  impl_->move(*node, impl_->exited);
}

void ProcessTable::purge_exited(uint64_t boot_ns) {
  while (!impl_->exited.empty() && impl_->exited.front().exit_boot_ns < boot_ns) {
    Node& node = impl_->exited.front();
    if (node.children > 0) {
      impl_->move(node, impl_->orphaning);
    } else {
      ++impl_->stats.purged;
      impl_->erase(node);
    }
  }
}

size_t ProcessTable::size() const noexcept { return impl_->by_key.size(); }

size_t ProcessTable::text_bytes() const noexcept { return impl_->text_bytes; }

const ProcessTableStats& ProcessTable::stats() const noexcept { return impl_->stats; }

}  // namespace saker
