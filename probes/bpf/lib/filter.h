/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The filter: whether any rule can be about the call at hand (filter_wire.h). Intersects sets of
 * clauses, one dimension after the other. What cannot be read satisfies all clauses: the event then
 * goes to user space.
 *
 * All of it is inlined into its one caller, and helpers are called where nothing else will do:
 * where returns are guarded (AMD, "Safe RET") each call costs as much as a dozen loads.
 */
#ifndef SAKER_PROBES_BPF_LIB_FILTER_H
#define SAKER_PROBES_BPF_LIB_FILTER_H

#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/fill.h"
#include "probes/bpf/lib/mount.h"
#include "probes/bpf/lib/syscall.h"

#define FILTER_TABLES 2 /* one in use, one to be filled */
#define GIVEN_PATH_MAX 1024
#define SCAN_STEPS 64
#define SCANS_MAX (EV_PATH_MAX / SCAN_STEPS)
#define FORMAT_SHIFT 12
#define FILE_FOUND 0x10000u /* no bit of a mode: anonymous inodes have none at all */
#define TICK_NS 10000000ull /* start times from /proc are rounded down to it */

extern struct ev_filter_call filter_calls[FILTER_TABLES * EV_SYSCALLS];

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, FILTER_TABLES *EV_FILTER_GROUPS);
  __type(key, __u32);
  __type(value, struct ev_filter_group);
} filter_groups SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, FILTER_TABLES *EV_FILTER_SETS);
  __type(key, __u32);
  __type(value, struct ev_clauses);
} filter_sets SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, FILTER_TABLES *EV_TEXTS);
  __type(key, __u32);
  __type(value, struct ev_automaton);
} filter_automata SEC(".maps");

/* Inner maps tell sizes, as clang 19 leaves the types of nested definitions out of BTF. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, FILTER_TABLES);
  __type(key, __u32);
  __array(
      values, struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 1);
        __uint(key_size, sizeof(struct ev_filter_value));
        __uint(value_size, sizeof(__u32));
      });
} filter_classes SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, FILTER_TABLES);
  __type(key, __u32);
  __array(
      values, struct {
        __uint(type, BPF_MAP_TYPE_LPM_TRIE);
        __uint(map_flags, BPF_F_NO_PREALLOC);
        __uint(max_entries, 1);
        __uint(key_size, sizeof(struct ev_filter_prefix));
        __uint(value_size, sizeof(struct ev_clauses));
      });
} filter_prefixes SEC(".maps");

/* EV_PLACE_* by cgroup id; one that user space has not looked at yet is not in it. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1);
  __type(key, __u64);
  __type(value, __u32);
} known_cgroups SEC(".maps");

/*
 * Some more bytes of EV_TEXT_PATH, which is in scratch.path, or of EV_TEXT_GIVEN, which stands
 * where the record is going to be. 0 when the text is over. Global: see climb(s->index).
 */
int scan_some(__u32 at, __u32 text);

static __always_inline __u32 automaton_index(const struct filter_state *f, __u32 text) {
  return f->tables * EV_TEXTS + text;
}

/* Which tables belong to the generation that was noted when the scratch memory was taken. */
static __always_inline void note_tables(struct filter_state *f) {
  f->tables = f->generation & (FILTER_TABLES - 1);
}

enum verdict { ASK, SKIP, PASS };

/* Whether the clauses left ask something of the dimension, or one of them asks nothing any more. */
static __always_inline enum verdict look_ahead(const struct filter_state *f,
                                               const struct ev_filter_group *group,
                                               __u32 dimension) {
  __u64 settled = 0;
  __u64 asking = 0;
  for (int i = 0; i < EV_CLAUSE_WORDS; i++) {
    settled |= f->left.words[i] & group->settled[dimension].words[i];
    asking |= f->left.words[i] & group->asking[dimension].words[i];
  }
  return settled ? PASS : asking ? ASK : SKIP;
}

static __always_inline bool all_ask(const struct filter_state *f,
                                    const struct ev_filter_group *group, __u32 dimension) {
  __u64 others = 0;
  for (int i = 0; i < EV_CLAUSE_WORDS; i++) {
    others |= f->left.words[i] & ~group->asking[dimension].words[i];
  }
  return !others;
}

