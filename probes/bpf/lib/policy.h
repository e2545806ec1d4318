/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Policy: what is done with an operation, by the exact groups of a hook (filter_wire.h). A hook's
 * program tells what it knows of the operation and asks:
 *
 *   struct scratch *s = operation_begin(EV_HOOK_PATH_UNLINK);
 *   if (!s) { return 0; }              no rule is about the hook, or nothing can be decided
 *   know_path(s, mnt, dentry);
 *   if (decided(s)) { append...; }     sections of the decision's record
 *   return operation_end(s);
 */
#ifndef SAKER_PROBES_BPF_LIB_POLICY_H
#define SAKER_PROBES_BPF_LIB_POLICY_H

#include "probes/bpf/lib/filter.h"
#include "probes/bpf/lib/throttle.h"

#define SCRATCH_LEVELS 4 /* while hooks are in use */

extern struct ev_hook_policy hook_policies[FILTER_TABLES * EV_HOOKS];
/* All calls that come to a hook; by native number. */
extern const volatile __u64 hook_calls[EV_HOOKS * EV_SYSCALLS / 64];

#define KNOWS(dimension) (1u << (dimension))
#define NO_ARG 6

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

/*
 * Whether a clause of the group holds for scratch.op, in one view of its paths. `group`: number
 * + 1. Global: see append.h.
 */
int ask_view(__u32 at, __u32 group);
/* The first act of the policy that holds: an enum ev_decision. */
int decide(__u32 at, __u32 hook);
/*
 * Ends what was decided: leaves exempt processes alone, begins the record. EV_DECISION_NONE: it is
 * not to be reported.
 */
int begin_decision(__u32 at, __u32 hook, __u32 decision);

/* Whether the hook's operation can be that of the call. */
static __always_inline bool is_call_of(__u32 hook, __u32 nr) {
  return nr < EV_SYSCALLS && has_bit(&hook_calls[(hook & (EV_HOOKS - 1)) * EV_SYSCALLS / 64], nr);
}

/* Where the host's first process has its root directory. */
struct host_root {
  __u64 mnt;
  __u64 super_block;
};

static __always_inline struct host_root find_host_root(struct scratch *s,
                                                       struct task_struct *task) {
  struct fs_struct *fs = READ(task, thread_pid, numbers[0].ns, child_reaper, fs);
  struct dentry *dentry = READ(fs, root.dentry);
  return (struct host_root){.mnt = number_of(s, READ(fs, root.mnt)),
                            .super_block = number_of(s, READ(dentry, d_sb))};
}

/*
 * Whether a file has a second name that rules may mean: one on the host's root file system that the
 * task reaches by another mount, or from another root directory. Mounts are made without privilege
 * in a user namespace.
 */
static __always_inline bool has_second_view(struct scratch *s, struct task_struct *task, __u64 mnt,
                                            __u64 dentry) {
  if (!dentry) {
    return false;
  }
  struct host_root root = find_host_root(s, task);
  return number_of(s, KERNEL_MEMBER(struct dentry, dentry, d_sb)) == root.super_block &&
         (mnt != root.mnt || s->root_mnt != root.mnt ||
          number_of(s, KERNEL_MEMBER(struct dentry, s->root_dentry, d_parent)) != s->root_dentry);
}

/* Whether a clause of the group holds for scratch.op. `number`: + 1. Inlined: see KERNEL_MEMBER().
 */
static __always_inline int ask_group(struct scratch *s, __u32 number) {
  s->op.is_second_view = 0;
  int first = ask_view(s->index, number);
  struct task_struct *task = current_task();
  if (first == ANSWER_YES || (!has_second_view(s, task, s->op.mnt, s->op.dentry) &&
                              !has_second_view(s, task, s->op.target_mnt, s->op.target_dentry))) {
    return first;
  }
  s->op.is_second_view = 1;
  int second = ask_view(s->index, number);
  return second == ANSWER_NO ? first : second;
}

static __always_inline void know(struct scratch *s, __u32 dimension, __u32 value) {
  s->op.small[dimension] = value;
  s->op.knows |= KNOWS(dimension);
}

static __always_inline void know_number(struct scratch *s, __u32 number) {
  s->op.number = number;
  s->op.knows |= KNOWS(EV_DIM_NUMBER);
}

/* For the record of what came another way: an argument of the call that the hook is named for. */
static __always_inline void know_arg(struct scratch *s, __u32 arg, __u32 value) {
  s->op.main_arg = arg;
  s->op.main_value = value;
}

static __always_inline void know_path(struct scratch *s, const void *mnt, const void *dentry) {
  s->op.mnt = number_of(s, mnt);
  s->op.dentry = number_of(s, dentry);
  s->op.knows |= KNOWS(EV_DIM_PATH);
}

/* What has no path has none of those that rules name. */
static __always_inline void know_no_path(struct scratch *s) { s->op.knows |= KNOWS(EV_DIM_PATH); }

/* Whether it is in no directory: its own parent, and the root of no mount. */
static __always_inline bool is_nameless(struct scratch *s) {
  struct vfsmount *mnt = (void *)s->op.mnt;
  return number_of(s, KERNEL_MEMBER(struct dentry, s->op.dentry, d_parent)) == s->op.dentry &&
         number_of(s, KERNEL_MEMBER(struct vfsmount, mnt, mnt_root)) != s->op.dentry;
}

/* A struct file at an address. */
static __always_inline void know_file(struct scratch *s, __u64 file) {
  know_path(s, KERNEL_MEMBER(struct file, file, f_path.mnt),
            KERNEL_MEMBER(struct file, file, f_path.dentry));
  struct inode *inode = KERNEL_MEMBER(struct file, file, f_inode);
  __u32 mode = KERNEL_MEMBER(struct inode, inode, i_mode);
  know(s, EV_DIM_FILE_KIND, is_nameless(s) ? EV_KIND_NAMELESS : mode >> FORMAT_SHIFT);
}

