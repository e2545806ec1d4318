/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kills where no LSM hook can be had: when the call has returned, and so after the fact. A program
 * of its own, so that it costs nothing where no rule asks for it.
 */
#include "probes/bpf/lib/policy.h"

static __always_inline __u64 descriptor_of(struct scratch *s, struct task_struct *task,
                                           const struct ev_filter_call *call) {
  if (call->fd_arg == EV_NO_ARG || (call->fd_on_success && (__s64)s->args[EV_ARG_RET] < 0)) {
    return 0;
  }
  return file_of(task, (__s32)s->args[call->fd_arg & 7]);
}

/* The first act that holds, of the two that can be had here. */
static __always_inline __u32 decide_call(struct scratch *s, const struct ev_filter_call *call) {
  int kills = call->kill ? ask_group(s, call->kill) : ANSWER_NO;
  if (kills == ANSWER_YES) {
    return EV_DECISION_KILLED;
  }
  int would_kill = call->would_kill ? ask_group(s, call->would_kill) : ANSWER_NO;
  return would_kill == ANSWER_YES                                  ? EV_DECISION_WOULD_KILL
         : kills == ANSWER_UNKNOWN || would_kill == ANSWER_UNKNOWN ? EV_DECISION_UNDECIDED
                                                                   : EV_DECISION_NONE;
}

static __always_inline void report_call(struct scratch *s, __u32 nr, __u64 file, __u32 decision) {
  decision = begin_decision(s->index, EV_HOOK_AFTER_CALL, decision);
  if (decision == EV_DECISION_KILLED) {
    bpf_send_signal(SIGKILL);
  }
  if (decision == EV_DECISION_NONE || s->size == 0) {
    return;
  }
  struct ev_syscall *body = record_body(s);
  body->ret = s->args[EV_ARG_RET];
  __builtin_memcpy(body->args, s->args, sizeof(body->args));
  body->nr = nr;
  append_cgroup(s->index);
  if (file) {
    append_file(s->index, file, (__s32)body->ret, 0);
  }
  record_submit(s, EV_SYSCALL);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(hook_call_return, struct pt_regs *regs, long ret) {
  struct task_struct *task = current_task();
  bool compat = is_compat(task);
  __u32 nr = native_syscall_nr(raw_syscall_nr(regs), compat);
  if (nr >= EV_SYSCALLS) {
    return 0;
  }
  __u32 generation = filter_generation;
  const struct ev_filter_call *call = call_in_filter(generation & (FILTER_TABLES - 1), nr);
  if (!call->kill && !call->would_kill) {
    return 0;
  }
  struct scratch *s = take_level();
  if (!s) {
    count_drop(EV_DROP_SCRATCH, EV_SYSCALL);
    count_decision(EV_HOOK_AFTER_CALL, EV_DECISION_UNDECIDED);
    return 0;
  }
  operation_clear(s, task, generation);
  read_args(s->args, regs, compat);
  s->args[EV_ARG_RET] = ret;
  know(s, EV_DIM_RESULT, ret < 0);
  __u64 file = descriptor_of(s, task, call);
  if (file) {
    know_file(s, file);
    know_intent(s, file);
  }
  __u32 decision = decide_call(s, call);
  if (decision != EV_DECISION_NONE) {
    report_call(s, nr, file, decision);
  }
  give_back(s);
  return 0;
}
