/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "probes/bpf/lib/policy.h"

struct ev_hook_policy hook_policies[FILTER_TABLES * EV_HOOKS] = {};

/* Of each hook the call that it is named for, by native number. */
const volatile __u16 main_call[EV_HOOKS] = {};
const volatile __u64 hook_calls[EV_HOOKS * EV_SYSCALLS / 64] = {};

static __always_inline bool asks(const struct filter_state *f, const struct ev_filter_group *group,
                                 __u32 dimension) {
  __u64 asking = 0;
  for (int i = 0; i < EV_CLAUSE_WORDS; i++) {
    asking |= f->left.words[i] & group->asking[dimension].words[i];
  }
  return asking != 0;
}

/* What cannot be read may hold: its clauses stay, but are not certain. */
static __always_inline void note_unknown(struct filter_state *f,
                                         const struct ev_filter_group *group, __u32 dimension) {
  for (int i = 0; i < EV_CLAUSE_WORDS; i++) {
    f->unknown.words[i] |= group->asking[dimension].words[i];
  }
}

/* `satisfied` is evaluated only when some clause that is left asks. NULL: unknown. */
#define ASK_FOR(dimension, satisfied)               \
  if (asks(f, group, dimension)) {                  \
    const struct ev_clauses *clauses = (satisfied); \
    if (!clauses) {                                 \
      note_unknown(f, group, dimension);            \
    } else if (!keep(f, clauses)) {                 \
      return ANSWER_NO;                             \
    }                                               \
  }

static __always_inline const struct ev_clauses *by_small(const struct scratch *s,
                                                         const struct ev_filter_group *group,
                                                         __u32 dimension) {
  return s->op.knows & KNOWS(dimension) ? by_number(group, dimension, s->op.small[dimension])
                                        : NULL;
}

#define HEX_ID_SIZE 64
#define CGROUP_NAME_MAX 128 /* of the names of containers' cgroups, with a margin */
#define CGROUP_LEVELS_MAX 12

static __always_inline bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/*
 * Whether a cgroup of this name is a container's, as engine/state/container.cpp has it: 64
 * hexadecimal digits at its end or before ".scope"; or one of LXC's. The name is in scratch.record.
 */
__noinline int names_container(__u32 at, __u32 size) {
  struct scratch *s = scratch_at(at);
  if (!s || size >= CGROUP_NAME_MAX) {
    return 0;
  }
  const char *name = (const void *)s->record;
  if (name[0] == 'l' && name[1] == 'x' && name[2] == 'c' && (name[3] == 0 || name[3] == '.')) {
    return 1;
  }
  /* In memory, where the verifier does not follow each value that it can have. */
  volatile __u32 *digits = &s->filled;
  *digits = 0;
  for (__u32 i = 0; i < CGROUP_NAME_MAX && i < size; i++) {
    char c = name[i];
    if (c == '.' && *digits == HEX_ID_SIZE) {
      return 1;
    }
    *digits = is_hex(c) ? *digits + 1 : 0;
  }
  return *digits == HEX_ID_SIZE;
}

/*
 * One that user space has not told of yet: a container may act before it is known. `address`: of a
 * struct kernfs_node. Global: its copies of them would be on the stack of all that is asked.
 */
__noinline int place_by_names(__u32 at, __u64 address) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return EV_PLACE_HOST;
  }
  for (int i = 0; i < CGROUP_LEVELS_MAX; i++) {
    KERNEL_OBJECT(struct kernfs_node, node, KERNFS_NODE_HEAD, address);
    __u64 parent = number_of(s, kernfs_parent(node));
    if (!parent) {
      break;
    }
    long size = bpf_probe_read_kernel_str(s->record, CGROUP_NAME_MAX, node->name);
    if (size > 0 && names_container(s->index, size - 1)) {
      return EV_PLACE_CONTAINER;
    }
    address = parent;
  }
  return EV_PLACE_HOST;
}

static __always_inline const struct ev_clauses *by_certain_place(
    struct scratch *s, const struct ev_filter_group *group, struct task_struct *task,
    struct ev_known_process *known) {
  const struct ev_clauses *told = by_place(group, task, known);
  if (told) {
    return told;
  }
  __u64 cgroup = number_of(s, READ(task_cgroup(task), kn));
  return by_number(group, EV_DIM_PLACE, place_by_names(s->index, cgroup));
}