/* False: nothing is left. */
static __always_inline bool keep(struct filter_state *f, const struct ev_clauses *satisfied) {
  __u64 any = 0;
  for (int i = 0; i < EV_CLAUSE_WORDS; i++) {
    f->left.words[i] &= satisfied->words[i];
    any |= f->left.words[i];
  }
  return any != 0;
}

/* The sets of a value are those of `satisfied`; NULL: unknown. */
#define DECIDE(dimension, satisfied)                  \
  switch (look_ahead(f, group, dimension)) {          \
    case PASS:                                        \
      return 1;                                       \
    case ASK: {                                       \
      const struct ev_clauses *clauses = (satisfied); \
      if (clauses && !keep(f, clauses)) {             \
        return 0;                                     \
      }                                               \
      break;                                          \
    }                                                 \
    default:                                          \
      break;                                          \
  }

static __always_inline const struct ev_clauses *by_number(const struct ev_filter_group *group,
                                                          __u32 dimension, __u32 value) {
  return &group->small[dimension][value & (EV_SMALL_VALUES - 1)];
}

static __always_inline const struct ev_clauses *by_intent(const struct scratch *s,
                                                          const struct ev_filter_group *group,
                                                          const struct ev_filter_call *call) {
  __u64 flags = s->args[call->flags_arg & 7];
  __u64 mode = s->args[call->mode_arg & 7];
  __u32 intent = flags & EV_INTENT_ACCESS;
  if (flags & (O_CREAT | O_TMPFILE_BIT)) {
    intent |= EV_INTENT_CREATE;
  }
  if (mode & 0111) {
    intent |= EV_INTENT_EXECUTABLE;
  }
  return by_number(group, EV_DIM_INTENT, intent);
}

/* Looks at the file of the call's descriptor. False: there is none. */
static __always_inline bool find_file(struct scratch *s, struct task_struct *task,
                                      const struct ev_filter_call *call) {
  struct filter_state *f = &s->filter;
  if (f->file_mode) {
    return true;
  }
  if (call->fd_arg == EV_NO_ARG || (call->fd_on_success && (__s64)s->args[EV_ARG_RET] < 0)) {
    return false;
  }
  __u64 address = file_of(task, (__s32)s->args[call->fd_arg & 7]);
  if (!address) {
    return false;
  }
  f->mnt = (__u64)KERNEL_MEMBER(struct file, address, f_path.mnt);
  f->dentry = (__u64)KERNEL_MEMBER(struct file, address, f_path.dentry);
  struct inode *inode = KERNEL_MEMBER(struct file, address, f_inode);
  f->file_mode = KERNEL_MEMBER(struct inode, inode, i_mode) | FILE_FOUND;
  return true;
}

static __always_inline const struct ev_clauses *by_file_kind(struct scratch *s,
                                                             struct task_struct *task,
                                                             const struct ev_filter_group *group,
                                                             const struct ev_filter_call *call) {
  return find_file(s, task, call)
             ? by_number(group, EV_DIM_FILE_KIND, s->filter.file_mode >> FORMAT_SHIFT)
             : NULL;
}

#define TOP_STEPS 40 /* of deeper paths nothing is known */

/*
 * The ancestor of the descriptor's file right below the task's root; 0: none is known. Walks as
 * resolve_path() does, without reading names.
 */
static __always_inline __u64 find_top(struct scratch *s) {
  struct walk w = {.dentry = s->filter.dentry};
  enter_mount(s, &w, s->filter.mnt);
  __u64 top = 0;
  for (int i = 0; i < TOP_STEPS; i++) {
    if (w.dentry == s->root_dentry && w.mnt == s->root_mnt) {
      return top;
    }
    if (w.dentry == w.mnt_root) {
      if (!cross_mount(s, &w)) {
        return 0;
      }
      continue;
    }
    __u64 parent = number_of(s, KERNEL_MEMBER(struct dentry, w.dentry, d_parent));
    if (parent == w.dentry) {
      return 0;
    }
    top = w.dentry;
    w.dentry = parent;
  }
  return 0;
}

static __always_inline void note_root(struct scratch *s, struct task_struct *task) {
  struct fs_struct *fs = READ(task, fs);
  s->root_mnt = (__u64)READ(fs, root.mnt);
  s->root_dentry = (__u64)READ(fs, root.dentry);
}

