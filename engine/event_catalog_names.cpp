// SPDX-License-Identifier: Apache-2.0
// System calls without a row of their own, and names of the reference that cannot happen here.
#include "engine/event_catalog_params.h"

namespace saker::rows {
namespace {

// A name and its number, by the name alone.
#define SAKER_CALL(name) \
  SyscallName { #name, SAKER_NR(name) }
#define SAKER_NEW_CALL(name, number) \
  SyscallName { #name, SAKER_NR_OR(name, number) }

constexpr SyscallName kGenericSyscalls[] = {
    SAKER_CALL(restart_syscall), SAKER_CALL(exit), SAKER_CALL(time), SAKER_CALL(getpid),
    SAKER_CALL(alarm), SAKER_CALL(pause), SAKER_CALL(utime), SAKER_CALL(sync), SAKER_CALL(times),
    SAKER_CALL(acct), SAKER_CALL(umask), SAKER_CALL(ustat), SAKER_CALL(getppid),
    SAKER_CALL(getpgrp), SAKER_CALL(sethostname), SAKER_CALL(getrusage), SAKER_CALL(gettimeofday),
    SAKER_CALL(settimeofday), SAKER_CALL(readlink), SAKER_CALL(uselib), SAKER_CALL(swapon),
    SAKER_CALL(reboot), SAKER_CALL(truncate), SAKER_CALL(ftruncate), SAKER_CALL(getpriority),
    SAKER_CALL(setpriority), SAKER_CALL(statfs), SAKER_CALL(fstatfs), SAKER_CALL(syslog),
    SAKER_CALL(setitimer), SAKER_CALL(getitimer), SAKER_CALL(uname), SAKER_CALL(vhangup),
    SAKER_CALL(wait4), SAKER_CALL(swapoff), SAKER_CALL(sysinfo), SAKER_CALL(fsync),
    SAKER_CALL(setdomainname), SAKER_CALL(adjtimex), SAKER_CALL(getpgid), SAKER_CALL(sysfs),
    SAKER_CALL(personality), SAKER_CALL(msync), SAKER_CALL(getsid), SAKER_CALL(fdatasync),
    SAKER_CALL(sched_setparam), SAKER_CALL(sched_getparam), SAKER_CALL(sched_setscheduler),
    SAKER_CALL(sched_getscheduler), SAKER_CALL(sched_yield), SAKER_CALL(sched_get_priority_max),
    SAKER_CALL(sched_get_priority_min), SAKER_CALL(sched_rr_get_interval), SAKER_CALL(mremap),
    SAKER_CALL(rt_sigaction), SAKER_CALL(rt_sigprocmask), SAKER_CALL(rt_sigpending),
    SAKER_CALL(rt_sigtimedwait), SAKER_CALL(rt_sigqueueinfo), SAKER_CALL(rt_sigsuspend),
    SAKER_CALL(capget), SAKER_CALL(getgroups), SAKER_CALL(setgroups), SAKER_CALL(setfsuid),
    SAKER_CALL(setfsgid), SAKER_CALL(pivot_root), SAKER_CALL(mincore), SAKER_CALL(madvise),
    SAKER_CALL(gettid), SAKER_CALL(setxattr), SAKER_CALL(lsetxattr), SAKER_CALL(fsetxattr),
    SAKER_CALL(getxattr), SAKER_CALL(lgetxattr), SAKER_CALL(fgetxattr), SAKER_CALL(listxattr),
    SAKER_CALL(llistxattr), SAKER_CALL(flistxattr), SAKER_CALL(removexattr),
    SAKER_CALL(lremovexattr), SAKER_CALL(fremovexattr), SAKER_CALL(sched_setaffinity),
    SAKER_CALL(sched_getaffinity), SAKER_CALL(set_thread_area), SAKER_CALL(get_thread_area),
    SAKER_CALL(io_setup), SAKER_CALL(io_destroy), SAKER_CALL(io_getevents), SAKER_CALL(io_submit),
    SAKER_CALL(io_cancel), SAKER_CALL(exit_group), SAKER_CALL(epoll_ctl),
    SAKER_CALL(remap_file_pages), SAKER_CALL(set_tid_address), SAKER_CALL(timer_create),
    SAKER_CALL(timer_settime), SAKER_CALL(timer_gettime), SAKER_CALL(timer_getoverrun),
    SAKER_CALL(timer_delete), SAKER_CALL(clock_settime), SAKER_CALL(clock_gettime),
    SAKER_CALL(clock_getres), SAKER_CALL(clock_nanosleep), SAKER_CALL(utimes), SAKER_CALL(mq_open),
    SAKER_CALL(mq_unlink), SAKER_CALL(mq_timedsend), SAKER_CALL(mq_timedreceive),
    SAKER_CALL(mq_notify), SAKER_CALL(mq_getsetattr), SAKER_CALL(kexec_load), SAKER_CALL(waitid),
    SAKER_CALL(add_key), SAKER_CALL(request_key), SAKER_CALL(ioprio_set), SAKER_CALL(ioprio_get),
    SAKER_CALL(inotify_add_watch), SAKER_CALL(inotify_rm_watch), SAKER_CALL(futimesat),
    SAKER_CALL(readlinkat), SAKER_CALL(faccessat), SAKER_CALL(pselect6),
    SAKER_CALL(set_robust_list), SAKER_CALL(get_robust_list), SAKER_CALL(tee), SAKER_CALL(vmsplice),
    SAKER_CALL(getcpu), SAKER_CALL(epoll_pwait), SAKER_CALL(utimensat), SAKER_CALL(timerfd_settime),
    SAKER_CALL(timerfd_gettime), SAKER_CALL(rt_tgsigqueueinfo), SAKER_CALL(perf_event_open),
    SAKER_CALL(fanotify_init), SAKER_CALL(clock_adjtime), SAKER_CALL(syncfs), SAKER_CALL(msgsnd),
    SAKER_CALL(msgrcv), SAKER_CALL(msgget), SAKER_CALL(msgctl), SAKER_CALL(shmdt),
    SAKER_CALL(shmget), SAKER_CALL(shmctl), SAKER_CALL(arch_prctl), SAKER_CALL(shmat),
    SAKER_CALL(rt_sigreturn), SAKER_CALL(fallocate), SAKER_CALL(sigaltstack), SAKER_CALL(getrandom),
    SAKER_CALL(fadvise64), SAKER_CALL(fspick), SAKER_CALL(fsmount), SAKER_CALL(fsopen),
    SAKER_CALL(open_tree), SAKER_CALL(move_mount), SAKER_CALL(mount_setattr),
    SAKER_CALL(memfd_secret), SAKER_CALL(ioperm), SAKER_CALL(kexec_file_load),
    SAKER_CALL(pidfd_send_signal), SAKER_CALL(pkey_alloc), SAKER_CALL(pkey_mprotect),
    SAKER_CALL(pkey_free), SAKER_CALL(landlock_create_ruleset), SAKER_CALL(quotactl_fd),
    SAKER_CALL(landlock_restrict_self), SAKER_CALL(landlock_add_rule), SAKER_CALL(epoll_pwait2),
    SAKER_CALL(migrate_pages), SAKER_CALL(move_pages), SAKER_CALL(preadv2), SAKER_CALL(pwritev2),
    SAKER_CALL(kcmp), SAKER_CALL(sched_setattr), SAKER_CALL(mbind), SAKER_CALL(epoll_ctl_old),
    SAKER_CALL(lookup_dcookie), SAKER_CALL(modify_ldt), SAKER_CALL(statx),
    SAKER_CALL(set_mempolicy), SAKER_CALL(io_pgetevents), SAKER_CALL(set_mempolicy_home_node),
    SAKER_CALL(semtimedop), SAKER_CALL(get_kernel_syms), SAKER_CALL(readahead),
    SAKER_CALL(futex_waitv), SAKER_CALL(getpmsg), SAKER_CALL(name_to_handle_at),
    SAKER_CALL(process_mrelease), SAKER_CALL(nfsservctl), SAKER_CALL(epoll_wait_old),
    SAKER_CALL(rseq), SAKER_CALL(create_module), SAKER_CALL(sched_getattr), SAKER_CALL(faccessat2),
    SAKER_CALL(_sysctl), SAKER_CALL(query_module), SAKER_CALL(get_mempolicy),
    SAKER_CALL(sync_file_range), SAKER_CALL(process_madvise), SAKER_CALL(membarrier),
    SAKER_CALL(iopl), SAKER_CALL(fanotify_mark),
    // Younger than the headers of the oldest supported build host.
    SAKER_NEW_CALL(cachestat, 451), SAKER_NEW_CALL(fchmodat2, 452),
    SAKER_NEW_CALL(map_shadow_stack, 453), SAKER_NEW_CALL(futex_wake, 454),
    SAKER_NEW_CALL(futex_requeue, 456), SAKER_NEW_CALL(futex_wait, 455),
    SAKER_NEW_CALL(listmount, 458), SAKER_NEW_CALL(statmount, 457),
    SAKER_NEW_CALL(lsm_get_self_attr, 459), SAKER_NEW_CALL(lsm_set_self_attr, 460),
    SAKER_NEW_CALL(lsm_list_modules, 461), SAKER_NEW_CALL(mseal, 462),
    SAKER_NEW_CALL(removexattrat, 466), SAKER_NEW_CALL(listxattrat, 465),
    SAKER_NEW_CALL(getxattrat, 464), SAKER_NEW_CALL(setxattrat, 463),
    SAKER_NEW_CALL(open_tree_attr, 467), SAKER_NEW_CALL(file_getattr, 468),
    SAKER_NEW_CALL(file_setattr, 469), SAKER_NEW_CALL(listns, 470),
    SAKER_NEW_CALL(rseq_slice_yield, 471),
#if defined(__x86_64__)
    SAKER_NEW_CALL(uretprobe, 335), SAKER_NEW_CALL(uprobe, 336),
#else
    SAKER_CALL(uretprobe), SAKER_CALL(uprobe),
#endif
    // Other architectures, and calls that Linux dropped.
    SAKER_CALL(statfs64), SAKER_CALL(fstatfs64), SAKER_CALL(fstatat64), SAKER_CALL(bdflush),
    SAKER_CALL(sigprocmask), SAKER_CALL(ipc), SAKER_CALL(socketcall), SAKER_CALL(_newselect),
    SAKER_CALL(sgetmask), SAKER_CALL(ssetmask), SAKER_CALL(sigpending), SAKER_CALL(olduname),
    SAKER_CALL(signal), SAKER_CALL(nice), SAKER_CALL(stime), SAKER_CALL(waitpid),
    SAKER_CALL(timerfd), SAKER_CALL(s390_pci_mmio_read), SAKER_CALL(sigaction),
    SAKER_CALL(s390_pci_mmio_write), SAKER_CALL(readdir), SAKER_CALL(s390_sthyi),
    SAKER_CALL(sigsuspend), SAKER_CALL(idle), SAKER_CALL(s390_runtime_instr), SAKER_CALL(sigreturn),
    SAKER_CALL(s390_guarded_storage), SAKER_CALL(riscv_flush_icache), SAKER_CALL(riscv_hwprobe),
    SAKER_CALL(oldstat), SAKER_CALL(switch_endian), SAKER_CALL(multiplexer), SAKER_CALL(oldlstat),
    SAKER_CALL(spu_create), SAKER_CALL(sync_file_range2), SAKER_CALL(oldfstat), SAKER_CALL(spu_run),
    SAKER_CALL(swapcontext), SAKER_CALL(pciconfig_write), SAKER_CALL(rtas),
    SAKER_CALL(pciconfig_read), SAKER_CALL(sys_debug_setcontext), SAKER_CALL(vm86),
    SAKER_CALL(oldolduname), SAKER_CALL(subpage_prot), SAKER_CALL(pciconfig_iobase)};

#undef SAKER_NEW_CALL
#undef SAKER_CALL

// Events of other sources and of other sensors; their parameters are accepted and never there.
constexpr ParamDef kSyscall[] = {absent("ID", kSyscallId), absent("nativeID", kUint16)};
constexpr ParamDef kDrop[] = {absent("ratio", kUint32)};
constexpr ParamDef kSwitch[] = {absent("next", kPid),        absent("pgft_maj", kUint64),
                                absent("pgft_min", kUint64), absent("vm_size", kUint32),
                                absent("vm_rss", kUint32),   absent("vm_swap", kUint32)};
constexpr ParamDef kScapevent[] = {absent("event_type", kUint32), absent("event_data", kUint64)};
constexpr ParamDef kSignaldeliver[] = {absent("spid", kPid), absent("dpid", kPid),
                                       absent("sig", kSigType)};
constexpr ParamDef kProcinfo[] = {absent("cpu_usr", kUint64), absent("cpu_sys", kUint64)};
constexpr ParamDef kCpuHotplug[] = {absent("cpu", kUint32), absent("action", kUint32)};
constexpr ParamDef kNotification[] = {absent("id", kCharBuf), absent("desc", kCharBuf)};
constexpr ParamDef kInfra[] = {absent("source", kCharBuf), absent("name", kCharBuf),
                               absent("description", kCharBuf), absent("scope", kCharBuf)};
constexpr ParamDef kPageFault[] = {absent("addr", kUint64, PrintFormat::kHex),
                                   absent("ip", kUint64, PrintFormat::kHex),
                                   absent("error", kFlags32, PrintFormat::kHex)};
constexpr ParamDef kPluginevent[] = {absent("plugin_id", kUint32), absent("event_data", kByteBuf)};
constexpr ParamDef kContainer[] = {absent("json", kCharBuf)};
constexpr ParamDef kUseradded[] = {absent("uid", kUint32),    absent("gid", kUint32),
                                   absent("name", kCharBuf),  absent("home", kCharBuf),
                                   absent("shell", kCharBuf), absent("container_id", kCharBuf)};
constexpr ParamDef kUserdeleted[] = {absent("uid", kUint32),    absent("gid", kUint32),
                                     absent("name", kCharBuf),  absent("home", kCharBuf),
                                     absent("shell", kCharBuf), absent("container_id", kCharBuf)};
constexpr ParamDef kGroupadded[] = {absent("gid", kUint32), absent("name", kCharBuf),
                                    absent("container_id", kCharBuf)};
constexpr ParamDef kGroupdeleted[] = {absent("gid", kUint32), absent("name", kCharBuf),
                                      absent("container_id", kCharBuf)};
constexpr ParamDef kAsyncevent[] = {absent("plugin_id", kUint32), absent("name", kCharBuf),
                                    absent("data", kByteBuf)};
constexpr ParamDef kTask[] = {absent("ppid", kPid),
                              absent("pgid", kPid),
                              absent("vpgid", kPid),
                              absent("sid", kPid),
                              absent("comm", kCharBuf),
                              absent("argv", kByteBuf),
                              absent("exepath", kFsPath),
                              absent("flags", kFlags32, PrintFormat::kHex),
                              absent("env", kByteBuf),
                              absent("cwd", kCharBuf),
                              absent("fdlimit", kUint64),
                              absent("euid", kUid),
                              absent("egid", kGid),
                              absent("cap_permitted", kUint64, PrintFormat::kHex),
                              absent("cap_effective", kUint64, PrintFormat::kHex),
                              absent("cap_inheritable", kUint64, PrintFormat::kHex),
                              absent("exe_ino_num", kUint64),
                              absent("exe_ino_ctime", kAbsTime),
                              absent("exe_ino_mtime", kAbsTime),
                              absent("vm_size", kUint32),
                              absent("vm_rss", kUint32),
                              absent("vm_swap", kUint32),
                              absent("pgft_maj", kUint64),
                              absent("pgft_min", kUint64),
                              absent("vtgid", kPid),
                              absent("vpid", kPid),
                              absent("pidns_init_start_ts", kUint64),
                              absent("cgroups", kByteBuf),
                              absent("root", kFsPath),
                              absent("start_time", kAbsTime),
                              absent("tty", kUint32),
                              absent("loginuid", kUid)};
constexpr ParamDef kTaskFilePipe[] = {absent("fd", kFd), absent("path", kFsPath),
                                      absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileMemfd[] = {absent("fd", kFd), absent("path", kFsPath),
                                       absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileRegular[] = {absent("fd", kFd), absent("path", kFsPath),
                                         absent("flags", kFlags32, PrintFormat::kHex),
                                         absent("mnt_id", kUint32), absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileDirectory[] = {absent("fd", kFd), absent("path", kFsPath),
                                           absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileSocketInet[] = {absent("fd", kFd),
                                            absent("sk_type", kUint16),
                                            absent("sk_proto", kUint16),
                                            absent("local_ip", kIpAddr, PrintFormat::kHex),
                                            absent("local_port", kPort, PrintFormat::kHex),
                                            absent("remote_ip", kIpAddr, PrintFormat::kHex),
                                            absent("remote_port", kPort, PrintFormat::kHex),
                                            absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileSocketInet6[] = {absent("fd", kFd),
                                             absent("sk_type", kUint16),
                                             absent("sk_proto", kUint16),
                                             absent("local_ip", kIpAddr, PrintFormat::kHex),
                                             absent("local_port", kPort, PrintFormat::kHex),
                                             absent("remote_ip", kIpAddr, PrintFormat::kHex),
                                             absent("remote_port", kPort, PrintFormat::kHex),
                                             absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileSocketUnix[] = {
    absent("fd", kFd),           absent("sk_type", kUint16),
    absent("sk_proto", kUint16), absent("sk_pointer", kUint64),
    absent("sun_path", kFsPath), absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileSocketNetlink[] = {absent("fd", kFd), absent("sk_type", kUint16),
                                               absent("sk_proto", kUint16),
                                               absent("ino_num", kUint64)};
constexpr ParamDef kTaskFileAnonInode[] = {absent("fd", kFd), absent("fd_type", kFlags8),
                                           absent("path", kFsPath), absent("ino_num", kUint64)};

constexpr EventDef foreign(std::string_view name, std::span<const ParamDef> params = {}) {
  EventDef def;
  def.name = name;
  def.flags = kEventNotSyscall;
  def.params = params;
  return def;
}

constexpr EventDef kForeignEvents[] = {
    foreign("syscall", kSyscall), foreign("drop", kDrop), foreign("switch", kSwitch),
    foreign("scapevent", kScapevent), foreign("signaldeliver", kSignaldeliver),
    foreign("procinfo", kProcinfo), foreign("cpu_hotplug", kCpuHotplug),
    foreign("notification", kNotification), foreign("infra", kInfra),
    foreign("page_fault", kPageFault), foreign("pluginevent", kPluginevent),
    foreign("container", kContainer), foreign("useradded", kUseradded),
    foreign("userdeleted", kUserdeleted), foreign("groupadded", kGroupadded),
    foreign("groupdeleted", kGroupdeleted), foreign("asyncevent", kAsyncevent),
    foreign("task", kTask), foreign("task_file_pipe", kTaskFilePipe),
    foreign("task_file_memfd", kTaskFileMemfd), foreign("task_file_regular", kTaskFileRegular),
    foreign("task_file_directory", kTaskFileDirectory),
    foreign("task_file_socket_inet", kTaskFileSocketInet),
    foreign("task_file_socket_inet6", kTaskFileSocketInet6),
    foreign("task_file_socket_unix", kTaskFileSocketUnix),
    foreign("task_file_socket_netlink", kTaskFileSocketNetlink),
    foreign("task_file_anon_inode", kTaskFileAnonInode),
    // Names of calls and tracepoints whose event has another name.
    foreign("prlimit64"), foreign("sendfile64"), foreign("ugetrlimit"), foreign("fcntl64"),
    foreign("_llseek"), foreign("pread64"), foreign("pwrite64"), foreign("setuid32"),
    foreign("getuid32"), foreign("setgid32"), foreign("geteuid32"), foreign("getgid32"),
    foreign("setresuid32"), foreign("setresgid32"), foreign("getresuid32"), foreign("getresgid32"),
    foreign("getegid32"), foreign("na_1"), foreign("sched_process_exit"), foreign("sched_switch"),
    foreign("page_fault_user"), foreign("page_fault_kernel"), foreign("signal_deliver")};

}  // namespace

std::span<const SyscallName> generic_syscalls() { return kGenericSyscalls; }

std::span<const EventDef> foreign_events() { return kForeignEvents; }

}  // namespace saker::rows
