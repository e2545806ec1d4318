/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The syscall a task is in: its number in the native table and its arguments. */
#ifndef SAKER_PROBES_BPF_LIB_SYSCALL_H
#define SAKER_PROBES_BPF_LIB_SYSCALL_H

#include "probes/bpf/lib/fill.h"
#include "probes/bpf/lib/read.h"

#define NO_SYSCALL EV_SYSCALLS

/* Native numbers of the 32-bit table's calls; NO_SYSCALL: has no plan. Indexed by 32-bit number. */
extern const volatile __u16 native_of_compat[EV_SYSCALLS];
/* Native numbers of which a string is read when the call begins. */
extern __u64 enter_wanted[EV_SYSCALLS / 64];
/* The sensor's own process: its number in its pid namespace, and which namespace that is. */
extern const volatile __u32 sensor_pid;
extern const volatile __u32 sensor_pid_ns;

#if defined(__TARGET_ARCH_x86)

#define NR_OPEN 2
#define NR_EXECVE 59
#define NR_CREAT 85
#define NR_OPENAT 257
#define NR_EXECVEAT 322
#define X32_BIT 0x40000000u

static __always_inline __u32 raw_syscall_nr(struct pt_regs *regs) {
  return (__u32)regs->orig_ax & ~X32_BIT;
}

static __always_inline void read_args(__u64 *args, struct pt_regs *regs, bool compat) {
  if (compat) {
    args[0] = (__u32)regs->bx;
    args[1] = (__u32)regs->cx;
    args[2] = (__u32)regs->dx;
    args[3] = (__u32)regs->si;
    args[4] = (__u32)regs->di;
    args[5] = (__u32)regs->bp;
    return;
  }
  args[0] = regs->di;
  args[1] = regs->si;
  args[2] = regs->dx;
  args[3] = regs->r10;
  args[4] = regs->r8;
  args[5] = regs->r9;
}

/* The same of registers at an address. */
static __always_inline __u32 saved_syscall_nr(__u64 regs) {
  return (__u32)KERNEL_MEMBER(struct pt_regs, regs, orig_ax) & ~X32_BIT;
}

static __always_inline void read_saved_args(__u64 *args, __u64 regs, bool compat) {
  if (compat) {
    args[0] = (__u32)KERNEL_MEMBER(struct pt_regs, regs, bx);
    args[1] = (__u32)KERNEL_MEMBER(struct pt_regs, regs, cx);
    args[2] = (__u32)KERNEL_MEMBER(struct pt_regs, regs, dx);
    args[3] = (__u32)KERNEL_MEMBER(struct pt_regs, regs, si);
    args[4] = (__u32)KERNEL_MEMBER(struct pt_regs, regs, di);
    args[5] = (__u32)KERNEL_MEMBER(struct pt_regs, regs, bp);
    return;
  }
  args[0] = KERNEL_MEMBER(struct pt_regs, regs, di);
  args[1] = KERNEL_MEMBER(struct pt_regs, regs, si);
  args[2] = KERNEL_MEMBER(struct pt_regs, regs, dx);
  args[3] = KERNEL_MEMBER(struct pt_regs, regs, r10);
  args[4] = KERNEL_MEMBER(struct pt_regs, regs, r8);
  args[5] = KERNEL_MEMBER(struct pt_regs, regs, r9);
}

#elif defined(__TARGET_ARCH_arm64)

#define NR_OPENAT 56
#define NR_EXECVE 221
#define NR_EXECVEAT 281

static __always_inline __u32 raw_syscall_nr(struct pt_regs *regs) { return regs->syscallno; }

static __always_inline void read_args(__u64 *args, struct pt_regs *regs, bool compat) {
  __u64 mask = compat ? 0xffffffffull : ~0ull;
  args[0] = regs->orig_x0 & mask;
  args[1] = regs->regs[1] & mask;
  args[2] = regs->regs[2] & mask;
  args[3] = regs->regs[3] & mask;
  args[4] = regs->regs[4] & mask;
  args[5] = regs->regs[5] & mask;
}

