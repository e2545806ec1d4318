/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hooks on names: make, remove, rename, link, change; and on mounts. A name that is yet to be made
 * has a dentry already, below that of its directory.
 */
#include "probes/bpf/lib/policy.h"

static __always_inline void append_operand(struct scratch *s, __u32 slot, __u64 mnt, __u64 dentry) {
  if (dentry) {
    append_path(s->index, EV_SEC_STRING, slot, mnt, dentry);
  }
}

/* Sections with the paths that the operation is about. */
static __always_inline int end_with_paths(struct scratch *s) {
  if (decided(s)) {
    append_operand(s, 0, s->op.mnt, s->op.dentry);
    append_operand(s, 1, s->op.target_mnt, s->op.target_dentry);
  }
  return operation_end(s);
}

static __always_inline int decide_path(__u32 hook, const struct vfsmount *mnt,
                                       const struct dentry *dentry) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  know_path(s, mnt, dentry);
  return end_with_paths(s);
}

static __always_inline int decide_two_paths(__u32 hook, const struct vfsmount *mnt,
                                            const struct dentry *dentry,
                                            const struct vfsmount *target_mnt,
                                            const struct dentry *target) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  know_path(s, mnt, dentry);
  know_target(s, target_mnt, target);
  return end_with_paths(s);
}

static __always_inline int decide_path_and_number(__u32 hook, const struct path *path,
                                                  __u32 number) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  know_path(s, path->mnt, path->dentry);
  know_number(s, number);
  return end_with_paths(s);
}

SEC("lsm/path_mknod")
int BPF_PROG(hook_path_mknod, const struct path *dir, struct dentry *dentry, unsigned short mode) {
  struct scratch *s = operation_begin(EV_HOOK_PATH_MKNOD);
  if (!s) {
    return 0;
  }
  know_path(s, dir->mnt, dentry);
  know(s, EV_DIM_FILE_KIND, mode >> FORMAT_SHIFT);
  know_arg(s, 1, mode);
  return end_with_paths(s);
}

SEC("lsm/path_mkdir")
int BPF_PROG(hook_path_mkdir, const struct path *dir, struct dentry *dentry) {
  return decide_path(EV_HOOK_PATH_MKDIR, dir->mnt, dentry);
}

SEC("lsm/path_unlink")
int BPF_PROG(hook_path_unlink, const struct path *dir, struct dentry *dentry) {
  return decide_path(EV_HOOK_PATH_UNLINK, dir->mnt, dentry);
}

SEC("lsm/path_rmdir")
int BPF_PROG(hook_path_rmdir, const struct path *dir, struct dentry *dentry) {
  return decide_path(EV_HOOK_PATH_RMDIR, dir->mnt, dentry);
}

SEC("lsm/path_rename")
int BPF_PROG(hook_path_rename, const struct path *old_dir, struct dentry *old_dentry,
             const struct path *new_dir, struct dentry *new_dentry) {
  return decide_two_paths(EV_HOOK_PATH_RENAME, old_dir->mnt, old_dentry, new_dir->mnt, new_dentry);
}

/* Both names are on the same mount: the kernel has seen to that. */
SEC("lsm/path_link")
int BPF_PROG(hook_path_link, struct dentry *old_dentry, const struct path *new_dir,
             struct dentry *new_dentry) {
  return decide_two_paths(EV_HOOK_PATH_LINK, new_dir->mnt, old_dentry, new_dir->mnt, new_dentry);
}

SEC("lsm/path_symlink")
int BPF_PROG(hook_path_symlink, const struct path *dir, struct dentry *dentry) {
  struct scratch *s = operation_begin(EV_HOOK_PATH_SYMLINK);
  if (!s) {
    return 0;
  }
  know_target(s, dir->mnt, dentry);
  return end_with_paths(s);
}

SEC("lsm/path_chmod")
int BPF_PROG(hook_path_chmod, const struct path *path, unsigned short mode) {
  return decide_path_and_number(EV_HOOK_PATH_CHMOD, path, mode & 07777);
}

SEC("lsm/path_chown")
int BPF_PROG(hook_path_chown, const struct path *path, unsigned int uid) {
  return decide_path_and_number(EV_HOOK_PATH_CHOWN, path, uid);
}

SEC("lsm/path_truncate")
int BPF_PROG(hook_path_truncate, const struct path *path) {
  return decide_path(EV_HOOK_PATH_TRUNCATE, path->mnt, path->dentry);
}

SEC("lsm/sb_mount")
int BPF_PROG(hook_sb_mount, const char *device, const struct path *path) {
  struct scratch *s = operation_begin(EV_HOOK_SB_MOUNT);
  if (!s) {
    return 0;
  }
  know_path(s, path->mnt, path->dentry);
  if (decided(s)) {
    append_operand(s, 1, s->op.mnt, s->op.dentry); /* where the event has it, too */
  }
  return operation_end(s);
}

SEC("lsm/move_mount")
int BPF_PROG(hook_move_mount, const struct path *from, const struct path *to) {
  return decide_two_paths(EV_HOOK_MOVE_MOUNT, from->mnt, from->dentry, to->mnt, to->dentry);
}

SEC("lsm/sb_umount")
int BPF_PROG(hook_sb_umount, struct vfsmount *mnt) {
  return decide_path(EV_HOOK_SB_UMOUNT, mnt, mnt->mnt_root);
}
