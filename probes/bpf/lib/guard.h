/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Guard: whoever lays hands on the sensor is told of. What is guarded is known by the addresses of
 * the kernel's own objects, so neither numbers of other namespaces nor names matter, and nothing is
 * asked of a call that cannot be meant.
 */
#ifndef SAKER_PROBES_BPF_LIB_GUARD_H
#define SAKER_PROBES_BPF_LIB_GUARD_H

#include "probes/bpf/lib/syscall.h"

/* Of one kind of act in a window of time; more are dropped as throttled. */
#define GUARD_RECORDS_MAX 64
#define GUARD_WINDOW_SHIFT 27 /* 134 ms */

/* What has been told of one kind of act. */
struct guard_told {
  __u64 window;
  __u64 by; /* pid_tgid */
  struct ev_guard what;
  __u32 records; /* in the window */
  __u32 pad;
};

/* The handler that calls of the rules come to behind that of the guard. */
#define HANDLER_OF_RULES EV_SYSCALLS

/* enum ev_guarded_call, by native number; all EV_GUARDED_NOT without a guard. */
extern const volatile __u8 guarded_calls[EV_SYSCALLS];
/* Addresses of the sensor's first thread and of its memory; 0: nobody is guarded. */
extern __u64 guarded_thread;
extern __u64 guarded_memory;

struct {
  __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
  __uint(max_entries, EV_SYSCALLS + 1);
  __type(key, __u32);
  __type(value, __u32);
} handlers SEC(".maps");

/* By kind of act. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, EV_GUARD_ACTS);
  __type(key, __u32);
  __type(value, struct guard_told);
} guard_told SEC(".maps");

/* Of a kernel object that is known by its address alone, without a type: for calls that are rare.
 */
#define PROBED(type, address, member)                                     \
  ({                                                                      \
    typeof(((type *)0)->member) probed = 0;                               \
    bpf_core_read(&probed, sizeof(probed), &((type *)(address))->member); \
    probed;                                                               \
  })

/* Whether the sensor speaks to its probes. Requires: it makes the call. */
static __always_inline bool is_word(struct pt_regs *regs, __u32 nr) {
  __u64 args[6];
  read_args(args, regs, false);
  return guarded_calls[nr & (EV_SYSCALLS - 1)] == EV_GUARDED_BPF &&
         ((__u32)args[0] & ~0xffu) == EV_GUARD_COMMAND;
}

/*
 * Whether there is something to tell: what the same thread does once more within a window, as a
 * tracer does, is not. Nothing is locked: at worst too much is told.
 */
static __always_inline bool is_worth_telling(const struct ev_guard *what) {
  struct guard_told *told = bpf_map_lookup_elem(&guard_told, &what->act);
  if (!told) {
    return false;
  }
  __u64 window = bpf_ktime_get_boot_ns() >> GUARD_WINDOW_SHIFT;
  __u64 by = bpf_get_current_pid_tgid();
  if (told->window != window) {
    told->window = window;
    told->records = 0;
  } else if (told->by == by && told->what.detail == what->detail && told->what.nr == what->nr &&
             told->what.object == what->object) {
    return false;
  }
  if (told->records >= GUARD_RECORDS_MAX) {
    count_drop(EV_DROP_THROTTLED, EV_GUARD);
    return false;
  }
  __sync_fetch_and_add(&told->records, 1);
  told->by = by;
  told->what = *what;
  return true;
}

/* What `task` has done. */
static __always_inline void tell_guard(struct task_struct *task, const struct ev_guard *what) {
  struct scratch *s = has_reader() && is_worth_telling(what) ? scratch_take(EV_GUARD) : NULL;
  if (!s) {
    return;
  }
  record_begin(s, EV_GUARD, sizeof(struct ev_guard));
  fill_task(s, task);
  struct ev_guard *body = record_body(s);
  *body = *what;
  record_submit(s, EV_GUARD);
  scratch_release(s);
}

/* Tells of a descriptor of the sensor's memory. Global (append.h): its caller has no stack left. */
int guard_memory_of(__u32 nr, __s32 fd);

/* For a call that opens a file, and has a record of its own if rules want one. */
static __always_inline void guard_open(__u32 nr, long ret) {
  if (guarded_calls[nr & (EV_SYSCALLS - 1)] == EV_GUARDED_OPEN && ret >= 0) {
    guard_memory_of(nr, ret);
  }
}

#endif /* SAKER_PROBES_BPF_LIB_GUARD_H */
