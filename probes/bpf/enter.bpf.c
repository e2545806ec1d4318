/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What another thread could rewrite while the call runs is read when it begins, and kept by thread
 * until it returns. A string whose page is not in memory yet cannot be read here; the handler then
 * reads it at the end and says so (EV_SYSF_ENTER_MISSED).
 */
#include "probes/bpf/lib/syscall.h"

/* Bit per number in either table that may be wanted, and per native number that is. */
__u64 enter_candidates[EV_SYSCALLS / 64] = {};
__u64 enter_wanted[EV_SYSCALLS / 64] = {};

static __always_inline void stash_string(struct stash *stash, __u32 slot, __u64 address) {
  long len = bpf_probe_read_user_str(stash->text[slot], STASH_STRING_MAX, (void *)address);
  if (len > 0 && len <= STASH_STRING_MAX) {
    stash->size[slot] = len - 1;
    stash->present |= STASHED_STRING(slot);
    if (len == STASH_STRING_MAX) { /* full, the NUL included: taken as cut off */
      stash->truncated |= STASHED_STRING(slot);
    }
  }
}

static __always_inline void stash_step(struct stash *stash, const struct ev_plan_step *step,
                                       struct task_struct *task, __u64 arg) {
  __u32 slot = step->slot & (EV_SLOTS - 1);
  __u32 size = step->size;
  switch (step->op) {
    case EV_OP_STRING:
      stash_string(stash, slot, arg);
      break;
    case EV_OP_BASE:
      if (base_of(task, base_fd(step, arg), &stash->base_mnt[slot], &stash->base_dentry[slot])) {
        stash->present |= STASHED_BASE(slot);
      }
      break;
    case EV_OP_STRUCT:
      if (size <= STASH_BYTES_MAX && !bpf_probe_read_user(stash->bytes, size, (void *)arg)) {
        stash->bytes_size = size;
        stash->present |= STASHED_BYTES;
      }
      break;
    case EV_OP_CAPS:
      read_caps(&stash->caps, READ(task, cred));
      stash->present |= STASHED_CAPS;
      break;
  }
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long raw_nr) {
  __u32 raw = raw_syscall_nr(regs);
  if (raw >= EV_SYSCALLS || !has_bit(enter_candidates, raw)) {
    return 0;
  }
  struct task_struct *task = current_task();
  bool compat = is_compat(task);
  __u32 nr = native_syscall_nr(raw, compat);
  if (nr >= EV_SYSCALLS || !has_bit(enter_wanted, nr) || is_sensor(task)) {
    return 0;
  }
  const struct ev_plan *plan = bpf_map_lookup_elem(&plans, &nr);
  struct scratch *s = plan ? scratch_try() : NULL;
  if (!s) {
    return 0;
  }
  read_args(s->args, regs, compat);
  struct stash *stash = &s->stash;
  struct fs_struct *fs = READ(task, fs);
  stash->nr = nr;
  stash->present = 0;
  stash->truncated = 0;
  stash->root_mnt = (__u64)READ(fs, root.mnt);
  stash->root_dentry = (__u64)READ(fs, root.dentry);
  for (int i = 0; i < EV_PLAN_STEPS; i++) {
    const struct ev_plan_step *step = &plan->steps[i];
    if (i >= plan->n_steps) {
      break;
    }
    if (step->flags & EV_STEPF_AT_ENTER) {
      stash_step(stash, step, task, s->args[step->arg & 7]);
    }
  }
  __u64 pid_tgid = bpf_get_current_pid_tgid();
  if (stash->present && bpf_map_update_elem(&stashes, &pid_tgid, stash, BPF_ANY)) {
    count_drop(EV_DROP_STASH_FULL, EV_SYSCALL);
  }
  scratch_release(s);
  return 0;
}