static __always_inline const struct ev_clauses *by_hook_number(
    const struct scratch *s, const struct ev_filter_group *group) {
  if (!(s->op.knows & KNOWS(EV_DIM_NUMBER))) {
    return NULL;
  }
  struct ev_filter_value value = {.kind = EV_CLASS_NUMBER};
  *(__u32 *)value.bytes = s->op.number;
  return by_class(&s->filter, group, EV_DIM_NUMBER, find_class(&s->filter, &value));
}

/* The name it is going to have, where an exec is decided about. */
static __always_inline const struct ev_clauses *by_acting_name(const struct scratch *s,
                                                               const struct ev_filter_group *group,
                                                               struct ev_known_process *known,
                                                               __u32 dimension) {
  if (s->op.knows & KNOWS(EV_DIM_NAME)) {
    struct ev_filter_value value = {.kind = EV_CLASS_NAME};
    __builtin_memcpy(value.bytes, s->op.name, sizeof(value.bytes));
    return by_class(&s->filter, group, EV_DIM_NAME, find_class(&s->filter, &value));
  }
  return by_name(&s->filter, group, known, EV_DIM_NAME);
}

static __always_inline const struct ev_clauses *by_parent_name(const struct scratch *s,
                                                               const struct ev_filter_group *group,
                                                               struct task_struct *task) {
  return by_name(&s->filter, group, known_process(READ(task, real_parent, group_leader)),
                 EV_DIM_PARENT_NAME);
}

/* The path into scratch.path. False: it has no whole one. That it is unlinked does not matter. */
static __always_inline bool resolve_whole(struct scratch *s, __u64 mnt, __u64 dentry) {
  if (!dentry) {
    return false;
  }
  resolve_path(s->index, mnt, dentry);
  return (s->path_flags & ~EV_SECF_DELETED) == 0 && s->path_at < EV_PATH_MAX;
}

/* By its path from the task's root; the second time by that within the host's root file system. */
static __always_inline bool resolve_view(struct scratch *s, struct task_struct *task, __u64 mnt,
                                         __u64 dentry) {
  if (s->op.is_second_view && has_second_view(s, task, mnt, dentry)) {
    resolve_in_file_system(s->index, dentry);
    return (s->path_flags & ~EV_SECF_DELETED) == 0 && s->path_at < EV_PATH_MAX;
  }
  return resolve_whole(s, mnt, dentry);
}

static __always_inline const struct ev_clauses *by_address(struct scratch *s,
                                                           const struct ev_filter_group *group) {
  if (!(s->op.knows & KNOWS(EV_DIM_ADDRESS))) {
    return NULL;
  }
  struct filter_state *f = &s->filter;
  __builtin_memcpy(f->prefix.path, s->op.address, sizeof(s->op.address));
  f->prefix.group = f->group | EV_PREFIX_ADDRESS;
  f->prefix.bits = (sizeof(f->prefix.group) + sizeof(s->op.address)) * 8;
  void *prefixes = bpf_map_lookup_elem(&filter_prefixes, &f->tables);
  const struct ev_clauses *found = prefixes ? bpf_map_lookup_elem(prefixes, &f->prefix) : NULL;
  return found ? found : &group->other_address;
}

/* Of the process and of numbers: no path is built for it. */
static __always_inline int ask_cheap(struct scratch *s, const struct ev_filter_group *group,
                                     struct task_struct *task, struct ev_known_process *known) {
  struct filter_state *f = &s->filter;
  ASK_FOR(EV_DIM_RESULT, by_small(s, group, EV_DIM_RESULT));
  ASK_FOR(EV_DIM_TRAITS, by_small(s, group, EV_DIM_TRAITS));
  ASK_FOR(EV_DIM_INTENT, by_small(s, group, EV_DIM_INTENT));
  ASK_FOR(EV_DIM_FILE_KIND, by_small(s, group, EV_DIM_FILE_KIND));
  ASK_FOR(EV_DIM_NUMBER, by_hook_number(s, group));
  ASK_FOR(EV_DIM_PLACE, by_certain_place(s, group, task, known));
  ASK_FOR(EV_DIM_USER, by_user(f, group, task));
  ASK_FOR(EV_DIM_NAME, by_acting_name(s, group, known, EV_DIM_NAME));
  ASK_FOR(EV_DIM_PARENT_NAME, by_parent_name(s, group, task));
  ASK_FOR(EV_DIM_ADDRESS, by_address(s, group));
  ASK_FOR(EV_DIM_LATE_NAME, by_acting_name(s, group, known, EV_DIM_NAME));
  ASK_FOR(EV_DIM_LATE_PARENT_NAME, by_parent_name(s, group, task));
  return ANSWER_YES;
}

