/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Walking upwards from a dentry, across mounts. */
#ifndef SAKER_PROBES_BPF_LIB_MOUNT_H
#define SAKER_PROBES_BPF_LIB_MOUNT_H

#include "probes/bpf/lib/read.h"

static __always_inline void enter_mount(struct scratch *s, struct walk *w, __u64 address) {
  w->mnt = address;
  w->mnt_root = number_of(s, KERNEL_MEMBER(struct vfsmount, address, mnt_root));
}

/* To where the mount stands. False: it stands nowhere. */
static __always_inline bool cross_mount(struct scratch *s, struct walk *w) {
  __u64 address = w->mnt - bpf_core_field_offset(struct mount, mnt);
  __u64 parent = number_of(s, KERNEL_MEMBER(struct mount, address, mnt_parent));
  if (parent == address) {
    s->path_flags |= EV_SECF_DETACHED;
    return false;
  }
  w->dentry = number_of(s, KERNEL_MEMBER(struct mount, address, mnt_mountpoint));
  enter_mount(s, w, parent + bpf_core_field_offset(struct mount, mnt));
  return true;
}

#endif /* SAKER_PROBES_BPF_LIB_MOUNT_H */
