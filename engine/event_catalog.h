// SPDX-License-Identifier: Apache-2.0
// EventCatalog: one row per event: its name, syscall, category, parameters and where each
// parameter comes from. From a row follow `evt.type`, `evt.arg.*`, the capture plan the kernel
// follows (probes/wire.h, ev_plan), rules/EVENTS.md and statistics.
//
// Syscalls without a row of their own are generic: `evt.type` is their name, they have no decoded
// parameters. Every event and syscall name of the reference is accepted in conditions, also one
// that cannot happen here (another architecture, another source).
//
// Rows stand in event_catalog_<domain>.cpp, made of the parameters of event_catalog_params.h.
#ifndef SAKER_ENGINE_EVENT_CATALOG_H
#define SAKER_ENGINE_EVENT_CATALOG_H

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
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
inline constexpr uint16_t kEventForeign = 0x80;     // cannot happen here
inline constexpr uint16_t kEventOfHook = 0x100;     // no call: only a hook that decides sees it

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
  // Value in the numbering of `flags`; missing when the event lacks it. Noexcept, allocation-free.
  Value (*read)(const Event& event) noexcept = nullptr;
  uint8_t slot = 0;  // paths: of their STRING and BASE sections
};

struct EventDef {
  std::string_view name;
  int syscall_nr = -1;  // of this architecture, or EV_NR_*; -1: none
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
  // All codes with this name; none: no such event.
  [[nodiscard]] EventSet find(std::string_view name) const;
  [[nodiscard]] std::optional<EventCode> by_syscall(uint32_t nr) const noexcept;
  [[nodiscard]] EventCode execve() const noexcept { return execve_; }
  [[nodiscard]] EventCode procexit() const noexcept { return procexit_; }
  // First parameter called `name` of any event, in the order of codes; null: there is none.
  [[nodiscard]] const ParamDef* find_param(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string_view> names() const;
  [[nodiscard]] EventSet all() const;

  // Plans for the syscalls in `wanted`, one per syscall number, `enabled` set. Events that come
  // from sched tracepoints (a successful execve, procexit) or from hooks need no plan; failed execs
  // do.
  [[nodiscard]] std::vector<ev_plan> capture_plans(const EventSet& wanted) const;

 private:
  EventCatalog();

  std::vector<EventDef> defs_;
  std::unordered_map<std::string_view, EventCode> by_name_;
  std::array<EventCode, EV_SYSCALLS> by_syscall_;
  EventCode execve_ = 0;
  EventCode procexit_ = 0;
};

// Text of a flags parameter as rules see it: names joined by '|' (spec, fields B).
std::string_view render_flags(std::span<const FlagName> table, uint64_t value, bool is_enum,
                              class Scratch& scratch) noexcept;
// "ENOENT" for 2; empty for a number that has no name.
std::string_view errno_name(int64_t errno_value) noexcept;
std::string_view signal_name(int64_t signal) noexcept;

}  // namespace saker

#endif  // SAKER_ENGINE_EVENT_CATALOG_H