static __always_inline int ask_path(struct scratch *s, const struct ev_filter_group *group,
                                    struct task_struct *task) {
  struct filter_state *f = &s->filter;
  if (!asks(f, group, EV_DIM_PATH) && !asks(f, group, EV_DIM_PATH_PATTERNS)) {
    return ANSWER_YES;
  }
  if (s->op.knows & KNOWS(EV_DIM_PATH) && !s->op.dentry) {
    f->scan.found = 0;
    return keep(f, &group->other_path) && keep_by_patterns(f, group, EV_TEXT_PATH) ? ANSWER_YES
                                                                                   : ANSWER_NO;
  }
  if (!resolve_view(s, task, s->op.mnt, s->op.dentry)) {
    note_unknown(f, group, EV_DIM_PATH);
    note_unknown(f, group, EV_DIM_PATH_PATTERNS);
    return ANSWER_YES;
  }
  ASK_FOR(EV_DIM_PATH, by_path(s, group));
  return !asks(f, group, EV_DIM_PATH_PATTERNS) ||
                 keep_by_text(s, group, EV_TEXT_PATH, s->path_at, EV_PATH_MAX)
             ? ANSWER_YES
             : ANSWER_NO;
}

static __always_inline const struct ev_clauses *by_target(struct scratch *s,
                                                          const struct ev_filter_group *group,
                                                          struct task_struct *task) {
  if (!resolve_view(s, task, s->op.target_mnt, s->op.target_dentry)) {
    return NULL;
  }
  const struct ev_clauses *found = find_prefix(s, EV_PREFIX_TARGET);
  return found ? found : &group->other_target;
}

/* The path of the process's executable, into scratch.path. */
static __always_inline bool resolve_exe(struct scratch *s, struct task_struct *task) {
  struct mm_struct *mm = READ(task, mm);
  __u64 file = mm ? number_of(s, READ(mm, exe_file)) : 0;
  if (!file) {
    return false;
  }
  struct vfsmount *mnt = KERNEL_MEMBER(struct file, file, f_path.mnt);
  struct dentry *dentry = KERNEL_MEMBER(struct file, file, f_path.dentry);
  return resolve_whole(s, number_of(s, mnt), number_of(s, dentry));
}

static __always_inline const struct ev_clauses *by_exe(struct scratch *s,
                                                       const struct ev_filter_group *group,
                                                       struct task_struct *task) {
  if (!resolve_exe(s, task)) {
    return NULL;
  }
  const struct ev_clauses *found = find_prefix(s, EV_PREFIX_EXE);
  return found ? found : &group->other_exe;
}

static __always_inline int ask_paths(struct scratch *s, const struct ev_filter_group *group,
                                     struct task_struct *task) {
  struct filter_state *f = &s->filter;
  if (ask_path(s, group, task) == ANSWER_NO) {
    return ANSWER_NO;
  }
  ASK_FOR(EV_DIM_TARGET, by_target(s, group, task));
  ASK_FOR(EV_DIM_EXE, by_exe(s, group, task));
  return ANSWER_YES;
}

static __always_inline int certainty(const struct filter_state *f) {
  __u64 certain = 0;
  for (int i = 0; i < EV_CLAUSE_WORDS; i++) {
    certain |= f->left.words[i] & ~f->unknown.words[i];
  }
  return certain ? ANSWER_YES : ANSWER_UNKNOWN;
}

