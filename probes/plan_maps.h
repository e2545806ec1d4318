// SPDX-License-Identifier: Apache-2.0
// PlanMaps: which syscalls the probes look at, and what they read of each (wire.h, struct ev_plan),
// as the maps of the kernel have it.
//
// Threads: one at a time. Ownership: borrows the maps.
#ifndef SAKER_PROBES_PLAN_MAPS_H
#define SAKER_PROBES_PLAN_MAPS_H

#include <cstdint>
#include <span>

#include "engine/base/result.h"
#include "probes/wire.h"

namespace saker {

class PlanMaps {
 public:
  using Bits = std::span<__u64, EV_SYSCALLS / 64>;
  // By number: of syscalls of either table, and of native ones.
  struct Wanted {
    Bits candidates;
    Bits native;
  };
  struct Parts {
    // Descriptors of the maps, of the program that follows plans, and of the guard's.
    int plans;
    int handlers;
    int handler;
    int guard_handler;
    std::span<const __u8, EV_SYSCALLS> guarded_calls;  // enum ev_guarded_call by number
    Wanted exit;
    Wanted enter;
    Bits ruled;  // of `exit`, those that rules want
  };
  explicit PlanMaps(const Parts& parts) : parts_(parts) {}

  // Calls that the guard looks at come to its handler first, and are always wanted. Once, before
  // the functions below.
  [[nodiscard]] Result<void> install_guard() const;
  // Makes the plans known; nothing follows them before want(). A syscall has always the same one.
  [[nodiscard]] Result<void> store(std::span<const ev_plan> plans) const;
  // These syscalls are looked at, and no others but those of the guard.
  void want(std::span<const ev_plan> plans) const;

 private:
  [[nodiscard]] bool comes_to_guard(uint32_t nr) const;

  Parts parts_;
};

}  // namespace saker

#endif  // SAKER_PROBES_PLAN_MAPS_H
