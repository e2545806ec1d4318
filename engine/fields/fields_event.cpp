// SPDX-License-Identifier: Apache-2.0
// What kind of event it is and where it comes from.
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include "engine/decision.h"
#include "engine/event.h"
#include "engine/fields/fields_descriptor.h"
#include "engine/fields/fields_path.h"
#include "engine/fields/fields_tables.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

// Numbers of O_* names in the catalog's parameters called `flags`; the same on all architectures.
constexpr uint64_t kOpenRead = 0x1;
constexpr uint64_t kOpenWrite = 0x2;
constexpr uint64_t kOpenCreate = 0x4;
constexpr uint64_t kOpenTmpfile = 0x2000;
constexpr uint64_t kAnyExecute = 0111;

// A number that a parameter holds; 0 when the event lacks it.
uint64_t number_of(const ParamDef* param, const Event& event) noexcept {
  const Value value = param != nullptr ? param->read(event) : Value::missing();
  return value.is_missing() ? 0 : value.as_uint();
}

const ParamDef* open_flags(const Event& event) noexcept {
  static const ParamOfEvents kFlags(
      "flags", events_named({"open", "openat", "openat2", "open_by_handle_at"}));
  return kFlags.of(event);
}

template <uint64_t Flag>
Value opens_for(const Event& event, const FieldArgs&) noexcept {
  return Value::of_bool((number_of(open_flags(event), event) & Flag) != 0);
}

Value opens_executable(const Event& event, const FieldArgs&) noexcept {
  if (event.is_asked_at(EV_HOOK_FILE_OPEN) && event.file() != nullptr) {
    const ev_inode& inode = event.file()->inode;
    return Value::of_bool((inode.flags & EV_INODEF_CREATED) != 0 &&
                          (inode.mode & kAnyExecute) != 0);
  }
  const ParamDef* opened = opened_param(event);
  // creat(2) has no flags: it always creates.
  const ParamDef* flags = open_flags(event);
  const bool creates =
      opened != nullptr &&
      (flags == nullptr || (number_of(flags, event) & (kOpenCreate | kOpenTmpfile)) != 0);
  return Value::of_bool(creates &&
                        (number_of(param_named(event, "mode"), event) & kAnyExecute) != 0);
}

Value opens_new_file(const Event& event, const FieldArgs&) noexcept {
  const ev_file* file = opened_param(event) != nullptr ? event.file() : nullptr;
  return Value::of_bool(file != nullptr &&
                        ((file->inode.flags & EV_INODEF_CREATED) != 0 ||
                         (number_of(open_flags(event), event) & kOpenTmpfile) != 0));
}

// By EventCategory.
constexpr std::string_view kCategories[] = {"other",   "file",    "net",      "IPC",      "memory",
                                            "process", "sleep",   "system",   "signal",   "user",
                                            "time",    "io_read", "io_write", "io_other", "wait"};

// Input and output count as what they are done to.
std::string_view io_category(const Event& event) noexcept {
  const DescriptorKind* kind = descriptor_kind(event);
  if (kind == nullptr) {
    return "unknown";
  }
  return kind->is_file() ? "file" : kind->group == DescriptorKind::Group::kIp ? "net" : "ipc";
}

Value category(const Event& event, const FieldArgs&) noexcept {
  const EventCategory category = def_of(event).category;
  const bool is_io = category == EventCategory::kIoRead || category == EventCategory::kIoWrite ||
                     category == EventCategory::kIoOther;
  return Value::of_text(is_io ? io_category(event) : kCategories[static_cast<size_t>(category)]);
}

bool resolve_event_name(FieldArgs& args, FieldType&) {
  const EventSet codes = EventCatalog::builtin().find(args.key);
  args.index = static_cast<uint32_t>(codes._Find_first());
  return codes.any();
}

Value is_type(const Event& event, const FieldArgs& args) noexcept {
  return Value::of_uint(event.is_matchable() && event.code() == args.index ? 1 : 0);
}

Value syscall_name(const Event& event, const FieldArgs&) noexcept {
  return (def_of(event).flags & kEventNotSyscall) == 0 ? Value::of_text(def_of(event).name)
                                                       : Value::missing();
}

Value direction(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text((def_of(event).flags & kEventNotSyscall) == 0 ? "<" : ">");
}

// The key as nanoseconds; nothing when it is no such number.
std::optional<uint64_t> nanoseconds(std::string_view key) noexcept {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), value);
  return error == std::errc() && end == key.data() + key.size() ? std::optional(value)
                                                                : std::nullopt;
}

bool is_time(FieldArgs& args, FieldType&) { return nanoseconds(args.key).has_value(); }