__noinline int ask_view(__u32 at, __u32 number) {
  struct scratch *s = scratch_at(at);
  if (!s || number == 0) {
    return ANSWER_NO;
  }
  struct filter_state *f = &s->filter;
  __u32 index = f->tables * EV_FILTER_GROUPS + number - 1;
  const struct ev_filter_group *group = bpf_map_lookup_elem(&filter_groups, &index);
  if (!group) {
    return ANSWER_NO;
  }
  struct task_struct *task = current_task();
  f->group = number;
  f->left = group->all;
  f->unknown = (struct ev_clauses){};
  struct ev_known_process *known = known_process(READ(task, group_leader));
  if (ask_cheap(s, group, task, known) == ANSWER_NO || ask_paths(s, group, task) == ANSWER_NO) {
    return ANSWER_NO;
  }
  return certainty(f);
}

/* What each act comes to. */
static __always_inline __u32 decision_of(__u32 act) {
  return act == EV_ACT_DENY         ? EV_DECISION_DENIED
         : act == EV_ACT_KILL       ? EV_DECISION_KILLED
         : act == EV_ACT_WOULD_DENY ? EV_DECISION_WOULD_DENY
                                    : EV_DECISION_WOULD_KILL;
}

__noinline int decide(__u32 at, __u32 hook) {
  struct scratch *s = scratch_at(at);
  if (!s || hook >= EV_HOOKS) {
    return EV_DECISION_NONE;
  }
  const struct ev_hook_policy *policy = policy_of(s->filter.generation, hook);
  bool is_unknown = false;
  for (__u32 act = 0; act < EV_ACTS; act++) {
    __u32 group = policy->groups[act];
    int answer = group ? ask_group(s, group) : ANSWER_NO;
    if (answer == ANSWER_YES) {
      return decision_of(act);
    }
    is_unknown = is_unknown || answer == ANSWER_UNKNOWN;
  }
  return is_unknown ? EV_DECISION_UNDECIDED : EV_DECISION_NONE;
}

/* The sensor, the first process of the host, and executables of entries without a group. */
static __always_inline bool is_exempt(struct scratch *s, struct task_struct *task) {
  if ((__u32)READ(task, tgid) == 1 || is_sensor(task)) {
    return true;
  }
  s->filter.group = 0;
  return resolve_exe(s, task) && find_prefix(s, EV_PREFIX_EXE) != NULL;
}

/* The call that the task is in, when the hook's operation can be its; else what it is named for. */
static __always_inline void fill_call(struct scratch *s, struct task_struct *task, __u32 hook) {
  struct ev_syscall *body = record_body(s);
  __builtin_memset(body, 0, sizeof(*body));
  body->nr = main_call[hook & (EV_HOOKS - 1)];
  if (s->op.main_arg < NO_ARG) {
    body->args[s->op.main_arg] = s->op.main_value;
  }
  __u64 regs = saved_registers(s, task);
  bool compat = is_compat(task);
  __u32 nr = native_syscall_nr(saved_syscall_nr(regs), compat);
  if (is_call_of(hook, nr)) {
    body->nr = nr;
    read_saved_args(body->args, regs, compat);
  }
}

static __always_inline void count_unattended(__u32 decision) {
  BOUNDED(decision);
  if (decision < EV_DECISIONS) {
    __sync_fetch_and_add(&attendance.unattended[decision], 1);
  }
}

__noinline int begin_decision(__u32 at, __u32 hook, __u32 decision) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return EV_DECISION_NONE;
  }
  struct task_struct *task = current_task();
  s->size = 0;
  if (is_exempt(s, task)) {
    return EV_DECISION_NONE;
  }
  count_decision(hook, decision);
  if (!has_reader()) {
    count_unattended(decision);
    return decision;
  }
  record_begin(s, EV_SYSCALL, sizeof(struct ev_syscall));
  fill_task(s, task);
  struct sender *sender =
      bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >= throttle_from_bytes ? find_sender(s) : NULL;
  if (sender && sender->bytes >= sender_bytes_max) {
    count_drop(EV_DROP_THROTTLED, EV_SYSCALL);
    s->size = 0;
    return decision;
  }
  if (sender) {
    __sync_fetch_and_add(&sender->bytes, s->size);
  }
  fill_call(s, task, hook);
  struct ev_syscall *body = record_body(s);
  body->flags = decision << EV_SYSF_DECISION_SHIFT | hook << EV_SYSF_HOOK_SHIFT;
  return decision;
}
