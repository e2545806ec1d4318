// SPDX-License-Identifier: Apache-2.0
// EventCatalog: one row per event: its name, syscall, category, parameters and where each
// parameter comes from. From a row follow `evt.type`, `evt.arg.*`, the capture plan the kernel
// follows (probes/wire.h, ev_plan), rules/EVENTS.md and statistics.
//
// Syscalls without a row of their own are generic: `evt.type` is their name, they have no decoded
// parameters. Every syscall name of the reference is accepted in conditions, also one that this
// architecture does not have (it just never happens).
#ifndef SAKER_ENGINE_EVENT_CATALOG_H
#define SAKER_ENGINE_EVENT_CATALOG_H

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/fields/field.h"
#include "engine/value.h"
#include "probes/wire.h"

namespace saker {

// Index into the catalog: dedicated rows first, then one per generic syscall name.
using EventCode = uint16_t;
inline constexpr size_t kMaxEventCodes = 768;
using EventSet = std::bitset<kMaxEventCodes>;

enum class EventCategory : uint8_t {
  kOther,
  kFile,
  kNet,
  kIpc,
  kMemory,
  kProcess,
  kSleep,
  kSystem,
  kSignal,
  kUser,
  kTime,
  kIoRead,
  kIoWrite,
  kIoOther,
  kWait,
};

// Bits of EventDef::flags.
inline constexpr uint16_t kEventCreatesFd = 0x1;  // the return value is a new descriptor
inline constexpr uint16_t kEventUsesFd = 0x2;     // its fd parameter is the event's fd
inline constexpr uint16_t kEventReadsFd = 0x4;
inline constexpr uint16_t kEventWritesFd = 0x8;
inline constexpr uint16_t kEventWaits = 0x10;
inline constexpr uint16_t kEventGeneric = 0x20;     // no decoded parameters
inline constexpr uint16_t kEventNotSyscall = 0x40;  // procexit
inline constexpr uint16_t kEventForeign = 0x80;     // not a syscall of this architecture

// One name of a flag or enumeration parameter, in the order of the reference.
struct FlagName {
  std::string_view name;
  uint64_t value;
};

struct ParamDef {
  std::string_view name;
  FieldType type = FieldType::kInt64;
  PrintFormat format = PrintFormat::kDecimal;
  std::span<const FlagName> flags;  // kFlags*, kEnumFlags*, kMode
  // Native value, absent when the event lacks it. Noexcept, allocation-free.
  Value (*read)(const Event& event) noexcept = nullptr;
};

struct EventDef {
  std::string_view name;
  int syscall_nr = -1;  // of this architecture; -1: none
  EventCategory category = EventCategory::kOther;
  uint16_t flags = 0;
  std::span<const ParamDef> params;
  std::span<const ev_plan_step> plan;
};

class EventCatalog {
 public:
  static const EventCatalog& builtin();

  [[nodiscard]] const EventDef& def(EventCode code) const noexcept;
  [[nodiscard]] size_t size() const noexcept;
  // All codes with this name; empty set: no such event.
  [[nodiscard]] EventSet find(std::string_view name) const;
  [[nodiscard]] std::optional<EventCode> by_syscall(uint32_t nr) const noexcept;
  [[nodiscard]] EventCode execve() const noexcept;
  [[nodiscard]] EventCode clone() const noexcept;
  [[nodiscard]] EventCode procexit() const noexcept;
  [[nodiscard]] std::vector<std::string_view> names() const;
  [[nodiscard]] EventSet all() const;

  // Plans for the syscalls in `wanted`, one per syscall number, `enabled` set. Events that come
  // from sched tracepoints (a successful execve, procexit) need no plan; failed execs do.
  [[nodiscard]] std::vector<ev_plan> capture_plans(const EventSet& wanted) const;

 private:
  EventCatalog();
  struct Tables;
  const Tables* tables_;
};

// Text of a flags parameter as rules see it: names joined by '|' (spec, fields B).
std::string_view render_flags(std::span<const FlagName> table, uint64_t value, bool is_enum,
                              class Scratch& scratch) noexcept;
// "ENOENT" for 2; empty for a number that has no name.
std::string_view errno_name(int64_t errno_value) noexcept;
std::string_view signal_name(int64_t signal) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_EVENT_CATALOG_H