/* The name of a dentry, NUL-padded. False: it is longer. */
static __always_inline bool read_name(struct scratch *s, __u64 name[2], __u64 address) {
  __u32 size = KERNEL_MEMBER(struct dentry, address, d_name.len);
  if (size >= EV_COMM_SIZE) {
    return false;
  }
  read_two(s, name, KERNEL_MEMBER(struct dentry, address, d_name.name));
  __u64 mask = (1ull << (size % 8 * 8)) - 1;
  name[0] = size < 8 ? name[0] & mask : name[0];
  name[1] = size < 8 ? 0 : name[1] & mask;
  return true;
}

static __always_inline const struct ev_clauses *by_top(struct scratch *s, struct task_struct *task,
                                                       const struct ev_filter_group *group,
                                                       const struct ev_filter_call *call) {
  if (!find_file(s, task, call) || (s->filter.file_mode & S_IFMT) == S_IFSOCK) {
    return NULL;
  }
  note_root(s, task);
  __u64 top = find_top(s);
  __u64 name[2];
  if (!top || !read_name(s, name, top)) {
    return NULL;
  }
  for (__u32 i = 0; i < EV_TOPS && i < group->n_tops; i++) {
    const __u64 *other = (const void *)group->tops[i].name;
    if (name[0] == other[0] && name[1] == other[1]) {
      return &group->tops[i].clauses;
    }
  }
  return &group->other_top;
}

/* NULL: nothing is known of it. */
static __always_inline struct ev_known_process *known_process(struct task_struct *leader) {
  __u32 tgid = READ(leader, tgid);
  struct ev_known_process *known = bpf_map_lookup_elem(&known_processes, &tgid);
  return known && READ(leader, start_boottime) - known->start_boot_ns < TICK_NS ? known : NULL;
}

static __always_inline const struct ev_clauses *by_place(const struct ev_filter_group *group,
                                                         struct task_struct *task,
                                                         struct ev_known_process *known) {
  __u64 id = READ(task_cgroup(task), kn, id);
  if (known && known->cgroup_in[EV_PLACE_HOST] == id) {
    return by_number(group, EV_DIM_PLACE, EV_PLACE_HOST);
  }
  if (known && known->cgroup_in[EV_PLACE_CONTAINER] == id) {
    return by_number(group, EV_DIM_PLACE, EV_PLACE_CONTAINER);
  }
  const __u32 *place = bpf_map_lookup_elem(&known_cgroups, &id);
  if (!place) {
    return NULL;
  }
  if (known) {
    known->cgroup_in[*place & 1] = id;
  }
  return by_number(group, EV_DIM_PLACE, *place);
}

static __always_inline __u32 find_class(const struct filter_state *f,
                                        const struct ev_filter_value *value) {
  void *classes = bpf_map_lookup_elem(&filter_classes, &f->tables);
  const __u32 *found = classes ? bpf_map_lookup_elem(classes, value) : NULL;
  return found ? *found : 0;
}

static __always_inline const struct ev_clauses *by_class(const struct filter_state *f,
                                                         const struct ev_filter_group *group,
                                                         __u32 dimension, __u32 number) {
  __u32 index = f->tables * EV_FILTER_SETS + group->sets[dimension - EV_DIM_USER] + number;
  return bpf_map_lookup_elem(&filter_sets, &index);
}

static __always_inline const struct ev_clauses *by_user(const struct filter_state *f,
                                                        const struct ev_filter_group *group,
                                                        struct task_struct *task) {
  struct ev_filter_value value = {.kind = EV_CLASS_USER};
  *(__u32 *)value.bytes = READ(task, cred, euid.val);
  return by_class(f, group, EV_DIM_USER, find_class(f, &value));
}

static __always_inline const struct ev_clauses *by_name(const struct filter_state *f,
                                                        const struct ev_filter_group *group,
                                                        struct ev_known_process *known,
                                                        __u32 dimension) {
  if (!known) {
    return NULL;
  }
  __u64 name_class = known->name_class;
  if (name_class >> 32 != f->generation) {
    struct ev_filter_value value = {.kind = EV_CLASS_NAME};
    __builtin_memcpy(value.bytes, known->name, sizeof(value.bytes));
    name_class = (__u64)f->generation << 32 | find_class(f, &value);
    known->name_class = name_class;
  }
  return by_class(f, group, dimension, (__u32)name_class);
}

