/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Paths from kernel objects, as d_path() would give them: from the dentry upwards, across mounts,
 * until the root directory of the task. Names are written from the end of scratch.path.
 */
#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/emit.h"
#include "probes/bpf/lib/mount.h"
#include "probes/bpf/lib/read.h"

#define MOUNT_CROSSINGS_MAX 16
#define CLIMB_STEPS 8
#define CLIMBS_MAX ((EV_PATH_COMPONENTS + MOUNT_CROSSINGS_MAX) / CLIMB_STEPS)
#define CGROUP_CLIMBS_MAX 4

static __always_inline void prepend(struct scratch *s, const void *name, __u32 len) {
  len &= 0xff; /* NAME_MAX */
  if (s->path_at < len) {
    s->path_flags |= EV_SECF_TRUNCATED;
    return;
  }
  s->path_at -= len;
  bpf_probe_read_kernel(&s->path[s->path_at & (EV_PATH_MAX - 1)], len, name);
}

static __always_inline void prepend_char(struct scratch *s, char c) {
  if (s->path_at == 0) {
    s->path_flags |= EV_SECF_TRUNCATED;
    return;
  }
  s->path_at--;
  s->path[s->path_at & (EV_PATH_MAX - 1)] = c;
}

/* "LABEL[INO]" */
static __always_inline void prepend_numbered(struct scratch *s, const char *label, __u32 label_size,
                                             __u64 ino) {
  prepend_char(s, ']');
  for (int i = 0; i < 20; i++) {
    prepend_char(s, '0' + ino % 10);
    ino /= 10;
    if (ino == 0) {
      break;
    }
  }
  prepend_char(s, '[');
  prepend(s, label, label_size);
}

/* A dentry that is its own parent and no mount's root: named by its file system, not by a path. */
static __always_inline void prepend_pseudo(struct scratch *s, struct dentry *dentry) {
  __u64 magic = BPF_CORE_READ(dentry, d_inode, i_sb, s_magic);
  __u64 ino = BPF_CORE_READ(dentry, d_inode, i_ino);
  if (magic == PIPEFS_MAGIC) {
    prepend_numbered(s, "pipe:", 5, ino);
  } else if (magic == SOCKFS_MAGIC) {
    prepend_numbered(s, "socket:", 7, ino);
  } else if (magic == PID_FS_MAGIC) {
    prepend(s, "anon_inode:[pidfd]", 18);
  } else if (magic == NSFS_MAGIC) {
    struct ns_common *ns = BPF_CORE_READ(dentry, d_inode, i_private);
    char name[16] = {};
    const char *kernel_name = BPF_CORE_READ(ns, ops, name);
    long len = bpf_probe_read_kernel_str(name, sizeof(name), kernel_name);
    prepend_numbered(s, ":", 1, ino);
    prepend(s, name, len > 0 ? len - 1 : 0);
  } else {
    prepend(s, BPF_CORE_READ(dentry, d_name.name), BPF_CORE_READ(dentry, d_name.len));
    if (magic == ANON_INODE_FS_MAGIC) {
      prepend(s, "anon_inode:", 11);
    }
  }
}

/* One step upwards. False when the walk is over. */
static __always_inline bool step_up(struct scratch *s, struct walk *w) {
  if (w->dentry == s->root_dentry && w->mnt == s->root_mnt) {
    return false;
  }
  if (w->dentry == w->mnt_root) {
    return cross_mount(s, w);
  }
  KERNEL_OBJECT(struct dentry, dentry, DENTRY_HEAD, w->dentry);
  __u64 parent = number_of(s, dentry->d_parent);
  if (parent == w->dentry) {
    s->path_flags |= EV_SECF_DETACHED;
    return false;
  }
  if (s->path_components >= EV_PATH_COMPONENTS) {
    s->path_flags |= EV_SECF_TOO_DEEP;
    return false;
  }
  s->path_components++;
  prepend(s, dentry->d_name.name, dentry->d_name.len);
  prepend_char(s, '/');
  w->dentry = parent;
  return (s->path_flags & EV_SECF_TRUNCATED) == 0;
}

/*
 * Some steps upwards; 0 when the walk is over. Global (append.h), so that the verifier looks at
 * these few turns and not at as many as the longest path has; most paths need one call.
 */
