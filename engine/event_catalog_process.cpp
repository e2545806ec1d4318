// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>

#include <iterator>
#include <span>

#include "engine/event_catalog_flags.h"
#include "engine/event_catalog_params.h"
#include "engine/state/process.h"

namespace saker::rows {
namespace {

using enum EventCategory;

// The acting process as the tracker knows it.
Value exe(const Event& e) noexcept { return Value::of_text(e.process().exe); }
Value exe_path(const Event& e) noexcept { return Value::of_text(e.process().exe_path); }
Value comm(const Event& e) noexcept { return Value::of_text(e.process().comm); }
Value cwd(const Event& e) noexcept { return Value::of_text(e.process().cwd); }
Value arguments(const Event& e) noexcept { return Value::of_text(e.process().args.bytes()); }
// A failed exec leaves the caller as it was; what it tried to run is known by `filename` only.
template <Reader Read>
Value executed(const Event& e) noexcept {
  return e.exec() != nullptr ? Read(e) : Value::missing();
}
Value environment(const Event& e) noexcept { return Value::of_text(e.process().env); }
Value fd_limit(const Event& e) noexcept { return Value::of_uint(e.process().fdlimit); }
Value pidns_start(const Event& e) noexcept {
  const uint64_t boot_ns = e.process().pidns_start_boot_ns;
  const auto to_epoch_ns = static_cast<uint64_t>(e.world().boot_to_epoch_ns);
  return Value::of_uint(boot_ns != 0 ? boot_ns + to_epoch_ns : 0);
}
Value tid(const Event& e) noexcept { return Value::of_int(e.task().tid); }
Value pid_of(const Event& e) noexcept { return Value::of_int(e.task().pid); }
Value parent(const Event& e) noexcept { return Value::of_int(e.task().ppid); }
Value vtid(const Event& e) noexcept { return Value::of_int(e.task().vtid); }
Value vpid(const Event& e) noexcept { return Value::of_int(e.task().vpid); }
Value pgid(const Event& e) noexcept { return Value::of_int(e.task().pgid); }
Value vpgid(const Event& e) noexcept { return Value::of_int(e.task().vpgid); }
Value tty(const Event& e) noexcept { return Value::of_uint(e.task().tty); }
Value euid(const Event& e) noexcept { return Value::of_uint(e.task().euid); }
Value egid(const Event& e) noexcept { return Value::of_uint(e.task().egid); }
Value loginuid(const Event& e) noexcept { return Value::of_uint(e.task().loginuid); }
Value cap_inheritable(const Event& e) noexcept { return Value::of_uint(e.task().cap_inheritable); }
Value cap_permitted(const Event& e) noexcept { return Value::of_uint(e.task().cap_permitted); }
Value cap_effective(const Event& e) noexcept { return Value::of_uint(e.task().cap_effective); }
Value exe_inode(const Event& e) noexcept { return Value::of_uint(e.process().exe_inode.ino); }
Value exe_ctime(const Event& e) noexcept { return Value::of_uint(e.process().exe_inode.ctime_ns); }
Value exe_mtime(const Event& e) noexcept { return Value::of_uint(e.process().exe_inode.mtime_ns); }
Value exec_flags(const Event& e) noexcept {
  const uint32_t inode = e.process().exe_inode.flags;
  return Value::of_uint((e.process().exe_writable ? 0x1U : 0U) |
                        ((inode & EV_INODEF_UPPER_LAYER) != 0 ? 0x2U : 0U) |
                        ((inode & EV_INODEF_MEMFD) != 0 ? 0x4U : 0U) |
                        ((inode & EV_INODEF_LOWER_LAYER) != 0 ? 0x8U : 0U));
}

template <size_t N>
Value clone_flags_of(const Event& e) noexcept {
  return Value::of_uint(clone_flags(e.arg(N)));
}
Value clone3_flags(const Event& e) noexcept {
  const Value native = struct_member<uint64_t, 0>(e);
  return native.is_missing() ? native : Value::of_uint(clone_flags(native.as_uint()));
}
Value no_flags(const Event&) noexcept { return Value::of_uint(0); }
Value vfork_flags(const Event&) noexcept {
  return Value::of_uint(0x8000000 | 0x8000);  // CLONE_VFORK, CLONE_VM
}

Value exit_status(const Event& e) noexcept {
  return e.exit() != nullptr ? Value::of_int(e.exit()->code) : Value::missing();
}
Value exit_code(const Event& e) noexcept {
  return e.exit() != nullptr ? Value::of_int(WEXITSTATUS(static_cast<int>(e.exit()->code)))
                             : Value::missing();
}
Value exit_signal(const Event& e) noexcept {
  return e.exit() != nullptr ? Value::of_int(WTERMSIG(static_cast<int>(e.exit()->code)))
                             : Value::missing();
}
Value exit_core(const Event& e) noexcept {
  return e.exit() != nullptr ? Value::of_uint(WCOREDUMP(static_cast<int>(e.exit()->code)) ? 1 : 0)
                             : Value::missing();
}
Value exit_reaper(const Event& e) noexcept {
  return e.exit() != nullptr ? Value::of_int(e.exit()->reaper) : Value::missing();
}

// The second argument is a name or a number, by the option.
bool names_task(const Event& e) {
  constexpr uint64_t kSetName = 15;
  constexpr uint64_t kGetName = 16;
  return e.arg(0) == kSetName || e.arg(0) == kGetName;
}
Value prctl_name(const Event& e) noexcept {
  return names_task(e) ? string_of<0>(e) : Value::missing();
}
Value prctl_number(const Event& e) noexcept {
  return names_task(e) ? Value::of_int(0) : signed64<1>(e);
}
Value break_end(const Event& e) noexcept {
  return Value::of_uint(static_cast<uint64_t>(e.return_value()));
}
template <size_t N>
constexpr ParamDef signal() {
  return param("sig", kSigType, signed32<N>);
}

// Parameters, named after the first event that has them.
// The ways to make a process differ in where their flags come from.
template <Value (*read_flags)(const Event&) noexcept>
constexpr ParamDef kCloned[] = {param("res", kPid, result),
                                param("exe", kCharBuf, exe),
                                param("args", kByteBuf, arguments),
                                param("tid", kPid, tid),
                                param("pid", kPid, pid_of),
                                param("ptid", kPid, parent),
                                param("cwd", kCharBuf, cwd),
                                param("fdlimit", kInt64, fd_limit),
                                absent("pgft_maj", kUint64),
                                absent("pgft_min", kUint64),
                                absent("vm_size", kUint32),
                                absent("vm_rss", kUint32),
                                absent("vm_swap", kUint32),
                                param("comm", kCharBuf, comm),
                                absent("cgroups", kByteBuf),
                                flags("flags", kCloneFlags, read_flags),
                                param("uid", kUint32, euid),
                                param("gid", kUint32, egid),
                                param("vtid", kPid, vtid),
                                param("vpid", kPid, vpid),
                                param("pidns_init_start_ts", kUint64, pidns_start)};
constexpr ParamDef kExecve[] = {
    res(),
    param("exe", kCharBuf, executed<exe>),
    param("args", kByteBuf, executed<arguments>),
    param("tid", kPid, tid),
    param("pid", kPid, pid_of),
    param("ptid", kPid, parent),
    param("cwd", kCharBuf, cwd),
    param("fdlimit", kUint64, fd_limit),
    absent("pgft_maj", kUint64),
    absent("pgft_min", kUint64),
    absent("vm_size", kUint32),
    absent("vm_rss", kUint32),
    absent("vm_swap", kUint32),
    param("comm", kCharBuf, comm),
    absent("cgroups", kByteBuf),
    param("env", kByteBuf, executed<environment>),
    param("tty", kUint32, tty),
    param("vpgid", kPid, vpgid),
    param("loginuid", kUid, loginuid),
    flags("flags", kExecFlags, exec_flags),
    param("cap_inheritable", kUint64, cap_inheritable, PrintFormat::kHex),
    param("cap_permitted", kUint64, cap_permitted, PrintFormat::kHex),
    param("cap_effective", kUint64, cap_effective, PrintFormat::kHex),
    param("exe_ino", kUint64, exe_inode),
    param("exe_ino_ctime", kAbsTime, exe_ctime),
    param("exe_ino_mtime", kAbsTime, exe_mtime),
    param("uid", kUid, euid),
    param("trusted_exepath", kFsPath, exe_path),
    param("pgid", kPid, pgid),
    param("gid", kGid, egid),
    path<0>("filename")};
// execveat has no `filename`, the last of them.
constexpr std::span<const ParamDef> kExecveat = std::span(kExecve).first(std::size(kExecve) - 1);
constexpr ParamDef kProcexit[] = {
    param("status", kErrno, exit_status), param("ret", kErrno, exit_code),
    param("sig", kSigType, exit_signal), param("core", kUint8, exit_core),
    param("reaper_tid", kPid, exit_reaper)};
constexpr ParamDef kKill[] = {res(), pid<0>("pid"), signal<1>()};
constexpr ParamDef kTkill[] = {res(), pid<0>("tid"), signal<1>()};
constexpr ParamDef kTgkill[] = {res(), pid<0>("pid"), pid<1>("tid"), signal<2>()};
constexpr ParamDef kPtrace[] = {
    res(), param("addr", kDyn, unsigned64<2>, PrintFormat::kHex),
    param("data", kDyn, unsigned64<3>, PrintFormat::kHex),
    enumeration("request", kPtraceRequests, converted<0, ptrace_request>, kEnumFlags16),
    pid<1>("pid")};
constexpr ParamDef kChroot[] = {res(), path<0>("path")};
constexpr ParamDef kUnshare[] = {res(), flags("flags", kCloneFlags, converted<0, clone_flags>)};
constexpr ParamDef kSetns[] = {res(), fd<0>(),
                               flags("nstype", kCloneFlags, converted<1, clone_flags>)};
constexpr ParamDef kSetsid[] = {param("res", kPid, result)};
constexpr ParamDef kSetpgid[] = {res(), pid<0>("pid"), pid<1>("pgid")};
constexpr ParamDef kPrctl[] = {
    res(), enumeration("option", kPrctlOptions, unsigned32<0>, kEnumFlags32),
    param("arg2_str", kCharBuf, prctl_name), param("arg2_int", kInt64, prctl_number)};
constexpr ParamDef kGetrlimit[] = {
    res(), param("cur", kInt64, struct_member<int64_t, 0>),
    param("max", kInt64, struct_member<int64_t, 8>),
    enumeration("resource", kLimits, converted<0, limit_resource>, kEnumFlags8)};
constexpr ParamDef kPrlimit[] = {
    res(),
    param("newcur", kInt64, struct_member<int64_t, 0>),
    param("newmax", kInt64, struct_member<int64_t, 8>),
    absent("oldcur", kInt64),
    absent("oldmax", kInt64),
    param("pid", kInt64, signed32<0>),
    enumeration("resource", kLimits, converted<1, limit_resource>, kEnumFlags8)};
constexpr ParamDef kProcessVmReadv[] = {param("res", kInt64, result), pid<0>("pid"), unread_data()};
constexpr ParamDef kBrk[] = {param("res", kUint64, break_end, PrintFormat::kHex),
                             absent("vm_size", kUint32), absent("vm_rss", kUint32),
                             absent("vm_swap", kUint32), u64<0>("addr", PrintFormat::kHex)};
constexpr ParamDef kMmap[] = {param("res", kErrno, result, PrintFormat::kHex),
                              absent("vm_size", kUint32),
                              absent("vm_rss", kUint32),
                              absent("vm_swap", kUint32),
                              u64<0>("addr", PrintFormat::kHex),
                              u64<1>("length"),
                              flags("prot", kMemoryProtections, converted<2, memory_protection>),
                              flags("flags", kMapFlags, converted<3, map_flags>),
                              fd<4>(),
                              u64<5>("offset")};
constexpr ParamDef kMmap2[] = {param("res", kErrno, result, PrintFormat::kHex),
                               absent("vm_size", kUint32),
                               absent("vm_rss", kUint32),
                               absent("vm_swap", kUint32),
                               u64<0>("addr", PrintFormat::kHex),
                               u64<1>("length"),
                               flags("prot", kMemoryProtections, converted<2, memory_protection>),
                               flags("flags", kMapFlags, converted<3, map_flags>),
                               fd<4>(),
                               u64<5>("pgoffset")};
constexpr ParamDef kMunmap[] = {res(),
                                absent("vm_size", kUint32),
                                absent("vm_rss", kUint32),
                                absent("vm_swap", kUint32),
                                u64<0>("addr", PrintFormat::kHex),
                                u64<1>("length")};
constexpr ParamDef kMprotect[] = {
    res(), u64<0>("addr", PrintFormat::kHex), u64<1>("length"),
    flags("prot", kMemoryProtections, converted<2, memory_protection>)};
constexpr ParamDef kMlock[] = {res(), u64<0>("addr", PrintFormat::kHex), u64<1>("len")};
constexpr ParamDef kMlock2[] = {res(), u64<0>("addr", PrintFormat::kHex), u64<1>("len"),
                                flags("flags", kMlock2Flags, unsigned32<2>)};
constexpr ParamDef kMlockall[] = {res(), flags("flags", kMlockallFlags, unsigned32<0>)};
constexpr ParamDef kMunlockall[] = {res()};

// Capture plans, named likewise.
constexpr ev_plan_step kClone3Plan[] = {structure(0, 8)};
constexpr ev_plan_step kExecvePlan[] = {string(0)};
constexpr ev_plan_step kExecveatPlan[] = {string(1)};
constexpr ev_plan_step kChrootPlan[] = {string_before(0), base_before(EV_ARG_CWD)};
constexpr ev_plan_step kSetnsPlan[] = {caps_before(), file_of(0)};
constexpr ev_plan_step kUnsharePlan[] = {caps_before()};
constexpr ev_plan_step kGetrlimitPlan[] = {structure(1, 16, EV_STEPF_ON_SUCCESS)};
constexpr ev_plan_step kSetrlimitPlan[] = {structure(1, 16)};
constexpr ev_plan_step kPrlimitPlan[] = {structure(2, 16)};

constexpr EventDef kEvents[] = {
    {"clone", SAKER_NR(clone), kProcess, 0, kCloned<clone_flags_of<0>>, {}},
    {"fork", SAKER_NR(fork), kProcess, 0, kCloned<no_flags>, {}},
    {"vfork", SAKER_NR(vfork), kProcess, 0, kCloned<vfork_flags>, {}},
    {"clone3", SAKER_NR(clone3), kProcess, 0, kCloned<clone3_flags>, kClone3Plan},
    {"execve", SAKER_NR(execve), kProcess, 0, kExecve, kExecvePlan},
    {"execveat", SAKER_NR(execveat), kProcess, 0, kExecveat, kExecveatPlan},
    {"procexit", -1, kProcess, kEventNotSyscall, kProcexit, {}},
    {"kill", SAKER_NR(kill), kSignal, 0, kKill, {}},
    {"tkill", SAKER_NR(tkill), kSignal, 0, kTkill, {}},
    {"tgkill", SAKER_NR(tgkill), kSignal, 0, kTgkill, {}},
    {"ptrace", SAKER_NR(ptrace), kProcess, 0, kPtrace, {}},
    {"chroot", SAKER_NR(chroot), kProcess, 0, kChroot, kChrootPlan},
    {"unshare", SAKER_NR(unshare), kProcess, 0, kUnshare, kUnsharePlan},
    {"setns", SAKER_NR(setns), kProcess, kEventUsesFd, kSetns, kSetnsPlan},
    {"setsid", SAKER_NR(setsid), kProcess, 0, kSetsid, {}},
    {"setpgid", SAKER_NR(setpgid), kProcess, 0, kSetpgid, {}},
    {"prctl", SAKER_NR(prctl), kProcess, 0, kPrctl, kExecveatPlan},
    {"getrlimit", SAKER_NR(getrlimit), kProcess, 0, kGetrlimit, kGetrlimitPlan},
    {"setrlimit", SAKER_NR(setrlimit), kProcess, 0, kGetrlimit, kSetrlimitPlan},
    {"prlimit", SAKER_NR(prlimit64), kProcess, 0, kPrlimit, kPrlimitPlan},
    {"process_vm_readv", SAKER_NR(process_vm_readv), kIpc, 0, kProcessVmReadv, {}},
    {"process_vm_writev", SAKER_NR(process_vm_writev), kIpc, 0, kProcessVmReadv, {}},
    {"brk", SAKER_NR(brk), kMemory, 0, kBrk, {}},
    {"mmap", SAKER_NR(mmap), kMemory, kEventUsesFd, kMmap, {}},
    {"mmap2", SAKER_NR(mmap2), kMemory, kEventUsesFd, kMmap2, {}},
    {"munmap", SAKER_NR(munmap), kMemory, 0, kMunmap, {}},
    {"mprotect", SAKER_NR(mprotect), kMemory, 0, kMprotect, {}},
    {"mlock", SAKER_NR(mlock), kMemory, 0, kMlock, {}},
    {"munlock", SAKER_NR(munlock), kMemory, 0, kMlock, {}},
    {"mlock2", SAKER_NR(mlock2), kMemory, 0, kMlock2, {}},
    {"mlockall", SAKER_NR(mlockall), kMemory, 0, kMlockall, {}},
    {"munlockall", SAKER_NR(munlockall), kMemory, 0, kMunlockall, {}},
};

}  // namespace

std::span<const EventDef> process_events() { return kEvents; }

}  // namespace saker::rows