/* The path of the descriptor's file, into scratch.path. False: it has no whole one. */
static __always_inline bool find_path(struct scratch *s, struct task_struct *task,
                                      const struct ev_filter_call *call) {
  const struct filter_state *f = &s->filter;
  if (!find_file(s, task, call) || (f->file_mode & S_IFMT) == S_IFSOCK) {
    return false;
  }
  note_root(s, task);
  resolve_path(s->index, number_of(s, (void *)f->mnt), number_of(s, (void *)f->dentry));
  return s->path_flags == 0 && s->path_at < EV_PATH_MAX;
}

/*
 * What the longest entry says that the path in scratch.path begins with; NULL: there is none.
 * `text`: EV_PREFIX_*.
 */
static __always_inline const struct ev_clauses *find_prefix(struct scratch *s, __u32 text) {
  struct filter_state *f = &s->filter;
  __u32 at = s->path_at;
  if (at >= EV_PATH_MAX) {
    return NULL;
  }
  BOUNDED(at);
  __u32 size = EV_PATH_MAX - at;
  if (size >= EV_PREFIX_MAX) {
    size = EV_PREFIX_MAX;
  }
  BOUNDED(size);
  if (size > EV_PREFIX_MAX) {
    return NULL;
  }
  bpf_probe_read_kernel(f->prefix.path, size, &s->path[at]);
  if (size < EV_PREFIX_MAX) {
    f->prefix.path[size] = 0;
    size++;
  }
  f->prefix.group = f->group | text;
  f->prefix.bits = (sizeof(f->prefix.group) + size) * 8;
  void *prefixes = bpf_map_lookup_elem(&filter_prefixes, &f->tables);
  return prefixes ? bpf_map_lookup_elem(prefixes, &f->prefix) : NULL;
}

static __always_inline const struct ev_clauses *by_path(struct scratch *s,
                                                        const struct ev_filter_group *group) {
  const struct ev_clauses *found = find_prefix(s, EV_PREFIX_PATH);
  return found ? found : &group->other_path;
}

static __always_inline bool keep_by_patterns(struct filter_state *f,
                                             const struct ev_filter_group *group, __u32 text) {
  for (__u32 i = 0; i < EV_PATTERNS && i < group->n_asked_patterns[text]; i++) {
    __u32 pattern = group->asked_patterns[text][i] & (EV_PATTERNS - 1);
    const struct ev_pattern_sets *sets = &group->patterns[text][pattern];
    if (!keep(f, f->scan.found >> pattern & 1 ? &sets->found : &sets->missing)) {
      return false;
    }
  }
  return true;
}

/* Narrows by the patterns in the bytes from `at` to `end`. False: nothing is left. */
static __always_inline bool keep_by_text(struct scratch *s, const struct ev_filter_group *group,
                                         __u32 text, __u32 at, __u32 end) {
  struct filter_state *f = &s->filter;
  f->scan = (struct scan){.at = at, .end = end};
  for (int i = 0; i < SCANS_MAX && scan_some(s->index, text); i++) {
  }
  __u32 index = automaton_index(f, text);
  const struct ev_automaton *automaton = bpf_map_lookup_elem(&filter_automata, &index);
  if (!automaton) {
    return true;
  }
  f->scan.found |= automaton->at_end[f->scan.state & (EV_STATES - 1)];
  return keep_by_patterns(f, group, text);
}

/* By the path as the call was given it. One that is longer than the buffer satisfies all. */
static __always_inline bool keep_by_given_path(struct scratch *s,
                                               const struct ev_filter_group *group,
                                               const struct ev_filter_call *call) {
  if (call->path_arg == EV_NO_ARG) {
    return true;
  }
  long size =
      bpf_probe_read_user_str(s->record, GIVEN_PATH_MAX, (void *)s->args[call->path_arg & 7]);
  if (size <= 0 || size >= GIVEN_PATH_MAX) {
    return true;
  }
  return keep_by_text(s, group, EV_TEXT_GIVEN, 0, size - 1);
}

/* By the path and what is in it. */
static __always_inline bool keep_by_path(struct scratch *s, struct task_struct *task,
                                         const struct ev_filter_group *group,
                                         const struct ev_filter_call *call) {
  struct filter_state *f = &s->filter;
  if (!find_path(s, task, call)) {
    return true;
  }
  DECIDE(EV_DIM_PATH, by_path(s, group));
  return look_ahead(f, group, EV_DIM_PATH_PATTERNS) != ASK ||
         keep_by_text(s, group, EV_TEXT_PATH, s->path_at, EV_PATH_MAX);
}

