/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Strings that another thread could rewrite while the call runs are read when it begins, and kept
 * by thread until it returns. A string whose page is not in memory yet cannot be read here; the
 * handler then reads it at the end and says so (EV_SYSF_ENTER_MISSED).
 */
#include "probes/bpf/lib/syscall.h"

/* Bit per number in either table that may be wanted, and per native number that is. */
__u64 enter_candidates[EV_SYSCALLS / 64] = {};
__u64 enter_wanted[EV_SYSCALLS / 64] = {};

static __always_inline void stash_string(struct stash *stash, __u32 slot, __u64 address) {
  slot &= EV_SLOTS - 1;
  long len = bpf_probe_read_user_str(stash->text[slot], STASH_STRING_MAX, (void *)address);
  if (len > 0 && len <= STASH_STRING_MAX) {
    /* When the buffer is full its last byte may have been cut off: kept as truncated. */
    stash->size[slot] = len == STASH_STRING_MAX ? STASH_STRING_MAX - 1 : len - 1;
    stash->truncated |= (len == STASH_STRING_MAX) << slot;
    stash->present |= 1u << slot;
  }
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long raw_nr) {
  __u32 raw = raw_syscall_nr(regs);
  if (raw >= EV_SYSCALLS || !has_bit(enter_candidates, raw)) {
    return 0;
  }
  bool compat = is_compat(bpf_get_current_task_btf());
  __u32 nr = native_syscall_nr(raw, compat);
  if (nr >= EV_SYSCALLS || !has_bit(enter_wanted, nr)) {
    return 0;
  }
  const struct ev_plan *plan = bpf_map_lookup_elem(&plans, &nr);
  struct scratch *s = scratch_here();
  if (!plan || !s || s->busy) {
    return 0;
  }
  struct stash *stash = &s->stash;
  __u64 args[8] = {};
  read_args(args, regs, compat);
  stash->nr = nr;
  stash->present = 0;
  stash->truncated = 0;
  for (int i = 0; i < EV_PLAN_STEPS; i++) {
    const struct ev_plan_step *step = &plan->steps[i];
    if (i >= plan->n_steps) {
      break;
    }
    if (step->op == EV_OP_STRING && step->flags & EV_STEPF_AT_ENTER) {
      stash_string(stash, step->slot, args[step->arg & 7]);
    }
  }
  __u64 pid_tgid = bpf_get_current_pid_tgid();
  if (stash->present && bpf_map_update_elem(&stashes, &pid_tgid, stash, BPF_ANY)) {
    count_drop(EV_DROP_STASH_FULL, EV_SYSCALL);
  }
  return 0;
}
