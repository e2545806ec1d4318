// SPDX-License-Identifier: Apache-2.0
// Fields of the acting thread, its capabilities included.
#include <string_view>

#include "engine/base/capabilities.h"
#include "engine/event.h"
#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"
#include "engine/state/process.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

Value capability_names(const Event& event, uint64_t set) noexcept {
  PieceList names;
  for (size_t bit = 0; bit < std::size(kCapabilityNames); ++bit) {
    if ((set >> bit & 1) != 0) {
      names.add_item(" ", kCapabilityNames[bit]);
    }
  }
  return Value::of_text(names.join(event.scratch()));
}

// Names of cgroup subsystems are words; which exist differs from host to host.
bool is_subsystem(FieldArgs& args, FieldType&) {
  return !args.key.empty() &&
         args.key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") ==
             std::string_view::npos;
}

Value permitted(const Event& event, const FieldArgs&) noexcept {
  return capability_names(event, event.task().cap_permitted);
}

Value inheritable(const Event& event, const FieldArgs&) noexcept {
  return capability_names(event, event.task().cap_inheritable);
}

Value effective(const Event& event, const FieldArgs&) noexcept {
  return capability_names(event, event.task().cap_effective);
}

Value is_main(const Event& event, const FieldArgs&) noexcept {
  return Value::of_bool(event.task().tid == event.task().pid);
}

Value namespace_tid(const Event& event, const FieldArgs&) noexcept {
  return event.task().vtid != 0 ? Value::of_int(event.task().vtid) : Value::missing();
}

Value name_and_tid(const Event& event, const FieldArgs&) noexcept {
  return Value::of_text(concat(
      event.scratch(), {event.process().comm, decimal_text(event.scratch(), event.task().tid)}));
}

constexpr FieldDef kFields[] = {
    {"thread.cap_permitted", kCharBuf, kNone,
     "Names of the permitted capabilities, by bit, separated by blanks.", permitted},
    {"thread.cap_inheritable", kCharBuf, kNone,
     "Names of the inheritable capabilities, by bit, separated by blanks.", inheritable},
    {"thread.cap_effective", kCharBuf, kNone,
     "Names of the effective capabilities, by bit, separated by blanks.", effective},
    {"thread.tid", kInt64, kNone, "Thread id, as the host sees it.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_int(e.task().tid); }, kOne,
     kId},
    {"thread.ismain", kBool, kNone, "Whether this is the first thread of its process.", is_main},
    {"thread.vtid", kInt64, kNone, "Thread id in the thread's own pid namespace.", namespace_tid,
     kOne, kId},
    {"thread.nametid", kCharBuf, kNone, "Name of the process, directly followed by the thread id.",
     name_and_tid, kOne, kDecimal, kFieldHidden},
    {"thread.exectime", kRelTime, kNone, "Processor time of the last slice; no value yet.",
     no_value},
    {"thread.totexectime", kRelTime, kNone, "Processor time of all slices; no value yet.",
     no_value},
    {"thread.cgroups", kCharBuf, kNone, "Cgroup of each subsystem; no value yet.", no_value},
    {"thread.cgroup", kCharBuf, kRequiredSubfield, "Cgroup of one subsystem; no value yet.",
     no_value, kOne, kDecimal, 0, is_subsystem},
    {"thread.pfmajor", kUint64, kNone, "Number of major page faults; no value yet.", no_value},
    {"thread.pfminor", kUint64, kNone, "Number of minor page faults; no value yet.", no_value},
    {"thread.cpu", kDouble, kNone, "Processor use of the last second; no value yet.", no_value},
    {"thread.cpu.user", kDouble, kNone, "Processor use in user mode; no value yet.", no_value},
    {"thread.cpu.system", kDouble, kNone, "Processor use in kernel mode; no value yet.", no_value},
    {"thread.vmsize", kUint64, kNone, "Virtual memory in KiB; no value yet.", no_value},
    {"thread.vmrss", kUint64, kNone, "Resident memory in KiB; no value yet.", no_value},
    {"thread.vmsize.b", kUint64, kNone, "Virtual memory in bytes; no value yet.", no_value, kOne,
     kDecimal, kFieldHidden},
    {"thread.vmrss.b", kUint64, kNone, "Resident memory in bytes; no value yet.", no_value, kOne,
     kDecimal, kFieldHidden},
};
static_assert(names_unique(kFields));

}  // namespace

std::span<const FieldDef> thread_fields() { return kFields; }

}  // namespace saker