static __always_inline bool asks_for_path(const struct filter_state *f,
                                          const struct ev_filter_group *group) {
  return look_ahead(f, group, EV_DIM_PATH) == ASK ||
         look_ahead(f, group, EV_DIM_PATH_PATTERNS) == ASK;
}

static __always_inline bool asks_for_process(const struct filter_state *f,
                                             const struct ev_filter_group *group) {
  return look_ahead(f, group, EV_DIM_PLACE) == ASK || look_ahead(f, group, EV_DIM_NAME) == ASK ||
         look_ahead(f, group, EV_DIM_LATE_NAME) == ASK;
}

/* What the task is. */
static __always_inline bool passes_task(struct filter_state *f, const struct ev_filter_group *group,
                                        struct task_struct *task, struct ev_known_process *known) {
  DECIDE(EV_DIM_PLACE, by_place(group, task, known));
  DECIDE(EV_DIM_USER, by_user(f, group, task));
  DECIDE(EV_DIM_NAME, by_name(f, group, known, EV_DIM_NAME));
  DECIDE(EV_DIM_PARENT_NAME, by_name(f, group, known_process(READ(task, real_parent, group_leader)),
                                     EV_DIM_PARENT_NAME));
  return true;
}

/* Texts, which cost the most, and what seldom refuses an event. */
static __always_inline bool passes_text(struct scratch *s, const struct ev_filter_group *group,
                                        const struct ev_filter_call *call, struct task_struct *task,
                                        struct ev_known_process *known) {
  struct filter_state *f = &s->filter;
  if (look_ahead(f, group, EV_DIM_GIVEN_PATTERNS) == ASK && !keep_by_given_path(s, group, call)) {
    return false;
  }
  if (look_ahead(f, group, EV_DIM_PATH) == PASS) {
    return true;
  }
  if (asks_for_path(f, group) && !keep_by_path(s, task, group, call)) {
    return false;
  }
  DECIDE(EV_DIM_LATE_NAME, by_name(f, group, known, EV_DIM_NAME));
  DECIDE(
      EV_DIM_LATE_PARENT_NAME,
      by_name(f, group, known_process(READ(task, real_parent, group_leader)), EV_DIM_PARENT_NAME));
  return true;
}

static __always_inline bool passes_group(struct scratch *s, const struct ev_filter_group *group,
                                         const struct ev_filter_call *call,
                                         struct task_struct *task) {
  struct filter_state *f = &s->filter;
  f->file_mode = 0;
  f->left = group->all;
  if (!keep(f, by_number(group, EV_DIM_RESULT, (__s64)s->args[EV_ARG_RET] < 0)) ||
      (call->flags_arg != EV_NO_ARG && !keep(f, by_intent(s, group, call)))) {
    return false;
  }
  DECIDE(EV_DIM_FILE_KIND, by_file_kind(s, task, group, call));
  bool task_first = all_ask(f, group, EV_DIM_PLACE) || all_ask(f, group, EV_DIM_NAME);
  if (!task_first) {
    DECIDE(EV_DIM_TOP, by_top(s, task, group, call));
  }
  struct ev_known_process *known =
      asks_for_process(f, group) ? known_process(READ(task, group_leader)) : NULL;
  if (!passes_task(f, group, task, known)) {
    return false;
  }
  if (task_first) {
    DECIDE(EV_DIM_TOP, by_top(s, task, group, call));
  }
  return passes_text(s, group, call, task, known);
}

static __always_inline const struct ev_filter_call *call_in_filter(__u32 tables, __u32 nr) {
  __u64 index = tables * EV_SYSCALLS + nr;
  BOUNDED(index);
  return &filter_calls[index & (FILTER_TABLES * EV_SYSCALLS - 1)];
}

/*
 * Of the call whose arguments are in the scratch memory, which the caller has taken. False: no rule
 * holds for it, whatever user space may find out.
 */
static __always_inline bool filter_passes(struct scratch *s, struct task_struct *task, __u32 nr) {
  struct filter_state *f = &s->filter;
  note_tables(f);
  const struct ev_filter_call *call = call_in_filter(f->tables, nr);
  if (call->group == 0) {
    return true;
  }
  f->group = call->group;
  __u32 index = f->tables * EV_FILTER_GROUPS + call->group - 1;
  const struct ev_filter_group *group = bpf_map_lookup_elem(&filter_groups, &index);
  return !group || passes_group(s, group, call, task);
}

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
