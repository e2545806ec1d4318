/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sections of the record that this CPU is making. Each is a global function: the verifier checks it
 * once, on its own, and every caller costs nothing more. That is why arguments are plain numbers
 * (kernel pointers too); `at` is scratch.index. What cannot be
 * read leaves the section out or sets a flag (EV_SECF_*).
 */
#ifndef SAKER_PROBES_BPF_LIB_APPEND_H
#define SAKER_PROBES_BPF_LIB_APPEND_H

#include "probes/bpf/lib/kernel_types.h"

/* path.bpf.c */

/* Section `kind` with the path of (mnt, dentry) as seen from the task's root. */
int append_path(__u32 at, __u32 kind, __u32 slot, __u64 mnt, __u64 dentry);
/* Leaves that path in scratch.path, from path_at on. */
int resolve_path(__u32 at, __u64 mnt, __u64 dentry);
/* The same of the path within its file system, whatever is mounted where. */
int resolve_in_file_system(__u32 at, __u64 dentry);
/* CGROUP: the path of scratch.cgroup_kn. */
int append_cgroup(__u32 at);

/* file.bpf.c */

/* FILE[slot] of a struct file, and SOCKET[slot] if it is a socket. */
int append_file(__u32 at, __u64 file, __s32 fd, __u32 slot);
/* FILE[0] of a regular file that an open is about to make, with the mode and O_* that are known. */
int append_new_file(__u32 at, __u64 mnt, __u64 dentry, __u32 mode, __u32 open_flags);
/* EXE and the body's exe identity. */
int append_exe(__u32 at, __u64 file);

/* EV_TRAIT_* of a struct file that is to be executed. */
int exe_traits(__u32 at, __u64 file);

/* sock.bpf.c */

/* SOCKET[slot] of a socket's file. */
int append_socket(__u32 at, __u64 file, __u64 ino, __s32 fd, __u32 slot);

/* user.bpf.c */

/* STRING[slot] from user memory. Gives its first character, 0 when there is none. */
int append_user_string(__u32 at, __u64 address, __u32 slot);
/* Section `kind`: `true_size` bytes of user memory, of which at most `max` are read. */
int append_user_bytes(__u32 at, __u32 kind, __u64 address, __u32 true_size, __u32 max);
/* SOCKADDR and up to `max` bytes of the buffers of a struct msghdr. */
int append_user_msghdr(__u32 at, __u64 address, __s64 transferred, __u32 max);

#endif /* SAKER_PROBES_BPF_LIB_APPEND_H */
