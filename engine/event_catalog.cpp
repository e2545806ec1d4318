// SPDX-License-Identifier: Apache-2.0
#include "engine/event_catalog.h"

#include <algorithm>
#include <cstring>

#include "engine/base/check.h"
#include "engine/event_catalog_params.h"
#include "engine/scratch.h"

namespace saker {
namespace {

constexpr EventCode kNoEvent = UINT16_MAX;

}  // namespace

const EventCatalog& EventCatalog::builtin() {
  static const EventCatalog catalog;
  return catalog;
}

EventCatalog::EventCatalog() {
  // The first row that has a parameter decides the type that conditions give to its name, so users
  // and ownership stand before processes, and those before the rest.
  for (const auto domain : {rows::file_events(), rows::fd_events(), rows::net_events(),
                            rows::user_events(), rows::process_events(), rows::misc_events()}) {
    defs_.insert(defs_.end(), domain.begin(), domain.end());
  }
  for (const rows::SyscallName& syscall : rows::generic_syscalls()) {
    EventDef def;
    def.name = syscall.name;
    def.syscall_nr = syscall.nr;
    def.flags = kEventGeneric;
    defs_.push_back(def);
  }
  for (EventDef def : rows::foreign_events()) {
    def.flags |= kEventForeign;
    defs_.push_back(def);
  }
  SAKER_CHECK(defs_.size() <= kMaxEventCodes);

  by_syscall_.fill(kNoEvent);
  for (EventCode code = 0; code < defs_.size(); ++code) {
    EventDef& def = defs_[code];
    SAKER_CHECK(by_name_.emplace(def.name, code).second);
    if (def.syscall_nr >= 0) {
      const auto nr = static_cast<size_t>(def.syscall_nr);
      SAKER_CHECK(nr < EV_SYSCALLS && by_syscall_[nr] == kNoEvent);
      by_syscall_[nr] = code;
    } else if ((def.flags & kEventNotSyscall) == 0) {
      def.flags |= kEventForeign;
    }
  }
  execve_ = by_name_.at("execve");
  procexit_ = by_name_.at("procexit");
}

const EventDef& EventCatalog::def(EventCode code) const noexcept { return defs_[code]; }

size_t EventCatalog::size() const noexcept { return defs_.size(); }

EventSet EventCatalog::find(std::string_view name) const {
  EventSet set;
  if (const auto found = by_name_.find(name); found != by_name_.end()) {
    set.set(found->second);
  }
  return set;
}

std::optional<EventCode> EventCatalog::by_syscall(uint32_t nr) const noexcept {
  if (nr >= EV_SYSCALLS || by_syscall_[nr] == kNoEvent) {
    return std::nullopt;
  }
  return by_syscall_[nr];
}

const ParamDef* EventCatalog::find_param(std::string_view name) const noexcept {
  for (const EventDef& def : defs_) {
    for (const ParamDef& param : def.params) {
      if (param.name == name) {
        return &param;
      }
    }
  }
  return nullptr;
}

std::vector<std::string_view> EventCatalog::names() const {
  std::vector<std::string_view> names;
  names.reserve(defs_.size());
  for (const EventDef& def : defs_) {
    names.push_back(def.name);
  }
  return names;
}

EventSet EventCatalog::all() const {
  EventSet set;
  for (size_t code = 0; code < defs_.size(); ++code) {
    set.set(code);
  }
  return set;
}

std::vector<ev_plan> EventCatalog::capture_plans(const EventSet& wanted) const {
  std::vector<ev_plan> plans;
  for (EventCode code = 0; code < defs_.size(); ++code) {
    const EventDef& def = defs_[code];
    if (!wanted.test(code) || def.syscall_nr < 0 || (def.flags & kEventOfHook) != 0) {
      continue;
    }
    ev_plan plan{};
    plan.nr = static_cast<uint32_t>(def.syscall_nr);
    plan.enabled = 1;
    plan.n_steps = static_cast<uint16_t>(def.plan.size());
    SAKER_CHECK(def.plan.size() <= EV_PLAN_STEPS);
    std::copy(def.plan.begin(), def.plan.end(), plan.steps);
    plans.push_back(plan);
  }
  return plans;
}

std::string_view render_flags(std::span<const FlagName> table, uint64_t value, bool is_enum,
                              Scratch& scratch) noexcept {
  // Rows that are shown, in order; a table has no more than this.
  constexpr size_t kMaxNames = 64;
  std::array<uint8_t, kMaxNames> rows{};
  size_t count = 0;
  size_t bytes = 0;
  uint64_t left = value;
  for (size_t row = 0; row < table.size(); ++row) {
    const FlagName& flag = table[row];
    const bool shown =
        is_enum || flag.value == 0 ? value == flag.value : (left & flag.value) == flag.value;
    if (!shown || count == kMaxNames) {
      continue;
    }
    rows[count++] = static_cast<uint8_t>(row);
    bytes += flag.name.size() + 1;
    if (!is_enum) {
      left &= ~flag.value;
      if (flag.value == value) {
        break;
      }
    }
  }
  if (count == 0) {
    return {};
  }
  const std::span<char> text = scratch.allocate<char>(bytes - 1);
  if (text.empty()) {
    return {};
  }
  char* out = text.data();
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) {
      *out++ = '|';
    }
    const std::string_view name = table[rows[i]].name;
    out = std::copy(name.begin(), name.end(), out);
  }
  return {text.data(), text.size()};
}

std::string_view errno_name(int64_t errno_value) noexcept {
  if (errno_value <= 0 || errno_value > INT32_MAX) {
    return {};
  }
  // Numbers the kernel uses only inside, seen by tracepoints when a call is about to be restarted.
  switch (errno_value) {
    case 512:
      return "ERESTARTSYS";
    case 513:
      return "ERESTARTNOINTR";
    case 514:
      return "ERESTARTNOHAND";
    case 516:
      return "ERESTART_RESTARTBLOCK";
    default:
      break;
  }
  const char* name = ::strerrorname_np(static_cast<int>(errno_value));
  return name != nullptr ? name : std::string_view();
}

std::string_view signal_name(int64_t signal) noexcept {
  static constexpr std::string_view kNames[] = {
      "",          "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
      "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
      "SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
      "SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS"};
  return signal > 0 && signal < static_cast<int64_t>(std::size(kNames)) ? kNames[signal]
                                                                        : std::string_view();
}

}  // namespace saker
