// SPDX-License-Identifier: Apache-2.0
// Hooks: one row per BPF program: what it gives and when it is needed. From a row follow loading,
// attaching and the feature report. Tracepoints deliver events, LSM hooks decide.
#ifndef SAKER_PROBES_HOOKS_H
#define SAKER_PROBES_HOOKS_H

#include <bitset>
#include <cstdint>
#include <span>
#include <string_view>

#include "probes/wire.h"

namespace saker {

// What the programs are there for.
struct HookNeeds {
  std::span<const ev_plan> plans;
  bool guards = false;  // the sensor is guarded (guard.h)
};

struct Hook {
  std::string_view program;       // its name in probes/bpf/
  std::string_view attach_point;  // empty: reached by a tail call
  ev_kind kind;                   // of the records it makes
  std::string_view gives;         // what it delivers
  std::string_view missing;       // what is lost without it
  bool (*is_needed)(const HookNeeds& needs);
};

[[nodiscard]] std::span<const Hook> hooks() noexcept;

// By which programs the kernel asks before it does something.
enum class HookMeans : uint8_t {
  kNone,
  kCgroups,  // at the root of the cgroups, where those of LSM hooks are not run; at few hooks
  kLsm,
};

// A program that decides: loaded when rules do so there. A hook may have several.
struct HookProgram {
  uint32_t hook;  // enum ev_hook, EV_HOOK_AFTER_CALL
  std::string_view program;
  std::string_view attach_point;
  std::string_view needs;  // what the kernel must have; empty: any from 5.10 on has it

  // kNone: it does not come before.
  [[nodiscard]] HookMeans means() const noexcept;
};

[[nodiscard]] std::span<const HookProgram> hook_programs() noexcept;
// Of enum ev_hook those that have programs of the kind.
[[nodiscard]] std::bitset<EV_HOOKS> hooks_by(HookMeans means) noexcept;

// Whether the plan has a step that must run when the call begins.
[[nodiscard]] bool reads_at_enter(const ev_plan& plan) noexcept;

}  // namespace saker

#endif  // SAKER_PROBES_HOOKS_H