// Rounded up, so that "at most D" is exact.
Value distance_ms(const Event& event, const FieldArgs& args) noexcept {
  constexpr uint64_t kMillisecondNs = 1'000'000;
  const uint64_t wanted = nanoseconds(args.key).value_or(0);
  const auto now = static_cast<uint64_t>(event.time_ns());
  const uint64_t distance = now > wanted ? now - wanted : wanted - now;
  return Value::of_uint(distance / kMillisecondNs + (distance % kMillisecondNs != 0 ? 1 : 0));
}

Value decision(const Event& event, const FieldArgs&) noexcept {
  return event.decision() != EV_DECISION_NONE ? Value::of_text(to_string(event.decision()))
                                              : Value::missing();
}

Value hook(const Event& event, const FieldArgs&) noexcept {
  return event.decision() != EV_DECISION_NONE ? Value::of_text(hook_name(event.hook()))
                                              : Value::missing();
}

constexpr std::string_view kDirections[] = {"<", ">"};

constexpr FieldDef kFields[] = {
    {"evt.num", kUint64, kNone, "Number of the event in the run, from 1.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_uint(e.number()); }, kOne,
     kId},
    {"evt.type", kCharBuf, kNone, "Name of the event: in general that of the system call.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_text(def_of(e).name); }},
    {"evt.type.is", kUint32, kRequiredSubfield, "1 for the event with this name, else 0.", is_type,
     kOne, kDecimal, 0, resolve_event_name},
    {"syscall.type", kCharBuf, kNone, "Name of the system call; missing for other events.",
     syscall_name},
    {"evt.category", kCharBuf, kNone,
     "Kind of the event: file, net, process, memory and others; I/O by what it is done to.",
     category},
    {"evt.cpu", kInt16, kNone, "Processor on which the event happened.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_int(e.header().cpu); }, kOne,
     kId},
    {"evt.dir", kCharBuf, kNone, "Always < for system calls, > for other events.", direction, kOne,
     kDecimal, kFieldDeprecated, nullptr, kDirections},
    {"evt.source", kCharBuf, kNone, "Where the event comes from: always syscall.",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_text("syscall"); }},
    {"evt.is_async", kBool, kNone, "Whether the event is not one of the kernel; always false.",
     [](const Event&, const FieldArgs&) noexcept { return Value::of_bool(false); }},
    {"evt.asynctype", kCharBuf, kNone, "Name of an asynchronous event; never has a value.",
     no_value},
    {"evt.hostname", kCharBuf, kNone, "Name of the host.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_text(e.world().hostname); }},
    {"evt.pluginname", kCharBuf, kNone, "Plugin that made the event; never has a value.", no_value},
    {"evt.plugininfo", kCharBuf, kNone, "What the plugin says of the event; never has a value.",
     no_value},
    {"evt.is_open_read", kBool, kNone,
     "Whether the call opens a file for reading, successfully or not.", opens_for<kOpenRead>},
    {"evt.is_open_write", kBool, kNone,
     "Whether the call opens a file for writing, successfully or not.", opens_for<kOpenWrite>},
    {"evt.is_open_exec", kBool, kNone,
     "Whether the call may create a file that somebody can execute.", opens_executable},
    {"evt.is_open_create", kBool, kNone, "Whether the call created the file that it opened.",
     opens_new_file},
    {"evt.decision", kCharBuf, kNone,
     "What the kernel decided because of a rule with an action: denied, killed, would_deny, "
     "would_kill or undecided.",
     decision, kOne, kDecimal, kFieldOutputOnly},
    {"evt.hook", kCharBuf, kNone,
     "Where it was decided: the hook of the kernel, or after_call, when the call had returned.",
     hook, kOne, kDecimal, kFieldOutputOnly},
    {"evt.around", kUint64, kRequiredKey,
     "evt.around[T] = D: the event is at most D milliseconds from T, in nanoseconds since 1970.",
     distance_ms, kDistance, kDecimal, kFieldConditionOnly | kFieldNoRhs | kFieldNoTransformer,
     is_time},
    {"evt.infra.docker.name", kCharBuf, kNone, "Event of the Docker daemon; never has a value.",
     no_value, kOne, kDecimal, kFieldHidden},
    {"evt.infra.docker.container.id", kCharBuf, kNone,
     "Container of a Docker daemon's event; never has a value.", no_value, kOne, kDecimal,
     kFieldHidden},
    {"evt.infra.docker.container.name", kCharBuf, kNone,
     "Container name in a Docker daemon's event; never has a value.", no_value, kOne, kDecimal,
     kFieldHidden},
    {"evt.infra.docker.container.image", kCharBuf, kNone,
     "Image in a Docker daemon's event; never has a value.", no_value, kOne, kDecimal,
     kFieldHidden},
};
static_assert(names_unique(kFields));
static_assert(std::size(kCategories) == static_cast<size_t>(EventCategory::kWait) + 1);

}  // namespace

std::span<const FieldDef> event_fields() { return kFields; }

}  // namespace saker
