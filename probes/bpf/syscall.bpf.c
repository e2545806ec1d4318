/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Dispatcher: the only program that runs for every syscall while it is attached. A bitmap says in a
 * load or two whether anybody wants the call; the handler is reached by a tail call.
 */
#include "probes/bpf/lib/syscall.h"

#include "probes/bpf/lib/guard.h"

const volatile bool has_rdonly_cast = false;
const volatile __u32 scratch_levels = 1;
const volatile __u64 high_water_bytes = 0;
const volatile __u16 native_of_compat[EV_SYSCALLS] = {};
const volatile __u32 sensor_pid = 0;
const volatile __u32 sensor_pid_ns = 0;

/* Bit per number in either table that may be wanted, and per native number that is. */
__u64 exit_candidates[EV_SYSCALLS / 64] = {};
__u64 exit_wanted[EV_SYSCALLS / 64] = {};

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long ret) {
  __u32 raw = raw_syscall_nr(regs);
  if (raw >= EV_SYSCALLS || !has_bit(exit_candidates, raw)) {
    return 0;
  }
  struct task_struct *task = current_task();
  __u32 nr = native_syscall_nr(raw, is_compat(task));
  if (nr >= EV_SYSCALLS || !has_bit(exit_wanted, nr)) {
    return 0;
  }
  if (is_sensor(task) && !is_word(regs, nr)) {
    struct ev_stats *here = stats_here();
    if (here) {
      here->ignored_own++;
    }
    return 0;
  }
  bpf_tail_call(ctx, &handlers, nr);
  count_drop(EV_DROP_TAIL_CALL, EV_SYSCALL);
  return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
