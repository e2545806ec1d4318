/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hooks on processes and on the kernel itself: what is decided about needs no path. */
#include "probes/bpf/lib/policy.h"

/* `arg`, `value`: see know_arg(). */
static __always_inline int decide_plain(__u32 hook, __u32 arg, __u32 value) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  know_arg(s, arg, value);
  return operation_finish(s);
}

/* The number is the argument. */
static __always_inline int decide_number(__u32 hook, __u32 arg, __u32 number) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  know_number(s, number);
  know_arg(s, arg, number);
  return operation_finish(s);
}

/* Reading /proc/PID asks too; only attaching is meant. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(hook_ptrace_access_check, struct task_struct *child, unsigned int mode) {
  return mode & PTRACE_MODE_ATTACH ? decide_plain(EV_HOOK_PTRACE_ACCESS, 0, PTRACE_ATTACH) : 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(hook_task_alloc, struct task_struct *task, unsigned long flags) {
  return decide_plain(EV_HOOK_TASK_ALLOC, NO_ARG, 0);
}

/* Signal 0 only asks whether there is such a process. `cred`: not of the task that sends it. */
SEC("lsm/task_kill")
int BPF_PROG(hook_task_kill, struct task_struct *target, void *info, int signal) {
  return signal != 0 ? decide_number(EV_HOOK_TASK_KILL, 1, signal) : 0;
}

SEC("lsm/task_fix_setuid")
int BPF_PROG(hook_task_fix_setuid, struct cred *changed, const struct cred *old, int flags) {
  return decide_number(EV_HOOK_TASK_SETUID, NO_ARG, changed->euid.val);
}

/*
 * Asked only about a capability that the process has. Without audit the kernel looks how generous
 * it may be: nothing fails for that.
 */
SEC("lsm/capable")
int BPF_PROG(hook_capable, const struct cred *cred, void *ns, int capability,
             unsigned int options) {
  struct scratch *s = operation_begin(EV_HOOK_CAPABLE);
  if (!s) {
    return 0;
  }
  know_number(s, capability);
  know_arg(s, 0, capability);
  decided(s);
  if (options & CAP_OPT_NOAUDIT) {
    s->size = 0;
  }
  return operation_end(s);
}

SEC("lsm/kernel_module_request")
int BPF_PROG(hook_kernel_module_request, char *name) {
  struct scratch *s = operation_begin(EV_HOOK_MODULE_REQUEST);
  if (!s) {
    return 0;
  }
  if (decided(s)) {
    append_kernel_string(s, name);
  }
  return operation_end(s);
}

/* init_module; finit_module reads a file (hook_kernel_read_file). */
SEC("lsm/kernel_load_data")
int BPF_PROG(hook_kernel_load_data, int id) {
  bool is_module = (__u32)id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE);
  return is_module ? decide_plain(EV_HOOK_KERNEL_LOAD_DATA, NO_ARG, 0) : 0;
}

SEC("lsm/bpf")
int BPF_PROG(hook_bpf, int command) { return decide_number(EV_HOOK_BPF, 0, command); }

SEC("lsm/uring_sqpoll")
int BPF_PROG(hook_uring_sqpoll) { return decide_plain(EV_HOOK_URING_SQPOLL, NO_ARG, 0); }

SEC("lsm/userns_create")
int BPF_PROG(hook_userns_create) { return decide_plain(EV_HOOK_USERNS_CREATE, 0, CLONE_NEWUSER); }