/* What it was opened for. EV_INTENT_CREATE: the open has created it. */
static __always_inline void know_intent(struct scratch *s, __u64 file) {
  __u32 intent = KERNEL_MEMBER(struct file, file, f_flags) & EV_INTENT_ACCESS;
  if (KERNEL_MEMBER(struct file, file, f_mode) & FMODE_CREATED) {
    struct inode *inode = KERNEL_MEMBER(struct file, file, f_inode);
    intent |= EV_INTENT_CREATE;
    intent |= KERNEL_MEMBER(struct inode, inode, i_mode) & 0111 ? EV_INTENT_EXECUTABLE : 0;
  }
  know(s, EV_DIM_INTENT, intent);
}

static __always_inline void know_target(struct scratch *s, const void *mnt, const void *dentry) {
  s->op.target_mnt = number_of(s, mnt);
  s->op.target_dentry = number_of(s, dentry);
  s->op.knows |= KNOWS(EV_DIM_TARGET);
}

/*
 * A level that no task uses, on this CPU: added to before it is looked at, so that of two tasks
 * that the kernel exchanges in between neither takes it. NULL: all are in use.
 */
static __always_inline struct scratch *take_level(void) {
  preemption_off();
  for (__u32 level = 1; level < SCRATCH_LEVELS && level < scratch_levels; level++) {
    struct scratch *s = scratch_of_level(level);
    if (!s) {
      break;
    }
    __sync_fetch_and_add(&s->busy, 1);
    if (*(volatile __u32 *)&s->busy == 1) {
      return s;
    }
    __sync_fetch_and_add(&s->busy, -1);
  }
  preemption_on();
  return NULL;
}

static __always_inline void give_back(struct scratch *s) {
  __sync_fetch_and_add(&s->busy, -1);
  preemption_on();
}

static __always_inline void count_decision(__u32 hook, __u32 decision) {
  struct ev_stats *here = stats_here();
  BOUNDED(hook);
  BOUNDED(decision);
  if (here && hook <= EV_HOOK_AFTER_CALL && decision < EV_DECISIONS) {
    here->decided[hook][decision]++;
  }
}

static __always_inline const struct ev_hook_policy *policy_of(__u32 generation, __u32 hook) {
  __u64 index = (generation & (FILTER_TABLES - 1)) * EV_HOOKS + hook;
  BOUNDED(index);
  return &hook_policies[index & (FILTER_TABLES * EV_HOOKS - 1)];
}
_Static_assert((EV_HOOKS & (EV_HOOKS - 1)) == 0, "the mask above");

static __always_inline bool has_policy(__u32 hook) {
  const struct ev_hook_policy *policy = policy_of(filter_generation, hook);
  return policy->groups[EV_ACT_DENY] || policy->groups[EV_ACT_KILL] ||
         policy->groups[EV_ACT_WOULD_DENY] || policy->groups[EV_ACT_WOULD_KILL];
}

static __always_inline void operation_clear(struct scratch *s, struct task_struct *task,
                                            __u32 generation) {
  __builtin_memset(&s->op, 0, sizeof(s->op));
  s->op.main_arg = NO_ARG;
  s->filter.generation = generation;
  note_tables(&s->filter);
  note_root(s, task);
}

/* Nothing that the kernel does for itself is decided about. */
static __always_inline struct scratch *operation_begin(__u32 hook) {
  struct task_struct *task = current_task();
  if (!has_policy(hook) || READ(task, flags) & PF_KTHREAD) {
    return NULL;
  }
  struct scratch *s = take_level();
  if (!s) {
    count_drop(EV_DROP_SCRATCH, EV_SYSCALL);
    count_decision(hook, EV_DECISION_UNDECIDED);
    return NULL;
  }
  operation_clear(s, task, filter_generation);
  s->hook = hook;
  s->decision = EV_DECISION_NONE;
  know(s, EV_DIM_RESULT, 0); /* it is asked about as if it had succeeded */
  return s;
}

/* Whether the decision is reported: the record has been begun. */
static __always_inline bool report(struct scratch *s, __u32 decision) {
  if (decision != EV_DECISION_NONE) {
    decision = begin_decision(s->index, s->hook, decision);
  }
  s->decision = decision;
  bool is_reported = decision != EV_DECISION_NONE && s->size != 0;
  if (is_reported) {
    append_cgroup(s->index); /* user space may not know it yet */
  }
  return is_reported;
}

/* Whether anything but to let it go on was decided, and is reported. */
static __always_inline bool decided(struct scratch *s) {
  return report(s, decide(s->index, s->hook));
}

/* Delivers the record. Gives what was decided. */
static __always_inline __u32 operation_close(struct scratch *s) {
  __u32 decision = s->decision;
  if (decision != EV_DECISION_NONE && s->size != 0) {
    record_submit(s, EV_SYSCALL);
  }
  give_back(s);
  return decision;
}

/* What the hook returns. */
static __always_inline int operation_end(struct scratch *s) {
  __u32 decision = operation_close(s);
  int result = 0;
  if (decision == EV_DECISION_KILLED) {
    bpf_send_signal(SIGKILL);
  }
  if (decision == EV_DECISION_DENIED || decision == EV_DECISION_KILLED) {
    result = -EPERM;
    BOUNDED(result); /* else it is computed, and the verifier loses sight of it */
  }
  return result;
}

/* Where the record has no sections. */
static __always_inline int operation_finish(struct scratch *s) {
  decided(s);
  return operation_end(s);
}

#endif /* SAKER_PROBES_BPF_LIB_POLICY_H */
