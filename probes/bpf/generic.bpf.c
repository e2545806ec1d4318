/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The handler of every syscall: reads what the capture plan says (wire.h, struct ev_plan). */
#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/syscall.h"

/* The struct file of a descriptor of the current task; 0 when it is not open. */
static __always_inline __u64 file_of(struct task_struct *task, __s32 fd) {
  struct fdtable *table = task->files->fdt;
  if (fd < 0 || (__u32)fd >= table->max_fds) {
    return 0;
  }
  __u64 file = 0;
  bpf_probe_read_kernel(&file, sizeof(file), table->fd + fd);
  return file;
}

static __noinline int append_cwd(__u32 kind, __u32 slot) {
  struct task_struct *task = bpf_get_current_task_btf();
  struct path pwd;
  bpf_core_read(&pwd, sizeof(pwd), &task->fs->pwd);
  return append_path(kind, slot, (__u64)pwd.mnt, (__u64)pwd.dentry);
}

static __noinline int append_base(__s32 fd, __u32 slot) {
  if (fd == AT_FDCWD) {
    return append_cwd(EV_SEC_BASE, slot);
  }
  __u64 file = file_of(bpf_get_current_task_btf(), fd);
  if (file) {
    struct path path;
    bpf_core_read(&path, sizeof(path), &((struct file *)file)->f_path);
    append_path(EV_SEC_BASE, slot, (__u64)path.mnt, (__u64)path.dentry);
  }
  return 0;
}

static __noinline int append_descriptor(__s32 fd, __u32 slot) {
  __u64 file = file_of(bpf_get_current_task_btf(), fd);
  if (file) {
    append_file(file, fd, slot);
  }
  return 0;
}

/* STRING[slot] as it was when the call began. False: not there. */
static __always_inline bool append_stashed(struct scratch *s, const struct stash *stash,
                                           __u32 slot) {
  slot &= EV_SLOTS - 1;
  if (!(stash->present >> slot & 1)) {
    return false;
  }
  struct ev_section *section = section_open(s, EV_SEC_STRING, slot, STASH_STRING_MAX);
  __u32 size = stash->size[slot];
  if (!section || size > STASH_STRING_MAX) {
    return false;
  }
  BOUNDED(size);
  bpf_probe_read_kernel(section + 1, size, stash->text[slot]);
  s->first[slot] = stash->text[slot][0];
  bool cut = stash->truncated >> slot & 1;
  section_close(s, section, size, cut ? 0 : size, cut ? EV_SECF_TRUNCATED : 0);
  return true;
}

static __always_inline void append_string(struct scratch *s, const struct ev_plan_step *step,
                                          __u64 address, const struct stash *stash) {
  struct ev_syscall *body = record_body(s);
  __u32 slot = step->slot & (EV_SLOTS - 1);
  if (step->flags & EV_STEPF_AT_ENTER) {
    if (stash && append_stashed(s, stash, slot)) {
      body->flags |= EV_SYSF_ARGS_FROM_ENTER;
      return;
    }
    body->flags |= EV_SYSF_ENTER_MISSED;
  }
  s->first[slot] = append_user_string(address, slot);
}

/* A length given by value or, with DEREF, behind a pointer. */
static __always_inline __u32 length_of(const struct ev_plan_step *step, __u64 value) {
  __s32 length = value > 0x7fffffff ? 0x7fffffff : value;
  if (step->flags & EV_STEPF_DEREF) {
    length = 0;
    bpf_probe_read_user(&length, sizeof(length), (void *)value);
  } else if ((__s64)value < 0) {
    length = 0; /* a return value that says "failed" */
  }
  return length < 0 ? 0 : length;
}

static __always_inline void run_step(struct scratch *s, const struct ev_plan_step *step,
                                     const struct stash *stash) {
  __u64 arg = s->args[step->arg & 7];
  __u64 arg2 = s->args[step->arg2 & 7];
  __u32 slot = step->slot & (EV_SLOTS - 1);
  switch (step->op) {
    case EV_OP_STRING:
      append_string(s, step, arg, stash);
      break;
    case EV_OP_BASE:
      if (s->first[slot] != '/') {
        append_base(step->arg == EV_ARG_CWD ? AT_FDCWD : (__s32)arg, slot);
      }
      break;
    case EV_OP_FD:
      append_descriptor((__s32)arg, slot);
      break;
    case EV_OP_SOCKADDR:
      append_user_bytes(EV_SEC_SOCKADDR, arg, length_of(step, arg2), EV_SOCKADDR_MAX);
      break;
    case EV_OP_MSGHDR:
      if (!(record_task(s)->flags & EV_TASKF_COMPAT)) { /* another layout there */
        append_user_msghdr(arg, s->args[EV_ARG_RET], step->size);
      }
      break;
    case EV_OP_BYTES:
      append_user_bytes(EV_SEC_BYTES, arg, length_of(step, arg2), step->size);
      break;
    case EV_OP_STRUCT:
      append_user_bytes(EV_SEC_BYTES, arg, step->size, step->size);
      break;
    case EV_OP_CWD:
      append_cwd(EV_SEC_CWD, 0);
      break;
  }
}

static __always_inline bool is_due(const struct ev_plan_step *step, __s64 ret) {
  return !(step->flags & EV_STEPF_ON_SUCCESS && ret < 0) &&
         !(step->flags & EV_STEPF_ON_FAILURE && ret >= 0);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_generic, struct pt_regs *regs, long ret) {
  struct task_struct *task = bpf_get_current_task_btf();
  bool compat = is_compat(task);
  __u32 nr = native_syscall_nr(raw_syscall_nr(regs), compat);
  const struct ev_plan *plan = bpf_map_lookup_elem(&plans, &nr);
  if (!plan || ((nr == NR_EXECVE || nr == NR_EXECVEAT) && ret == 0)) {
    return 0; /* a successful exec is told by sched_process_exec */
  }
  struct scratch *s = record_begin(EV_SYSCALL, sizeof(struct ev_syscall));
  if (!s) {
    return 0;
  }
  fill_task(s, task);
  read_args(s->args, regs, compat);
  s->args[EV_ARG_RET] = ret;
  s->first[0] = s->first[1] = 0;
  struct ev_syscall *body = record_body(s);
  body->ret = ret;
  __builtin_memcpy(body->args, s->args, sizeof(body->args));
  body->nr = nr;
  body->flags = 0;

  __u64 pid_tgid = 0;
  struct stash *stash = NULL;
  if (has_bit(enter_wanted, nr)) {
    pid_tgid = bpf_get_current_pid_tgid();
    stash = bpf_map_lookup_elem(&stashes, &pid_tgid);
    if (stash && stash->nr != nr) {
      stash = NULL;
    }
  }
  for (int i = 0; i < EV_PLAN_STEPS; i++) {
    if (i >= plan->n_steps) {
      break;
    }
    if (is_due(&plan->steps[i], ret)) {
      run_step(s, &plan->steps[i], stash);
    }
  }
  if (stash) {
    bpf_map_delete_elem(&stashes, &pid_tgid);
  }
  record_submit(s, EV_SYSCALL);
  return 0;
}
