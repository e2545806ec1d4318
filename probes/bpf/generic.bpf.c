/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The handler of every syscall: reads what the capture plan says (wire.h, struct ev_plan). */
#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/filter.h"
#include "probes/bpf/lib/guard.h"
#include "probes/bpf/lib/syscall.h"
#include "probes/bpf/lib/throttle.h"

const volatile __u64 throttle_from_bytes = 0;
const volatile __u64 sender_bytes_max = 0;
/* enum ev_filter_mode */
const volatile __u32 filter_mode = EV_FILTER_DROP;

static __always_inline void append_base(struct scratch *s, __s32 fd, __u32 kind, __u32 slot) {
  __u64 mnt = 0;
  __u64 dentry = 0;
  if (base_of(current_task(), fd, &mnt, &dentry)) {
    append_path(s->index, kind, slot, number_of(s, (void *)mnt), number_of(s, (void *)dentry));
  }
}

static __always_inline void append_descriptor(struct scratch *s, __s32 fd, __u32 slot) {
  __u64 file = file_of(current_task(), fd);
  if (file) {
    append_file(s->index, file, fd, slot);
  }
}

/* STRING[slot] as it was when the call began. */
static __always_inline void append_stashed_string(struct scratch *s, const struct stash *stash,
                                                  __u32 slot) {
  struct ev_section *section = section_open(s, EV_SEC_STRING, slot, STASH_STRING_MAX);
  __u32 size = stash->size[slot];
  if (!section || size > STASH_STRING_MAX) {
    return;
  }
  BOUNDED(size);
  bpf_probe_read_kernel(section + 1, size, stash->text[slot]);
  s->first[slot] = stash->text[slot][0];
  bool cut = stash->truncated & STASHED_STRING(slot);
  section_close(s, section, size, cut ? 0 : size, cut ? EV_SECF_TRUNCATED : 0);
}

/* BASE[slot] as it was when the call began: under the root directory of that time (chroot). */
static __always_inline void append_stashed_base(struct scratch *s, const struct stash *stash,
                                                __u32 slot) {
  __u64 root_mnt = s->root_mnt;
  __u64 root_dentry = s->root_dentry;
  s->root_mnt = stash->root_mnt;
  s->root_dentry = stash->root_dentry;
  append_path(s->index, EV_SEC_BASE, slot, stash->base_mnt[slot], stash->base_dentry[slot]);
  s->root_mnt = root_mnt;
  s->root_dentry = root_dentry;
}

static __always_inline void append_stashed_bytes(struct scratch *s, const struct stash *stash) {
  struct ev_section *section = section_open(s, EV_SEC_BYTES, 0, STASH_BYTES_MAX);
  __u32 size = stash->bytes_size;
  if (section && size <= STASH_BYTES_MAX) {
    BOUNDED(size);
    bpf_probe_read_kernel(section + 1, size, stash->bytes);
    section_close(s, section, size, size, 0);
  }
}

