/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading kernel objects that are known by address only. */
#ifndef SAKER_BPF_READ_H
#define SAKER_BPF_READ_H

#include "probes/bpf/lib/emit.h"

/*
 * Declares `name` as a pointer to a copy of the first `size` bytes of the object. One block read is
 * several times cheaper than one probe read per member. The copy is on the stack, so a kernel whose
 * member lies behind it is refused when the program is loaded instead of giving wrong values.
 */
#define COPY_HEAD(type, name, size, address)                          \
  __u64 name##_head[(size) / 8];                                      \
  bpf_probe_read_kernel(name##_head, (size), (const void*)(address)); \
  type* name = (void*)name##_head

#define DENTRY_HEAD 96
#define FILE_HEAD 192
#define INODE_HEAD 192
#define SUPER_BLOCK_HEAD 128

static __always_inline struct kernfs_node* kernfs_parent(struct kernfs_node* kn) {
  if (bpf_core_field_exists(kn->__parent)) {
    return BPF_CORE_READ(kn, __parent);
  }
  return BPF_CORE_READ((struct kernfs_node___before_6_15*)kn, parent);
}

/* Copies what resolve_path() left; `to` has room for EV_PATH_MAX bytes. Gives the length. */
static __always_inline __u32 copy_path(struct scratch* s, void* to) {
  __u32 at = s->path_at;
  if (at >= EV_PATH_MAX) {
    return 0;
  }
  BOUNDED(at);
  __u32 len = EV_PATH_MAX - at;
  if (len > EV_PATH_MAX) {
    return 0;
  }
  BOUNDED(len);
  bpf_probe_read_kernel(to, len, &s->path[at]);
  return len;
}

#endif /* SAKER_BPF_READ_H */
