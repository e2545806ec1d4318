// SPDX-License-Identifier: Apache-2.0
// Guard: has the probes tell of whoever lays hands on the sensor: its process and its BPF objects
// (wire.h, enum ev_guard_act; bpf/guard.bpf.c).
//
// Objects are known to the probes by their address in the kernel. That is theirs alone to see, so
// the sensor says which descriptors it means in system calls that its probes listen to.
//
// Threads: any. Ownership: borrows the map.
#ifndef SAKER_PROBES_GUARD_H
#define SAKER_PROBES_GUARD_H

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "probes/wire.h"

namespace saker {

// enum ev_guarded_call by native number: what can lay hands on a process.
[[nodiscard]] std::array<uint8_t, EV_SYSCALLS> guarded_calls() noexcept;

// A map, a program or a link.
struct GuardedObject {
  std::string name;  // "map ring", "program on_exec", "link on_exec"
  int fd = -1;
};

class Guard {
 public:
  // `objects`: the map of the probes in which they keep what is guarded.
  explicit Guard(int objects) : objects_(objects) {}

  // Guards the calling process. Requires of all below: the probes are attached.
  static void begin();
  // Has the probes make a record of EV_GUARD_CANARY with this number.
  static void send_canary(uint64_t number);
  // Guards these objects, and no others any more.
  void guard(std::span<const GuardedObject> objects);

  // By ev_guard.object; empty: there never was one.
  [[nodiscard]] std::string name_of(uint32_t number) const;

 private:
  [[nodiscard]] uint16_t number_of(const std::string& name);
  void forget_older() const;

  int objects_;
  mutable std::mutex mutex_;
  // Both guarded by mutex_.
  std::vector<std::string> names_;  // the names that there have been
  uint16_t round_ = 0;
};

}  // namespace saker

#endif  // SAKER_PROBES_GUARD_H
