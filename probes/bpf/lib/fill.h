/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fill: the acting task of a record. Members of BTF pointers are read directly, at a load each. */
#ifndef SAKER_PROBES_BPF_LIB_FILL_H
#define SAKER_PROBES_BPF_LIB_FILL_H

#include "probes/bpf/lib/emit.h"
#include "probes/bpf/lib/read.h"

/* dev_t of the kernel (12 bits major, 20 bits minor) as user space sees it. */
static __always_inline __u32 encode_dev(__u32 dev) {
  __u32 major = dev >> 20;
  __u32 minor = dev & 0xfffff;
  return (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12);
}

static __always_inline bool is_compat(struct task_struct *task) {
#if defined(__TARGET_ARCH_x86)
  return READ(task, thread_info.status) & 0x2; /* TS_COMPAT */
#else
  return READ(task, thread_info.flags) & (1ul << 22); /* TIF_32BIT */
#endif
}

/*
 * The hierarchy that names the container: the unified one, unless the task is at its root; then
 * `memory`, then `pids` of version 1.
 */
static __always_inline struct cgroup *task_cgroup(struct task_struct *task) {
  struct css_set *set = READ(task, cgroups);
  struct cgroup *cgroup = READ(set, dfl_cgrp);
  if (READ(cgroup, level) > 0) {
    return cgroup;
  }
  if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
    struct cgroup *v1 =
        READ(set, subsys[bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id)], cgroup);
    if (READ(v1, level) > 0) {
      return v1;
    }
  }
  if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id)) {
    struct cgroup *v1 =
        READ(set, subsys[bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id)], cgroup);
    if (READ(v1, level) > 0) {
      return v1;
    }
  }
  return cgroup;
}

static __always_inline void fill_cgroup(struct scratch *s, struct ev_task *t,
                                        struct task_struct *task) {
  struct kernfs_node *kn = READ(task_cgroup(task), kn);
  s->cgroup_kn = (__u64)kn;
  t->cgroup_id = READ(kn, id);
  if (t->cgroup_id == 0) {
    t->flags |= EV_TASKF_NO_CGROUP;
  }
}

#define UPIDS_SIZE 1024 /* a power of two, twice what the kernel's 32 levels need */

/* Where `pid` has its id in the namespace `level` levels below the host's: only to be copied. */
static __always_inline void *upid_at(struct pid *pid, __u32 level) {
  __u64 offset = level * bpf_core_type_size(struct upid);
  return (void *)pid + bpf_core_field_offset(struct pid, numbers) + (offset & (UPIDS_SIZE - 1));
}

/* The id of `pid` in the namespace `level` levels below the host's; 0 when it is not visible. */
static __always_inline __u32 pid_at(struct pid *pid, __u32 level) {
  if (level == 0) {
    return READ(pid, numbers[0].nr);
  }
  __u32 nr = 0;
  if (READ(pid, level) >= level) {
    bpf_probe_read_kernel(&nr, sizeof(nr),
                          upid_at(pid, level) + bpf_core_field_offset(struct upid, nr));
  }
  return nr;
}

static __always_inline struct pid_namespace *pid_namespace_at(struct pid *pid, __u32 level) {
  struct pid_namespace *ns = NULL;
  bpf_probe_read_kernel(&ns, sizeof(ns),
                        upid_at(pid, level) + bpf_core_field_offset(struct upid, ns));
  return ns;
}

/* Of the host's namespace without a helper call: what most tasks are in. */
static __always_inline __u32 pid_namespace_inum(struct task_struct *task) {
  struct pid *pid = READ(task, thread_pid);
  __u32 level = READ(pid, level);
  if (level == 0) {
    return READ(pid, numbers[0].ns, ns.inum);
  }
  return BPF_CORE_READ(pid_namespace_at(pid, level), ns.inum);
}

