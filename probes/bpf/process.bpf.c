/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The process tree: exec, fork and exit of whole processes (thread groups). */
#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/fill.h"
#include "probes/bpf/lib/filter.h"
#include "probes/bpf/lib/read.h"

struct ev_attendance attendance SEC(".data.attendance") = {};

/* Thread groups of several threads whose exit was reported: see is_reported(). */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, EXITED_ENTRIES);
  __type(key, __u64[2]); /* tgid, start */
  __type(value, __u32);
} exited SEC(".maps");

static __always_inline void append_area(struct scratch *s, __u32 kind, __u64 begin, __u64 end,
                                        __u32 max) {
  if (end > begin) {
    append_user_bytes(s->index, kind, begin, end - begin, max);
  }
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *trusted, int old_pid, struct linux_binprm *bprm) {
  struct task_struct *task = plain_task(trusted);
  remember_process(task);
  struct scratch *s = has_reader() ? scratch_take(EV_EXEC) : NULL;
  if (!s) {
    return 0;
  }
  record_begin(s, EV_EXEC, sizeof(struct ev_exec));
  fill_task(s, task);
  struct ev_exec *body = record_body(s);
  body->pidns_start_boot_ns = pid_namespace_start(task);
  body->fdlimit = task->signal->rlim[RLIMIT_NOFILE].rlim_cur;

  struct mm_struct *mm = task->mm;
  struct fs_struct *fs = task->fs;
  append_exe(s->index, number_of(s, mm->exe_file));
  append_kernel_string(s, bprm->filename);
  append_path(s->index, EV_SEC_CWD, 0, number_of(s, fs->pwd.mnt), number_of(s, fs->pwd.dentry));
  append_area(s, EV_SEC_ARGS, mm->arg_start, mm->arg_end, EV_ARGS_MAX);
  append_area(s, EV_SEC_ENV, mm->env_start, mm->env_end, EV_ENV_MAX);
  append_cgroup(s->index);
  record_submit(s, EV_EXEC);
  scratch_release(s);
  return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *trusted) {
  struct task_struct *child = plain_task(trusted);
  if (child->pid != child->tgid) {
    return 0;
  }
  remember_process(child);
  struct scratch *s = has_reader() ? scratch_take(EV_FORK) : NULL;
  if (!s) {
    return 0;
  }
  record_begin(s, EV_FORK, sizeof(struct ev_fork));
  fill_task(s, child);
  struct ev_fork *body = record_body(s);
  body->pidns_start_boot_ns = pid_namespace_start(child);
  append_cgroup(s->index);
  record_submit(s, EV_FORK);
  scratch_release(s);
  return 0;
}

/* wait4()'s status: that of a fatal signal for the group, else the leader's own. */
static __always_inline __u32 exit_status(struct task_struct *task) {
  struct signal_struct *signal = task->signal;
  if (signal->flags & SIGNAL_GROUP_EXIT) {
    return signal->group_exit_code;
  }
  return task->group_leader->exit_code;
}

#define ANCESTORS_MAX 32

/* As the kernel chooses it: the nearest subreaper, else the init of the pid namespace. */
static __always_inline __u32 children_reaper(struct task_struct *task) {
  struct signal_struct *signal = task->signal;
  if (BPF_CORE_READ_BITFIELD(signal, has_child_subreaper)) {
    struct task_struct *ancestor = task->real_parent;
    for (int i = 0; i < ANCESTORS_MAX; i++) {
      if (ancestor->tgid == 0) {
        break;
      }
      struct signal_struct *of_ancestor = ancestor->signal;
      if (BPF_CORE_READ_BITFIELD(of_ancestor, is_child_subreaper)) {
        return ancestor->tgid;
      }
      ancestor = ancestor->real_parent;
    }
    return 0;
  }
  struct pid *pid = task->thread_pid;
  if (pid->level == 0) {
    return pid->numbers[0].ns->child_reaper->tgid;
  }
  return BPF_CORE_READ(pid_namespace_at(pid, pid->level), child_reaper, tgid);
}

/*
 * Two last threads may both see that nobody is left. The first of them finds both still counted;
 * the second may find itself alone, because the first can be gone before it comes here.
 */
static __always_inline bool is_reported(struct task_struct *task) {
  __u64 key[2] = {task->tgid, task->group_leader->start_boottime};
  __u32 value = 0;
  if (task->signal->nr_threads == 1) {
    return bpf_map_lookup_elem(&exited, key) != NULL; /* cheaper than an update */
  }
  return bpf_map_update_elem(&exited, key, &value, BPF_NOEXIST) == -17 /* EEXIST */;
}

/* Before its pid can be another process's. */
static __always_inline void note_end_of_sensor(struct task_struct *task) {
  if (!is_sensor(task)) {
    return;
  }
  attendance.sensor_has_ended = 1;
  if (has_reader()) {
    attendance.reader_left_boot_ns = bpf_ktime_get_boot_ns();
  }
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *trusted) {
  struct task_struct *task = plain_task(trusted);
  __u64 pid_tgid = (__u64)task->tgid << 32 | (__u32)task->pid;
  bpf_map_delete_elem(&stashes, &pid_tgid);
  if (task->signal->live.counter != 0) {
    return 0;
  }
  note_end_of_sensor(task);
  if (is_reported(task)) {
    return 0;
  }
  forget_process(task);
  struct scratch *s = has_reader() ? scratch_take(EV_EXIT) : NULL;
  if (!s) {
    return 0;
  }
  record_begin(s, EV_EXIT, sizeof(struct ev_exit));
  fill_task(s, task);
  struct ev_exit *body = record_body(s);
  body->code = exit_status(task);
  body->reaper = children_reaper(task);
  record_submit(s, EV_EXIT);
  scratch_release(s);
  return 0;
}