static __always_inline __u32 saved_syscall_nr(__u64 regs) {
  return KERNEL_MEMBER(struct pt_regs, regs, syscallno);
}

static __always_inline void read_saved_args(__u64 *args, __u64 regs, bool compat) {
  __u64 mask = compat ? 0xffffffffull : ~0ull;
  args[0] = KERNEL_MEMBER(struct pt_regs, regs, orig_x0) & mask;
  args[1] = KERNEL_MEMBER(struct pt_regs, regs, regs[1]) & mask;
  args[2] = KERNEL_MEMBER(struct pt_regs, regs, regs[2]) & mask;
  args[3] = KERNEL_MEMBER(struct pt_regs, regs, regs[3]) & mask;
  args[4] = KERNEL_MEMBER(struct pt_regs, regs, regs[4]) & mask;
  args[5] = KERNEL_MEMBER(struct pt_regs, regs, regs[5]) & mask;
}

#endif

#define KERNEL_STACK_SIZE 16384 /* of both, before 5.15 */

/* Where the registers are kept with which the task came into the kernel. */
static __always_inline __u64 saved_registers(struct scratch *s, struct task_struct *task) {
  if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs)) { /* since 5.15 */
    return number_of(s, (void *)bpf_task_pt_regs(bpf_get_current_task_btf()));
  }
  return (__u64)READ(task, stack) + KERNEL_STACK_SIZE - bpf_core_type_size(struct pt_regs);
}

/* NO_SYSCALL when it is not one of the table. */
static __always_inline __u32 native_syscall_nr(__u32 raw, bool compat) {
  if (raw >= EV_SYSCALLS) {
    return NO_SYSCALL;
  }
  BOUNDED(raw);
  return compat ? native_of_compat[raw & (EV_SYSCALLS - 1)] : raw;
}

static __always_inline bool has_bit(const volatile __u64 *bits, __u32 nr) {
  return bits[(nr & (EV_SYSCALLS - 1)) / 64] >> (nr % 64) & 1;
}

static __always_inline bool has_sensor_pid(struct task_struct *task) {
  if (sensor_pid_ns == PID_NS_OF_HOST) {
    return (__u32)READ(task, tgid) == sensor_pid;
  }
  struct pid *pid = READ(task, signal, pids[PIDTYPE_TGID]);
  return pid_at(pid, READ(task, thread_pid, level)) == sensor_pid &&
         pid_namespace_inum(task) == sensor_pid_ns;
}

/* Whether this is a thread of the sensor: what it does is no event. Its children's is. */
static __always_inline bool is_sensor(struct task_struct *task) {
  return has_sensor_pid(task) && !attendance.sensor_has_ended;
}

/* The struct file of a descriptor of the current task; 0 when it is not open. */
static __always_inline __u64 file_of(struct task_struct *task, __s32 fd) {
  struct fdtable *table = READ(task, files, fdt);
  if (fd < 0 || (__u32)fd >= READ(table, max_fds)) {
    return 0;
  }
  __u64 file = 0;
  bpf_probe_read_kernel(&file, sizeof(file), READ(table, fd) + fd);
  return file;
}

static __always_inline __s32 base_fd(const struct ev_plan_step *step, __u64 arg) {
  return step->arg == EV_ARG_CWD ? AT_FDCWD : (__s32)arg;
}

/* The directory that a path argument is relative to. False: the descriptor is not open. */
static __always_inline bool base_of(struct task_struct *task, __s32 fd, __u64 *mnt, __u64 *dentry) {
  if (fd == AT_FDCWD) {
    struct fs_struct *fs = READ(task, fs);
    *mnt = (__u64)READ(fs, pwd.mnt);
    *dentry = (__u64)READ(fs, pwd.dentry);
    return true;
  }
  __u64 address = file_of(task, fd);
  if (!address) {
    return false;
  }
  *mnt = (__u64)KERNEL_MEMBER(struct file, address, f_path.mnt);
  *dentry = (__u64)KERNEL_MEMBER(struct file, address, f_path.dentry);
  return true;
}

#endif /* SAKER_PROBES_BPF_LIB_SYSCALL_H */
