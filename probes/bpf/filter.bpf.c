/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The filter: intersects sets of clauses, one dimension after the other (filter_wire.h). What
 * cannot be read satisfies all clauses: the event then goes to user space.
 */
#include "probes/bpf/lib/filter.h"

#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/mount.h"
#include "probes/bpf/lib/syscall.h"

#define TABLES 2 /* one in use, one to be filled */
#define GIVEN_PATH_MAX 1024
#define SCAN_STEPS 64
#define FORMAT_SHIFT 12
#define FILE_FOUND 0x10000u /* no bit of a mode: anonymous inodes have none at all */
#define TICK_NS 10000000ull /* start times from /proc are rounded down to it */

/* Which of the tables is in use; the other one may be changed. */
__u32 filter_tables = 0;
struct ev_filter_call filter_calls[TABLES * EV_SYSCALLS] = {};

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, TABLES *EV_FILTER_GROUPS);
  __type(key, __u32);
  __type(value, struct ev_filter_group);
} filter_groups SEC(".maps");

/* Inner maps tell sizes, as clang 19 leaves the types of nested definitions out of BTF. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, TABLES);
  __type(key, __u32);
  __array(
      values, struct {
        __uint(type, BPF_MAP_TYPE_HASH);
        __uint(max_entries, 1);
        __uint(key_size, sizeof(struct ev_filter_key));
        __uint(value_size, sizeof(struct ev_clauses));
      });
} filter_keys SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, TABLES);
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

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __uint(max_entries, TABLES);
  __type(key, __u32);
  __array(
      values, struct {
        __uint(type, BPF_MAP_TYPE_ARRAY);
        __uint(max_entries, EV_TEXTS);
        __type(key, __u32);
        __uint(value_size, sizeof(struct ev_automaton));
      });
} filter_automata SEC(".maps");

/* EV_PLACE_* by cgroup id; one that user space has not looked at yet is not in it. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1);
  __type(key, __u64);
  __type(value, __u32);
} known_cgroups SEC(".maps");

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
  KERNEL_OBJECT(struct file, file, FILE_HEAD, address);
  f->mnt = (__u64)file->f_path.mnt;
  f->dentry = (__u64)file->f_path.dentry;
  KERNEL_OBJECT(struct inode, inode, INODE_HEAD, (__u64)file->f_inode);
  f->file_mode = inode->i_mode | FILE_FOUND;
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

static __always_inline const struct ev_clauses *by_place(const struct ev_filter_group *group,
                                                         struct task_struct *task) {
  __u64 id = task_cgroup(task)->kn->id;
  const __u32 *place = bpf_map_lookup_elem(&known_cgroups, &id);
  return place ? by_number(group, EV_DIM_PLACE, *place) : NULL;
}

static __always_inline const struct ev_clauses *by_key(const struct filter_state *f,
                                                       const struct ev_filter_group *group,
                                                       __u32 dimension, struct ev_filter_key *key) {
  key->group = f->group;
  key->dimension = dimension;
  void *keys = bpf_map_lookup_elem(&filter_keys, &f->tables);
  if (!keys) {
    return NULL;
  }
  const struct ev_clauses *found = bpf_map_lookup_elem(keys, key);
  return found ? found : &group->other_key[dimension - EV_SMALL_DIMS];
}

static __always_inline const struct ev_clauses *by_user(const struct filter_state *f,
                                                        const struct ev_filter_group *group,
                                                        struct task_struct *task) {
  struct ev_filter_key key = {};
  *(__u32 *)key.value = task->cred->euid.val;
  return by_key(f, group, EV_DIM_USER, &key);
}

static __always_inline const struct ev_clauses *by_name(const struct filter_state *f,
                                                        const struct ev_filter_group *group,
                                                        struct task_struct *leader,
                                                        __u32 dimension) {
  __u32 tgid = leader->tgid;
  const struct ev_known_process *known = bpf_map_lookup_elem(&known_processes, &tgid);
  if (!known || leader->start_boottime - known->start_boot_ns >= TICK_NS) {
    return NULL;
  }
  struct ev_filter_key key = {};
  __builtin_memcpy(key.value, known->name, sizeof(key.value));
  return by_key(f, group, dimension, &key);
}

#define TOP_STEPS 40 /* of deeper paths nothing is known */

