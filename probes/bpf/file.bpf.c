/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Open files and executables: identity and path, from the kernel object. */
#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/fill.h"
#include "probes/bpf/lib/read.h"

#define NSEC_PER_SEC 1000000000ull
#define NSEC_MASK                                                                \
  0x3fffffffu /* the kernel keeps a flag above the 30 bits of a nanosecond count \
               */

#define TIMESPEC_NS(time) \
  ((__u64)(time).tv_sec * NSEC_PER_SEC + ((__u64)(time).tv_nsec & NSEC_MASK))

static __always_inline void fill_times(struct ev_inode *out, struct inode *inode) {
  struct inode___timespec *old = (void *)inode;
  if (bpf_core_field_exists(inode->i_ctime_sec)) {
    out->ctime_ns = inode->i_ctime_sec * NSEC_PER_SEC + (inode->i_ctime_nsec & NSEC_MASK);
    out->mtime_ns = inode->i_mtime_sec * NSEC_PER_SEC + (inode->i_mtime_nsec & NSEC_MASK);
    return;
  }
  if (bpf_core_field_exists(old->__i_ctime)) {
    out->ctime_ns = TIMESPEC_NS(old->__i_ctime);
  } else {
    out->ctime_ns = TIMESPEC_NS(old->i_ctime);
  }
  if (bpf_core_field_exists(old->__i_mtime)) {
    out->mtime_ns = TIMESPEC_NS(old->__i_mtime);
  } else {
    out->mtime_ns = TIMESPEC_NS(old->i_mtime);
  }
}

/*
 * struct ovl_inode has the upper layer's dentry right behind its struct inode, in every kernel
 * since 4.x; its own BTF is often that of a module.
 */
static __always_inline __u32 overlay_layer(__u64 inode) {
  __u64 upper = 0;
  bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
  return upper ? EV_INODEF_UPPER_LAYER : EV_INODEF_LOWER_LAYER;
}

static __always_inline bool is_memfd(__u64 dentry) {
  if ((__u64)KERNEL_MEMBER(struct dentry, dentry, d_parent) != dentry ||
      KERNEL_MEMBER(struct dentry, dentry, d_name.len) < 6) {
    return false;
  }
  char name[8] = {};
  bpf_probe_read_kernel(name, 6, KERNEL_MEMBER(struct dentry, dentry, d_name.name));
  return __builtin_memcmp(name, "memfd:", 6) == 0;
}

static __always_inline void fill_super_block(struct ev_inode *out, __u64 address) {
  out->dev = encode_dev(KERNEL_MEMBER(struct super_block, address, s_dev));
  out->fs_magic = KERNEL_MEMBER(struct super_block, address, s_magic);
  if (KERNEL_MEMBER(struct super_block, address, s_flags) & SB_RDONLY) {
    out->flags |= EV_INODEF_RDONLY_FS;
  }
}

static __noinline __u64 fill_inode(struct ev_inode *out, __u64 address) {
  KERNEL_OBJECT(struct inode, inode, INODE_HEAD, address);
  out->ino = inode->i_ino;
  out->mode = inode->i_mode;
  out->uid = inode->i_uid.val;
  out->gid = inode->i_gid.val;
  out->flags = inode->i_nlink == 0 ? EV_INODEF_UNLINKED : 0;
  fill_times(out, inode);
  return (__u64)inode->i_sb;
}

/* What is needed of a struct file. */
struct file_facts {
  __u64 inode;
  __u64 mnt;
  __u64 dentry;
  __u32 f_mode;
  __u32 f_flags;
};

static __noinline int read_file(struct file_facts *facts, __u64 address) {
  KERNEL_OBJECT(struct file, file, FILE_HEAD, address);
  facts->inode = (__u64)file->f_inode;
  facts->mnt = (__u64)file->f_path.mnt;
  facts->dentry = (__u64)file->f_path.dentry;
  facts->f_mode = file->f_mode;
  facts->f_flags = file->f_flags;
  return 0;
}

static __always_inline void fill_identity(struct ev_inode *out, const struct file_facts *facts) {
  fill_super_block(out, fill_inode(out, facts->inode));
  if (KERNEL_MEMBER(struct vfsmount, facts->mnt, mnt_flags) & MNT_READONLY) {
    out->flags |= EV_INODEF_RDONLY_FS;
  }
  if (facts->f_mode & FMODE_CREATED) {
    out->flags |= EV_INODEF_CREATED;
  }
  if (out->fs_magic == OVERLAYFS_SUPER_MAGIC) {
    out->flags |= overlay_layer(facts->inode);
  }
  if ((out->flags & EV_INODEF_UNLINKED) && is_memfd(facts->dentry)) {
    out->flags |= EV_INODEF_MEMFD;
  }
}

__noinline int append_file(__u32 at, __u64 file, __s32 fd, __u32 slot) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  struct file_facts facts;
  read_file(&facts, file);
  resolve_path(s->index, number_of(s, (void *)facts.mnt), number_of(s, (void *)facts.dentry));
  struct ev_section *section =
      section_open(s, EV_SEC_FILE, slot, sizeof(struct ev_file) + EV_PATH_MAX);
  if (!section) {
    return 0;
  }
  struct ev_file *out = (void *)(section + 1);
  fill_identity(&out->inode, &facts);
  out->fd = fd;
  out->open_flags = facts.f_flags;
  bool is_socket = out->inode.fs_magic == SOCKFS_MAGIC;
  __u64 ino = out->inode.ino;
  close_with_path(s, section, sizeof(*out));
  if (is_socket) {
    append_socket(s->index, file, ino, fd, slot);
  }
  return 0;
}

__noinline int append_new_file(__u32 at, __u64 mnt, __u64 dentry, __u32 mode, __u32 open_flags) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  resolve_path(s->index, mnt, dentry);
  struct ev_section *section =
      section_open(s, EV_SEC_FILE, 0, sizeof(struct ev_file) + EV_PATH_MAX);
  if (!section) {
    return 0;
  }
  struct ev_file *out = (void *)(section + 1);
  __builtin_memset(out, 0, sizeof(*out));
  fill_super_block(&out->inode, number_of(s, KERNEL_MEMBER(struct dentry, dentry, d_sb)));
  out->inode.mode = mode;
  out->inode.flags |= EV_INODEF_CREATED;
  out->fd = -1;
  out->open_flags = open_flags;
  close_with_path(s, section, sizeof(*out));
  return 0;
}

__noinline int exe_traits(__u32 at, __u64 file) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  struct file_facts facts;
  read_file(&facts, file);
  struct ev_inode inode = {};
  fill_identity(&inode, &facts);
  return (inode.flags & EV_INODEF_MEMFD ? EV_TRAIT_MEMFD : 0) |
         (inode.flags & EV_INODEF_UPPER_LAYER ? EV_TRAIT_UPPER_LAYER : 0);
}

__noinline int append_exe(__u32 at, __u64 file) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  struct file_facts facts;
  read_file(&facts, file);
  struct ev_exec *body = record_body(s);
  fill_identity(&body->exe, &facts);
  append_path(s->index, EV_SEC_EXE, 0, number_of(s, (void *)facts.mnt),
              number_of(s, (void *)facts.dentry));
  return 0;
}