__noinline int climb(__u32 at) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  struct walk w = s->walk;
  for (int i = 0; i < CLIMB_STEPS; i++) {
    if (!step_up(s, &w)) {
      return 0;
    }
  }
  s->walk = w;
  return 1;
}

/* From where scratch.walk is. */
static __always_inline void climb_all(struct scratch *s) {
  int climbs = 0;
  while (climbs < CLIMBS_MAX && climb(s->index)) {
    climbs++;
  }
  if (climbs == CLIMBS_MAX) {
    s->path_flags |= EV_SECF_TOO_DEEP;
  }
  if (s->path_at == EV_PATH_MAX) {
    prepend_char(s, '/');
  }
}

static __always_inline void begin_path(struct scratch *s) {
  s->path_at = EV_PATH_MAX;
  s->path_flags = 0;
  s->path_components = 0;
}

__noinline int resolve_in_file_system(__u32 at, __u64 dentry) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  begin_path(s);
  s->walk = (struct walk){.dentry = dentry}; /* of no mount: it ends at the top */
  climb_all(s);
  s->path_flags &= ~EV_SECF_DETACHED;
  return 0;
}

__noinline int resolve_path(__u32 at, __u64 mnt, __u64 dentry) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  begin_path(s);
  struct walk w = {.dentry = dentry};
  enter_mount(s, &w, mnt);
  bool is_top = number_of(s, KERNEL_MEMBER(struct dentry, dentry, d_parent)) == dentry;
  if (is_top && dentry != w.mnt_root) {
    prepend_pseudo(s, (void *)dentry);
    return 0;
  }
  if (!is_top && number_of(s, KERNEL_MEMBER(struct dentry, dentry, d_hash.pprev)) == 0) {
    s->path_flags |= EV_SECF_DELETED;
  }
  s->walk = w;
  climb_all(s);
  return 0;
}

__noinline int append_path(__u32 at, __u32 kind, __u32 slot, __u64 mnt, __u64 dentry) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  resolve_path(s->index, mnt, dentry);
  struct ev_section *section = section_open(s, kind, slot, EV_PATH_MAX);
  if (section) {
    close_with_path(s, section, 0);
  }
  return 0;
}

/* As climb(), from scratch.cgroup_kn. */
__noinline int climb_cgroup(__u32 at) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  __u64 address = s->cgroup_kn;
  for (int i = 0; i < CLIMB_STEPS; i++) {
    KERNEL_OBJECT(struct kernfs_node, node, KERNFS_NODE_HEAD, address);
    __u64 parent = number_of(s, kernfs_parent(node));
    if (!parent) {
      return 0;
    }
    /* By way of the slack, where prepend() leaves nothing: the stack has no room for a name. */
    __u8 *name = s->path + EV_PATH_MAX;
    long len = bpf_probe_read_kernel_str(name, sizeof(s->path) - EV_PATH_MAX, node->name);
    prepend(s, name, len > 0 ? len - 1 : 0);
    prepend_char(s, '/');
    address = parent;
  }
  s->cgroup_kn = address;
  return 1;
}

__noinline int append_cgroup(__u32 at) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  s->path_at = EV_PATH_MAX;
  s->path_flags = 0;
  int climbs = 0;
  while (climbs < CGROUP_CLIMBS_MAX && climb_cgroup(s->index)) {
    climbs++;
  }
  if (climbs == CGROUP_CLIMBS_MAX) {
    s->path_flags |= EV_SECF_TOO_DEEP;
  }
  if (s->path_at == EV_PATH_MAX) {
    prepend_char(s, '/');
  }
  struct ev_section *section = section_open(s, EV_SEC_CGROUP, 0, EV_PATH_MAX);
  if (!section) {
    return 0;
  }
  /* The end of the path names the container: it is what is kept. */
  __u32 len = EV_PATH_MAX - s->path_at;
  if (len > EV_CGROUP_MAX) {
    s->path_at = EV_PATH_MAX - EV_CGROUP_MAX;
    s->path_flags |= EV_SECF_TRUNCATED;
  }
  section_close(s, section, copy_path(s, section + 1), len, s->path_flags);
  return 0;
}