/* Whether `what` was to be read when the call began and was; notes in the record which. */
static __always_inline bool is_stashed(struct scratch *s, const struct ev_plan_step *step,
                                       const struct stash *stash, __u32 what) {
  struct ev_syscall *body = record_body(s);
  if (!(step->flags & EV_STEPF_AT_ENTER)) {
    return false;
  }
  if (stash && stash->present & what) {
    body->flags |= EV_SYSF_ARGS_FROM_ENTER;
    return true;
  }
  body->flags |= EV_SYSF_ENTER_MISSED;
  return false;
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

static __always_inline bool is_due(const struct ev_plan_step *step, __s64 ret) {
  return !(step->flags & EV_STEPF_ON_SUCCESS && ret < 0) &&
         !(step->flags & EV_STEPF_ON_FAILURE && ret >= 0);
}

/* What was read when this call began. A stash of another call is one that never returned. */
static __always_inline struct stash *find_stash(__u32 nr) {
  __u64 pid_tgid = bpf_get_current_pid_tgid();
  struct stash *stash = bpf_map_lookup_elem(&stashes, &pid_tgid);
  return stash && stash->nr == nr ? stash : NULL;
}

/* What the step says, into the record. */
static __always_inline void follow(struct scratch *s, const struct ev_plan_step *step,
                                   const struct stash *stash) {
  __u64 arg = s->args[step->arg & 7];
  __u64 arg2 = s->args[step->arg2 & 7];
  __u32 slot = step->slot & (EV_SLOTS - 1);
  switch (step->op) {
    case EV_OP_STRING:
      if (is_stashed(s, step, stash, STASHED_STRING(slot))) {
        append_stashed_string(s, stash, slot);
      } else {
        s->first[slot] = append_user_string(s->index, arg, slot);
      }
      break;
    case EV_OP_BASE:
      if (s->first[slot] == '/') {
        break;
      }
      if (is_stashed(s, step, stash, STASHED_BASE(slot))) {
        append_stashed_base(s, stash, slot);
      } else {
        append_base(s, base_fd(step, arg), EV_SEC_BASE, slot);
      }
      break;
    case EV_OP_FD:
      append_descriptor(s, (__s32)arg, slot);
      break;
    case EV_OP_SOCKADDR:
      append_user_bytes(s->index, EV_SEC_SOCKADDR, arg, length_of(step, arg2), EV_SOCKADDR_MAX);
      break;
    case EV_OP_MSGHDR:
      if (!(record_task(s)->flags & EV_TASKF_COMPAT)) { /* another layout there */
        append_user_msghdr(s->index, arg, s->args[EV_ARG_RET], step->size);
      }
      break;
    case EV_OP_BYTES:
      append_user_bytes(s->index, EV_SEC_BYTES, arg, length_of(step, arg2), step->size);
      break;
    case EV_OP_STRUCT:
      if (is_stashed(s, step, stash, STASHED_BYTES)) {
        append_stashed_bytes(s, stash);
      } else {
        append_user_bytes(s->index, EV_SEC_BYTES, arg, step->size, step->size);
      }
      break;
    case EV_OP_CWD:
      append_base(s, AT_FDCWD, EV_SEC_CWD, 0);
      break;
    case EV_OP_CAPS:
      if (is_stashed(s, step, stash, STASHED_CAPS)) {
        set_caps(record_task(s), &stash->caps);
      }
      break;
  }
}

/* Step `index` of the plan of `nr`. Global (append.h): else each turn of the loop is checked. */
__noinline int run_step(__u32 at, __u32 nr, __u32 index) {
  struct scratch *s = scratch_at(at);
  const struct ev_plan *plan = bpf_map_lookup_elem(&plans, &nr);
  if (!s || !plan) {
    return 0;
  }
  const struct ev_plan_step *step = &plan->steps[index & (EV_PLAN_STEPS - 1)];
  if (is_due(step, s->args[EV_ARG_RET])) {
    follow(s, step, step->flags & EV_STEPF_AT_ENTER ? find_stash(nr) : NULL);
  }
  return 0;
}

static __always_inline void fill_syscall(struct scratch *s, __u32 nr, __u32 flags) {
  struct ev_syscall *body = record_body(s);
  s->first[0] = s->first[1] = 0;
  body->ret = s->args[EV_ARG_RET];
  __builtin_memcpy(body->args, s->args, sizeof(body->args));
  body->nr = nr;
  body->flags = flags;
}

static __always_inline void deliver(struct scratch *s, struct task_struct *task, __u32 nr,
                                    const struct ev_plan *plan, __u32 flags) {
  __u64 used_bytes = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
  if (used_bytes >= high_water_bytes) {
    count_drop(EV_DROP_HIGH_WATER, EV_SYSCALL);
    return;
  }
  record_begin(s, EV_SYSCALL, sizeof(struct ev_syscall));
  fill_task(s, task);
  struct sender *sender = used_bytes >= throttle_from_bytes ? find_sender(s) : NULL;
  if (sender && sender->bytes >= sender_bytes_max) {
    count_drop(EV_DROP_THROTTLED, EV_SYSCALL);
    return;
  }
  fill_syscall(s, nr, flags);
  for (__u32 i = 0; i < EV_PLAN_STEPS && i < plan->n_steps; i++) {
    run_step(s->index, nr, i);
  }
  if (sender) {
    __sync_fetch_and_add(&sender->bytes, s->size);
  }
  record_submit(s, EV_SYSCALL);
}

static __always_inline void count_filtered(void) {
  struct ev_stats *here = stats_here();
  if (here) {
    here->filtered++;
  }
}

SEC("tp_btf/sys_exit")
int BPF_PROG(syscall_generic, struct pt_regs *regs, long ret) {
  struct task_struct *task = current_task();
  bool compat = is_compat(task);
  __u32 nr = native_syscall_nr(raw_syscall_nr(regs), compat);
  const struct ev_plan *plan = bpf_map_lookup_elem(&plans, &nr);
  if (!plan || ((nr == NR_EXECVE || nr == NR_EXECVEAT) && ret == 0)) {
    return 0; /* a successful exec is told by sched_process_exec */
  }
  guard_open(nr, ret);
  struct scratch *s = scratch_take(EV_SYSCALL);
  if (s) {
    read_args(s->args, regs, compat);
    s->args[EV_ARG_RET] = ret;
    bool passes = filter_passes(s, task, nr);
    if (passes || filter_mode == EV_FILTER_MARK) {
      deliver(s, task, nr, plan, passes ? 0 : EV_SYSF_FILTERED);
    } else {
      count_filtered();
    }
    scratch_release(s);
  }
  if (has_bit(enter_wanted, nr)) {
    __u64 pid_tgid = bpf_get_current_pid_tgid();
    bpf_map_delete_elem(&stashes, &pid_tgid);
  }
  return 0;
}