/*
 * The ancestor of the descriptor's file right below the task's root; 0: none is known. Walks as
 * resolve_path() does, without reading names.
 */
__noinline __u64 find_top(void) {
  struct scratch *s = scratch_here();
  if (!s) {
    return 0;
  }
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
    KERNEL_OBJECT(struct dentry, dentry, DENTRY_HEAD, w.dentry);
    __u64 parent = (__u64)dentry->d_parent;
    if (parent == w.dentry) {
      return 0;
    }
    top = w.dentry;
    w.dentry = parent;
  }
  return 0;
}

static __always_inline void note_root(struct scratch *s, struct task_struct *task) {
  struct fs_struct *fs = task->fs;
  s->root_mnt = (__u64)fs->root.mnt;
  s->root_dentry = (__u64)fs->root.dentry;
}

static __always_inline const struct ev_clauses *by_top(struct scratch *s, struct task_struct *task,
                                                       const struct ev_filter_group *group,
                                                       const struct ev_filter_call *call) {
  if (!find_file(s, task, call) || (s->filter.file_mode & S_IFMT) == S_IFSOCK) {
    return NULL;
  }
  note_root(s, task);
  __u64 top = find_top();
  if (!top) {
    return NULL;
  }
  KERNEL_OBJECT(struct dentry, dentry, DENTRY_HEAD, top);
  __u32 size = dentry->d_name.len;
  struct ev_filter_key key = {};
  if (size >= sizeof(key.value)) {
    return NULL;
  }
  bpf_probe_read_kernel(key.value, size, dentry->d_name.name);
  return by_key(&s->filter, group, EV_DIM_TOP, &key);
}

/* The path of the descriptor's file, into scratch.path. False: it has no whole one. */
static __always_inline bool find_path(struct scratch *s, struct task_struct *task,
                                      const struct ev_filter_call *call) {
  const struct filter_state *f = &s->filter;
  if (!find_file(s, task, call) || (f->file_mode & S_IFMT) == S_IFSOCK) {
    return false;
  }
  note_root(s, task);
  resolve_path(number_of(s, (void *)f->mnt), number_of(s, (void *)f->dentry));
  return s->path_flags == 0 && s->path_at < EV_PATH_MAX;
}

static __always_inline const struct ev_clauses *by_path(struct scratch *s,
                                                        const struct ev_filter_group *group) {
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
  f->prefix.group = f->group;
  f->prefix.bits = (sizeof(f->prefix.group) + size) * 8;
  void *prefixes = bpf_map_lookup_elem(&filter_prefixes, &f->tables);
  if (!prefixes) {
    return NULL;
  }
  const struct ev_clauses *found = bpf_map_lookup_elem(prefixes, &f->prefix);
  return found ? found : &group->other_path;
}

/*
 * Some bytes of the text: of scratch.path, or of the path as given, which stands where the record
 * is going to be. 0 when the text is over. Global: see climb().
 */
