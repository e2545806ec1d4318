// SPDX-License-Identifier: Apache-2.0
#include "probes/plan_maps.h"

#include <linux/bpf.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "engine/base/check.h"
#include "probes/bpf_call.h"
#include "probes/compat_syscalls.h"
#include "probes/hooks.h"

namespace saker {
namespace {

using Words = std::array<__u64, EV_SYSCALLS / 64>;

void set_bit(Words& words, uint32_t nr) { words[nr / 64] |= uint64_t{1} << (nr % 64); }

// Programs may be running: each word as a whole.
void store(const Words& words, PlanMaps::Bits bits) {
  for (size_t i = 0; i < words.size(); ++i) {
    __atomic_store_n(&bits[i], words[i], __ATOMIC_RELEASE);
  }
}

struct WantedWords {
  Words candidates{};
  Words native{};

  // Marks native `nr` and the 32-bit numbers that mean the same.
  void add(uint32_t nr) {
    set_bit(native, nr);
    set_bit(candidates, nr);
    for (const CompatSyscall& compat : compat_syscalls()) {
      if (compat.native_nr == nr) {
        set_bit(candidates, compat.nr);
      }
    }
  }
};

void store(const WantedWords& words, const PlanMaps::Wanted& wanted) {
  store(words.native, wanted.native);
  store(words.candidates, wanted.candidates);
}

}  // namespace

// Opened files are looked at by the handler of the rules, where these want them.
bool PlanMaps::comes_to_guard(uint32_t nr) const {
  return parts_.guarded_calls[nr] != EV_GUARDED_NOT && parts_.guarded_calls[nr] != EV_GUARDED_OPEN;
}

Result<void> PlanMaps::install_guard() const {
  constexpr uint32_t kHandlerOfRules = EV_SYSCALLS;
  int error = update_map(parts_.handlers, &kHandlerOfRules, &parts_.handler);
  for (uint32_t nr = 0; nr < EV_SYSCALLS && error == 0; ++nr) {
    if (comes_to_guard(nr)) {
      error = update_map(parts_.handlers, &nr, &parts_.guard_handler);
    }
  }
  return error == 0 ? Result<void>() : Error{"cannot store the handler of a syscall", error, ""};
}

Result<void> PlanMaps::store(std::span<const ev_plan> plans) const {
  for (const ev_plan& plan : plans) {
    if (plan.enabled == 0) {
      continue;
    }
    SAKER_CHECK(plan.nr < EV_SYSCALLS && plan.n_steps <= EV_PLAN_STEPS);
    ev_plan stored{};
    int error = lookup_map(parts_.plans, &plan.nr, &stored);
    if (error == 0 && stored.enabled != 0) {
      // It may be in use, and must not be written to.
      SAKER_CHECK(std::memcmp(&stored, &plan, sizeof(plan)) == 0);
      continue;
    }
    if (error == 0) {
      error = update_map(parts_.plans, &plan.nr, &plan);
    }
    if (error == 0 && !comes_to_guard(plan.nr)) {
      error = update_map(parts_.handlers, &plan.nr, &parts_.handler);
    }
    if (error != 0) {
      return Error{"cannot store the plan of a syscall", error, ""};
    }
  }
  return {};
}

void PlanMaps::want(std::span<const ev_plan> plans) const {
  WantedWords at_enter;
  WantedWords at_exit;
  for (const ev_plan& plan : plans) {
    if (plan.enabled != 0) {
      at_exit.add(plan.nr);
    }
    if (plan.enabled != 0 && reads_at_enter(plan)) {
      at_enter.add(plan.nr);
    }
  }
  saker::store(at_enter, parts_.enter);
  saker::store(at_exit.native, parts_.ruled);
  for (uint32_t nr = 0; nr < EV_SYSCALLS; ++nr) {
    if (comes_to_guard(nr)) {
      at_exit.add(nr);
    }
  }
  saker::store(at_exit, parts_.exit);
}

}  // namespace saker
