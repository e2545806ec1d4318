// SPDX-License-Identifier: Apache-2.0
#include "engine/fields/fields_process.h"

#include <algorithm>
#include <string_view>

#include "engine/fields/fields_tables.h"
#include "engine/fields/fields_text.h"

namespace saker {
namespace {

using enum FieldArg;
using enum FieldShape;
using enum FieldType;
using enum PrintFormat;

Value argument(const Event& event, const FieldArgs& args) noexcept {
  const Process& process = event.process();
  if (args.kind == FieldArgs::Kind::kNone || !is_known(process)) {
    return process_args(event, process);
  }
  return Value::of_text(args.index < process.args.size() ? process.args[args.index]
                                                         : std::string_view());
}

Value arguments_length(const Event& event, const FieldArgs&) noexcept {
  size_t length = 0;
  for (const std::string_view text : event.process().args) {
    length += text.size();
  }
  return is_known(event.process()) ? Value::of_uint(length) : Value::missing();
}

Value exe_line(const Event& event, const FieldArgs&) noexcept {
  const Process& process = event.process();
  return is_known(process)
             ? Value::of_text(concat(event.scratch(), {process.exe, " ", process.args_text}))
             : Value::missing();
}

Value environment(const Event& event, const FieldArgs& args) noexcept {
  const Process& process = event.process();
  return args.kind == FieldArgs::Kind::kNone || !is_known(process)
             ? process_env(event, process)
             : Value::of_text(environment_value(process, args.key));
}

Value current_directory(const Event& event, const FieldArgs&) noexcept {
  const Process& process = event.process();
  return is_known(process) ? Value::of_text(concat(event.scratch(), {process.cwd, "/"}))
                           : Value::missing();
}

// Flags of the executable's inode; false for a kernel thread, which has none.
template <uint32_t Flag>
Value exe_has(const Event& event, const FieldArgs&) noexcept {
  return is_known(event.process()) ? Value::of_bool((event.process().exe_inode.flags & Flag) != 0)
                                   : Value::missing();
}

Value unless_zero(uint64_t number) noexcept {
  return number != 0 ? Value::of_uint(number) : Value::missing();
}

uint64_t to_epoch(const Event& event, uint64_t boot_ns) noexcept {
  return boot_ns + static_cast<uint64_t>(event.world().boot_to_epoch_ns);
}

// How long the executable had existed when the process was created. 0 when it is the younger one:
// written and run by a process that was there before.
Value exe_age_at_start(const Event& event, const FieldArgs&) noexcept {
  const uint64_t changed = event.process().exe_inode.ctime_ns;
  const Value start = process_start(event, event.process());
  if (changed == 0 || start.is_missing()) {
    return Value::missing();
  }
  return Value::of_uint(start.as_uint() > changed ? start.as_uint() - changed : 0);
}

uint64_t pid_namespace_start(const Event& event) noexcept {
  const uint64_t start_boot_ns = event.process().pidns_start_boot_ns;
  return start_boot_ns != 0 ? to_epoch(event, start_boot_ns) : 0;
}

Value exe_change_in_namespace(const Event& event, const FieldArgs&) noexcept {
  const uint64_t changed = event.process().exe_inode.ctime_ns;
  const uint64_t start = pid_namespace_start(event);
  return start != 0 && changed > start ? Value::of_uint(changed - start) : Value::missing();
}

Value arguments_count(const Event& event, const FieldArgs&) noexcept {
  return is_known(event.process()) ? Value::of_uint(event.process().args.size()) : Value::missing();
}

Value exe_is_writable(const Event& event, const FieldArgs&) noexcept {
  return is_known(event.process()) ? Value::of_bool(event.process().exe_writable)
                                   : Value::missing();
}

Value exe_inode(const Event& event, const FieldArgs&) noexcept {
  const uint64_t ino = event.process().exe_inode.ino;
  return ino != 0 ? Value::of_int(static_cast<int64_t>(ino)) : Value::missing();
}

Value exe_changed(const Event& event, const FieldArgs&) noexcept {
  return unless_zero(event.process().exe_inode.ctime_ns);
}

Value exe_written(const Event& event, const FieldArgs&) noexcept {
  return unless_zero(event.process().exe_inode.mtime_ns);
}

Value descriptor_limit(const Event& event, const FieldArgs&) noexcept {
  const uint64_t limit = event.process().fdlimit;
  return limit != 0 ? Value::of_int(static_cast<int64_t>(limit)) : Value::missing();
}

constexpr FieldDef kFields[] = {
    {"proc.exe", kCharBuf, kNone, "First argument of the exec call, as the caller chose it.",
     of_self<process_exe>, kOne, kDecimal, kFieldForgeable},
    {"proc.exepath", kCharBuf, kNone,
     "Path of the executable, resolved by the kernel; empty for kernel threads.",
     of_self<process_exe_path>},
    {"proc.name", kCharBuf, kNone,
     "Name the kernel gave the process at exec, at most 15 bytes; renaming does not change it.",
     of_self<process_name>, kOne, kDecimal, kFieldForgeable},
    {"proc.args", kCharBuf, kOptionalIndex,
     "Arguments after the first, joined by blanks, or the one with index N; empty beyond the last.",
     argument, kOne, kDecimal, kFieldForgeable},
    {"proc.cmdline", kCharBuf, kNone, "Name and arguments of the process, joined by blanks.",
     of_self<process_cmdline>, kOne, kDecimal, kFieldForgeable},
    {"proc.cmdnargs", kUint64, kNone, "Number of arguments after the first.", arguments_count, kOne,
     kDecimal, kFieldForgeable},
    {"proc.cmdlenargs", kUint64, kNone, "Bytes of all arguments after the first, without blanks.",
     arguments_length, kOne, kDecimal, kFieldForgeable},
    {"proc.exeline", kCharBuf, kNone, "First argument, a blank, then the other arguments.",
     exe_line, kOne, kDecimal, kFieldForgeable},
    {"proc.env", kCharBuf, kOptionalKey,
     "Environment joined by blanks, or the value of one variable; empty when it is not set.",
     environment, kOne, kDecimal, kFieldForgeable},
    {"proc.cwd", kCharBuf, kNone, "Current directory, with a '/' at its end.", current_directory,
     kOne, kDecimal, kFieldNeedsCwd | kFieldForgeable},
    {"proc.tty", kUint32, kNone, "Device number of the controlling terminal; 0: none.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_uint(e.task().tty); }, kOne,
     kId},
    {"proc.pid", kInt64, kNone, "Process id, as the host sees it.",
     [](const Event& e, const FieldArgs&) noexcept { return Value::of_int(e.task().pid); }, kOne,
     kId},
    {"proc.vpid", kInt64, kNone, "Process id in the process' own pid namespace.",
     of_self<process_vpid>, kOne, kId},
    {"proc.duration", kRelTime, kNone, "Nanoseconds since the process was created.",
     of_self<process_duration>},
    {"proc.pid.ts", kRelTime, kNone, "When the process was created, in nanoseconds of Unix time.",
     of_self<process_start>},
    {"proc.is_exe_writable", kBool, kNone,
     "Whether the process was able to write to its executable when it was started.",
     exe_is_writable},
    {"proc.is_exe_upper_layer", kBool, kNone,
     "Whether the executable lies in the upper layer of an overlay: it is not part of the image.",
     exe_has<EV_INODEF_UPPER_LAYER>},
    {"proc.is_exe_lower_layer", kBool, kNone,
     "Whether the executable lies in a lower layer of an overlay.", exe_has<EV_INODEF_LOWER_LAYER>},
    {"proc.is_exe_from_memfd", kBool, kNone,
     "Whether the executable exists only in memory, made by memfd_create.",
     exe_has<EV_INODEF_MEMFD>},
    {"proc.exe_ino", kInt64, kNone, "Inode number of the executable.", exe_inode},
    {"proc.exe_ino.ctime", kAbsTime, kNone,
     "When the executable's inode last changed, in nanoseconds of Unix time.", exe_changed},
    {"proc.exe_ino.mtime", kAbsTime, kNone,
     "When the executable's content last changed, in nanoseconds of Unix time.", exe_written},
    {"proc.exe_ino.ctime_duration_proc_start", kAbsTime, kNone,
     "Nanoseconds from the last inode change of the executable to the start of the process, or 0.",
     exe_age_at_start},
    {"proc.exe_ino.ctime_duration_pidns_start", kAbsTime, kNone,
     "Nanoseconds from the start of the pid namespace to a later inode change of the executable.",
     exe_change_in_namespace},
    {"proc.pidns_init_start_ts", kUint64, kNone,
     "When the first process of the pid namespace started, in nanoseconds of Unix time.",
     [](const Event& e, const FieldArgs&) noexcept { return unless_zero(pid_namespace_start(e)); }},
    {"proc.fdlimit", kInt64, kNone, "Soft limit of open descriptors, as of the last exec.",
     descriptor_limit},
    {"proc.fdopencount", kUint64, kNone, "Number of open descriptors; no value yet.", no_value},
    {"proc.fdusage", kDouble, kNone, "Open descriptors in percent of the limit; no value yet.",
     no_value},
    {"proc.vmsize", kUint64, kNone, "Virtual memory in KiB; no value yet.", no_value},
    {"proc.vmrss", kUint64, kNone, "Resident memory in KiB; no value yet.", no_value},
    {"proc.vmswap", kUint64, kNone, "Swapped memory in KiB; no value yet.", no_value},
    {"proc.nthreads", kUint64, kNone, "Number of threads; no value yet.", no_value},
    {"proc.nchilds", kUint64, kNone, "Number of threads besides the first; no value yet.",
     no_value},
    {"proc.stdin.type", kCharBuf, kNone, "Kind of descriptor 0; no value yet.", no_value},
    {"proc.stdout.type", kCharBuf, kNone, "Kind of descriptor 1; no value yet.", no_value},
    {"proc.stderr.type", kCharBuf, kNone, "Kind of descriptor 2; no value yet.", no_value},
    {"proc.stdin.name", kCharBuf, kNone, "Name of descriptor 0; no value yet.", no_value},
    {"proc.stdout.name", kCharBuf, kNone, "Name of descriptor 1; no value yet.", no_value},
    {"proc.stderr.name", kCharBuf, kNone, "Name of descriptor 2; no value yet.", no_value},
};
static_assert(names_unique(kFields));

}  // namespace

bool is_known(const Process& process) noexcept {
  return process.origin != ProcessOrigin::kTaskOnly || (process.task.flags & EV_TASKF_KTHREAD) != 0;
}

Value process_name(const Event&, const Process& process) noexcept {
  return Value::of_text(process.comm);
}
Value process_exe(const Event&, const Process& process) noexcept {
  return is_known(process) ? Value::of_text(process.exe) : Value::missing();
}
Value process_exe_path(const Event&, const Process& process) noexcept {
  return is_known(process) ? Value::of_text(process.exe_path) : Value::missing();
}
Value process_args(const Event&, const Process& process) noexcept {
  return is_known(process) ? Value::of_text(process.args_text) : Value::missing();
}
Value process_cmdline(const Event&, const Process& process) noexcept {
  return is_known(process) ? Value::of_text(process.cmdline) : Value::missing();
}

Value process_env(const Event& event, const Process& process) noexcept {
  if (!is_known(process)) {
    return Value::missing();
  }
  std::string_view entries = process.env;
  if (entries.ends_with('\0')) {
    entries.remove_suffix(1);
  }
  return Value::of_text(replaced_text(event.scratch(), entries, '\0', ' '));
}

Value process_pid(const Event&, const Process& process) noexcept {
  return Value::of_int(process.key.pid);
}
Value process_vpid(const Event&, const Process& process) noexcept {
  return process.task.vpid != 0 ? Value::of_int(process.task.vpid) : Value::missing();
}

Value process_duration(const Event& event, const Process& process) noexcept {
  const uint64_t start = process.key.start_boot_ns;
  const uint64_t now = event.header().boot_ns;
  return start != 0 ? Value::of_uint(now > start ? now - start : 0) : Value::missing();
}
Value process_start(const Event& event, const Process& process) noexcept {
  const uint64_t start = process.key.start_boot_ns;
  return start != 0 ? Value::of_uint(to_epoch(event, start)) : Value::missing();
}

std::string_view environment_value(const Process& process, std::string_view name) noexcept {
  constexpr std::string_view kBlanks = " \t";
  std::string_view rest = process.env;
  while (!rest.empty()) {
    std::string_view entry = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
    if (!entry.starts_with(name) || !entry.substr(name.size()).starts_with('=')) {
      continue;
    }
    entry.remove_prefix(name.size() + 1);
    const size_t begin = entry.find_first_not_of(kBlanks);
    return begin == std::string_view::npos
               ? std::string_view()
               : entry.substr(begin, entry.find_last_not_of(kBlanks) - begin + 1);
  }
  return {};
}

const Process* parent_of(const Event& event, const Process& process) noexcept {
  return event.world().processes->parent_of(process);
}

std::span<const FieldDef> process_fields() { return kFields; }

}  // namespace saker
