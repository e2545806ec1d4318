/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The filter: whether any rule can be about the call at hand (filter_wire.h). */
#ifndef SAKER_PROBES_BPF_LIB_FILTER_H
#define SAKER_PROBES_BPF_LIB_FILTER_H

#include "probes/bpf/lib/fill.h"

/*
 * Of the call whose arguments are in the scratch memory, which the caller has taken. 0: no rule
 * holds for it, whatever user space may find out. Global, as the functions of append.h.
 */
int filter_passes(__u32 nr);

/* Call when a process begins and when it has executed something; and when it has ended. */
static __always_inline void remember_process(struct task_struct *task) {
  __u32 tgid = task->tgid;
  struct ev_known_process known = {.start_boot_ns = task->group_leader->start_boottime};
  ((__u64 *)known.name)[0] = *(const __u64 *)&task->comm[0];
  ((__u64 *)known.name)[1] = *(const __u64 *)&task->comm[8];
  /* Where there is no room, rules that ask for names see all events of the process. */
  bpf_map_update_elem(&known_processes, &tgid, &known, BPF_ANY);
}

static __always_inline void forget_process(struct task_struct *task) {
  __u32 tgid = task->tgid;
  bpf_map_delete_elem(&known_processes, &tgid);
}

#endif /* SAKER_PROBES_BPF_LIB_FILTER_H */