static __always_inline void fill_ids(struct ev_task *t, struct task_struct *task) {
  struct signal_struct *signal = READ(task, signal);
  struct pid *pid = READ(task, thread_pid);
  __u32 level = READ(pid, level);
  t->pid = READ(task, tgid);
  t->tid = READ(task, pid);
  t->pgid = pid_at(READ(signal, pids[PIDTYPE_PGID]), 0);
  t->sid = pid_at(READ(signal, pids[PIDTYPE_SID]), level);
  if (level == 0) {
    t->vpid = t->pid;
    t->vtid = t->tid;
    t->vpgid = t->pgid;
  } else {
    t->vpid = pid_at(READ(signal, pids[PIDTYPE_TGID]), level);
    t->vtid = pid_at(pid, level);
    t->vpgid = pid_at(READ(signal, pids[PIDTYPE_PGID]), level);
  }
}

static __always_inline void fill_parent(struct ev_task *t, struct task_struct *task) {
  struct task_struct *parent = READ(task, real_parent);
  t->ppid = READ(parent, tgid);
  t->parent_start_boot_ns = t->ppid != 0 ? READ(parent, group_leader, start_boottime) : 0;
}

static __always_inline void read_caps(struct task_caps *caps, struct cred *cred) {
  /* Two 32-bit words before 6.3, one of 64 bits since: the same bytes on little-endian. */
  caps->inheritable = READ_WORD(cred, cap_inheritable);
  caps->permitted = READ_WORD(cred, cap_permitted);
  caps->effective = READ_WORD(cred, cap_effective);
}

static __always_inline void set_caps(struct ev_task *t, const struct task_caps *caps) {
  t->cap_inheritable = caps->inheritable;
  t->cap_permitted = caps->permitted;
  t->cap_effective = caps->effective;
}

static __always_inline void fill_credentials(struct ev_task *t, struct task_struct *task) {
  struct cred *cred = READ(task, cred);
  t->uid = READ(cred, uid.val);
  t->euid = READ(cred, euid.val);
  t->gid = READ(cred, gid.val);
  t->egid = READ(cred, egid.val);
  struct task_caps caps;
  read_caps(&caps, cred);
  set_caps(t, &caps);
  t->loginuid = ~0u;
  if (bpf_core_field_exists(task->loginuid)) { /* CONFIG_AUDIT */
    t->loginuid = READ(task, loginuid.val);
  }
}

static __always_inline void fill_tty(struct ev_task *t, struct task_struct *task) {
  t->tty = 0;
  struct tty_struct *tty = READ(task, signal, tty);
  if (tty) {
    struct tty_driver *driver = READ(tty, driver);
    t->tty = encode_dev(((__u32)READ(driver, major) << 20) + READ(driver, minor_start) +
                        READ(tty, index));
  }
}

/* Everything a record says of its task, and the task's root directory for the paths in it. */
static __always_inline void fill_task(struct scratch *s, struct task_struct *task) {
  struct ev_task *t = record_task(s);
  t->flags = READ(task, flags) & PF_KTHREAD ? EV_TASKF_KTHREAD : 0;
  if (is_compat(task)) {
    t->flags |= EV_TASKF_COMPAT;
  }
  t->start_boot_ns = READ(task, group_leader, start_boottime);
  fill_ids(t, task);
  fill_parent(t, task);
  fill_credentials(t, task);
  fill_tty(t, task);
  fill_cgroup(s, t, task);
  t->mnt_ns = READ(task, nsproxy, mnt_ns, ns.inum);
  t->pid_ns = pid_namespace_inum(task);
  ((__u64 *)t->comm)[0] = READ_WORD(task, comm[0]);
  ((__u64 *)t->comm)[1] = READ_WORD(task, comm[8]);
  t->comm[EV_COMM_SIZE - 1] = 0;

  struct fs_struct *fs = READ(task, fs);
  s->root_mnt = (__u64)READ(fs, root.mnt);
  s->root_dentry = (__u64)READ(fs, root.dentry);
}

static __always_inline __u64 pid_namespace_start(struct task_struct *task) {
  struct pid *pid = READ(task, thread_pid);
  __u32 level = READ(pid, level);
  if (level == 0) {
    return READ(pid, numbers[0].ns, child_reaper, start_boottime);
  }
  return BPF_CORE_READ(pid_namespace_at(pid, level), child_reaper, start_boottime);
}

#endif /* SAKER_PROBES_BPF_LIB_FILL_H */