__noinline int scan_some(__u32 text) {
  struct scratch *s = scratch_here();
  if (!s) {
    return 0;
  }
  void *automata = bpf_map_lookup_elem(&filter_automata, &s->filter.tables);
  if (!automata) {
    return 0;
  }
  const struct ev_automaton *automaton = bpf_map_lookup_elem(automata, &text);
  if (!automaton) {
    return 0;
  }
  struct scan scan = s->filter.scan;
  __u32 bits = automaton->class_bits & 7;
  const __u8 *bytes = text == EV_TEXT_PATH ? s->path : s->record;
  for (int i = 0; i < SCAN_STEPS && scan.at < scan.end; i++) {
    __u8 byte = bytes[scan.at & (EV_PATH_MAX - 1)];
    scan.at++;
    if (byte != '/' || scan.before != '/') {
      __u32 row = scan.state << bits | automaton->class_of[byte];
      scan.state = automaton->next[row & (EV_TRANSITIONS - 1)];
      scan.found |= automaton->anywhere[scan.state & (EV_STATES - 1)];
    }
    scan.before = byte;
  }
  s->filter.scan = scan;
  return scan.at < scan.end;
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

#define SCANS_MAX (EV_PATH_MAX / SCAN_STEPS)

/* Narrows by the patterns in the bytes from `at` to `end`. False: nothing is left. */
static __always_inline bool keep_by_text(struct filter_state *f,
                                         const struct ev_filter_group *group, __u32 text, __u32 at,
                                         __u32 end) {
  f->scan = (struct scan){.at = at, .end = end};
  for (int i = 0; i < SCANS_MAX && scan_some(text); i++) {
  }
  void *automata = bpf_map_lookup_elem(&filter_automata, &f->tables);
  if (!automata) {
    return true;
  }
  const struct ev_automaton *automaton = bpf_map_lookup_elem(automata, &text);
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
  return keep_by_text(&s->filter, group, EV_TEXT_GIVEN, 0, size - 1);
}

/* By the path and what is in it. */
static __always_inline bool keep_by_path(struct scratch *s, struct task_struct *task,
                                         const struct ev_filter_group *group,
                                         const struct ev_filter_call *call) {
  struct filter_state *f = &s->filter;
  if (!find_path(s, task, call)) {
    return true;
  }
  const struct ev_clauses *clauses = by_path(s, group);
  if (clauses && !keep(f, clauses)) {
    return false;
  }
  return look_ahead(f, group, EV_DIM_PATH_PATTERNS) != ASK ||
         keep_by_text(f, group, EV_TEXT_PATH, s->path_at, EV_PATH_MAX);
}

static __always_inline bool asks_for_path(const struct filter_state *f,
                                          const struct ev_filter_group *group) {
  return look_ahead(f, group, EV_DIM_PATH) == ASK ||
         look_ahead(f, group, EV_DIM_PATH_PATTERNS) == ASK;
}

static __always_inline int passes_group(struct scratch *s, const struct ev_filter_group *group,
                                        const struct ev_filter_call *call) {
  struct filter_state *f = &s->filter;
  struct task_struct *task = plain_task(bpf_get_current_task_btf());
  f->file_mode = 0;
  f->left = group->all;
  if (!keep(f, by_number(group, EV_DIM_RESULT, (__s64)s->args[EV_ARG_RET] < 0)) ||
      (call->flags_arg != EV_NO_ARG && !keep(f, by_intent(s, group, call)))) {
    return 0;
  }
  if (all_ask(f, group, EV_DIM_PLACE)) {
    DECIDE(EV_DIM_PLACE, by_place(group, task));
  }
  DECIDE(EV_DIM_FILE_KIND, by_file_kind(s, task, group, call));
  if (!all_ask(f, group, EV_DIM_NAME)) {
    DECIDE(EV_DIM_TOP, by_top(s, task, group, call));
  }
  DECIDE(EV_DIM_PLACE, by_place(group, task));
  DECIDE(EV_DIM_USER, by_user(f, group, task));
  DECIDE(EV_DIM_NAME, by_name(f, group, task->group_leader, EV_DIM_NAME));
  DECIDE(EV_DIM_PARENT_NAME,
         by_name(f, group, task->real_parent->group_leader, EV_DIM_PARENT_NAME));
  switch (look_ahead(f, group, EV_DIM_GIVEN_PATTERNS)) {
    case PASS:
      return 1;
    case ASK:
      if (!keep_by_given_path(s, group, call)) {
        return 0;
      }
      break;
    default:
      break;
  }
  if (look_ahead(f, group, EV_DIM_PATH) == PASS) {
    return 1;
  }
  if (asks_for_path(f, group) && !keep_by_path(s, task, group, call)) {
    return 0;
  }
  DECIDE(EV_DIM_LATE_NAME, by_name(f, group, task->group_leader, EV_DIM_NAME));
  DECIDE(EV_DIM_LATE_PARENT_NAME,
         by_name(f, group, task->real_parent->group_leader, EV_DIM_PARENT_NAME));
  return 1;
}

__noinline int filter_passes(__u32 nr) {
  struct scratch *s = scratch_here();
  __u32 tables = filter_tables & (TABLES - 1);
  const struct ev_filter_call *call =
      &filter_calls[(tables * EV_SYSCALLS + nr) & (TABLES * EV_SYSCALLS - 1)];
  if (!s || call->group == 0) {
    return 1;
  }
  s->filter.tables = tables;
  s->filter.group = call->group;
  __u32 index = tables * EV_FILTER_GROUPS + call->group - 1;
  const struct ev_filter_group *group = bpf_map_lookup_elem(&filter_groups, &index);
  return group ? passes_group(s, group, call) : 1;
}
