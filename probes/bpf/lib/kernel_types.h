/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel types: only the members that are read. Offsets come from the running kernel's BTF (CO-RE),
 * so order and neighbours do not matter. A member that moved or changed its name between kernels
 * stands in a second struct `name___flavour`; the reader asks bpf_core_field_exists() first.
 */
#ifndef SAKER_PROBES_BPF_LIB_KERNEL_TYPES_H
#define SAKER_PROBES_BPF_LIB_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <stdbool.h>
/* After linux/bpf.h, whose types they use. */
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "probes/wire.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpadded"
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
  unsigned long bp, bx, cx, dx, si, di, r8, r9, r10, orig_ax;
};
struct thread_info {
  __u32 status;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
  __u64 regs[31];
  __u64 orig_x0;
  __s32 syscallno;
};
struct thread_info {
  unsigned long flags;
};
#else
#error "unknown architecture"
#endif

typedef struct {
  __u32 val;
} kuid_t;
typedef struct {
  __u32 val;
} kgid_t;
typedef struct {
  int counter;
} atomic_t;
typedef struct {
  __u64 val;
} kernel_cap_t;

struct list_head {
  struct list_head *next, *prev;
};

struct hlist_bl_node {
  struct hlist_bl_node **pprev;
};

struct qstr {
  __u32 len;
  const unsigned char *name;
};

struct super_block {
  __u32 s_dev;
  unsigned long s_flags;
  unsigned long s_magic;
};

struct timespec64 {
  __s64 tv_sec;
  long tv_nsec;
};

struct inode {
  __u16 i_mode;
  kuid_t i_uid;
  kgid_t i_gid;
  struct super_block *i_sb;
  unsigned long i_ino;
  unsigned int i_nlink;
  __s64 i_mtime_sec;
  __s64 i_ctime_sec;
  __u32 i_mtime_nsec;
  __u32 i_ctime_nsec;
  void *i_private;
};
/* 6.11 split the times into the members above; before that the names came and went. */
struct inode___timespec {
  struct timespec64 i_mtime;
  struct timespec64 __i_mtime; /* 6.7 */
  struct timespec64 i_ctime;
  struct timespec64 __i_ctime; /* 6.6 */
};

struct dentry {
  struct hlist_bl_node d_hash;
  struct dentry *d_parent;
  struct qstr d_name;
  struct inode *d_inode;
  struct super_block *d_sb;
};

struct vfsmount {
  struct dentry *mnt_root;
  int mnt_flags;
};

struct mount {
  struct mount *mnt_parent;
  struct dentry *mnt_mountpoint;
  struct vfsmount mnt;
};

struct path {
  struct vfsmount *mnt;
  struct dentry *dentry;
};

struct file {
  unsigned int f_mode;
  void *private_data;
  struct inode *f_inode;
  unsigned int f_flags;
  struct path f_path;
};

struct fdtable {
  unsigned int max_fds;
  struct file **fd;
};

struct files_struct {
  struct fdtable *fdt;
};

struct fs_struct {
  struct path root;
  struct path pwd;
};

struct proc_ns_operations {
  const char *name;
};

struct ns_common {
  const struct proc_ns_operations *ops;
  unsigned int inum;
};

struct mnt_namespace {
  struct ns_common ns;
};

struct nsproxy {
  struct mnt_namespace *mnt_ns;
};

struct pid_namespace {
  struct task_struct *child_reaper;
  struct ns_common ns;
};

struct upid {
  int nr;
  struct pid_namespace *ns;
};

struct pid {
  unsigned int level;
  struct upid numbers[1];
};

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };

struct tty_driver {
  int major;
  int minor_start;
};

struct tty_struct {
  int index;
  struct tty_driver *driver;
};

struct rlimit {
  unsigned long rlim_cur;
};

struct signal_struct {
  atomic_t live;
  int nr_threads;
  struct list_head thread_head;
  int group_exit_code;
  unsigned int flags;
  unsigned int is_child_subreaper : 1;
  unsigned int has_child_subreaper : 1;
  struct pid *pids[PIDTYPE_MAX];
  struct tty_struct *tty;
  struct rlimit rlim[16];
};

struct cred {
  kuid_t uid;
  kgid_t gid;
  kuid_t euid;
  kgid_t egid;
  kernel_cap_t cap_inheritable;
  kernel_cap_t cap_permitted;
  kernel_cap_t cap_effective;
};

struct kernfs_node {
  struct kernfs_node *__parent;
  const char *name;
  __u64 id;
};
struct kernfs_node___before_6_15 {
  struct kernfs_node *parent;
};

struct cgroup {
  int level;
  struct kernfs_node *kn;
};

struct cgroup_subsys_state {
  struct cgroup *cgroup;
};

/* The values are those of the running kernel, by CO-RE; see fill_cgroup(). */
enum cgroup_subsys_id { memory_cgrp_id, pids_cgrp_id, CGROUP_SUBSYS_COUNT };

struct css_set {
  struct cgroup_subsys_state *subsys[CGROUP_SUBSYS_COUNT];
  struct cgroup *dfl_cgrp;
};

struct mm_struct {
  unsigned long arg_start, arg_end, env_start, env_end;
  struct file *exe_file;
};

struct task_struct {
  struct thread_info thread_info;
  void *stack;
  unsigned int flags;
  int exit_code;
  int pid;
  int tgid;
  struct task_struct *real_parent;
  struct task_struct *group_leader;
  struct pid *thread_pid;
  struct list_head thread_node;
  __u64 start_boottime;
  struct cred *cred;
  char comm[EV_COMM_SIZE];
  struct fs_struct *fs;
  struct files_struct *files;
  struct nsproxy *nsproxy;
  struct signal_struct *signal;
  kuid_t loginuid;
  struct css_set *cgroups;
  struct mm_struct *mm;
};

struct kernel_siginfo {
  int si_code;
};

struct linux_binprm {
  struct file *file;
  const char *filename;
  unsigned int comm_from_dentry : 1; /* 6.14 */
};

struct vm_area_struct {
  struct file *vm_file;
};

/* The value is that of the running kernel, by CO-RE. */
enum kernel_read_file_id { READING_MODULE = 2 };
enum kernel_load_data_id { LOADING_MODULE = 2 };

struct net {
  struct ns_common ns;
};

typedef struct {
  struct net *net;
} possible_net_t;

struct in6_addr {
  __u8 bytes[16];
};

struct sock_common {
  __u32 skc_daddr;
  __u32 skc_rcv_saddr;
  __u16 skc_dport;
  __u16 skc_num;
  __u16 skc_family;
  __u8 skc_state;
  possible_net_t skc_net;
  struct in6_addr skc_v6_daddr;
  struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
  struct sock_common __sk_common;
  __u8 sk_userlocks; /* a bit field before 6.x */
  __u16 sk_protocol;
  __u32 sk_ack_backlog;
  __u32 sk_max_ack_backlog;
  struct socket *sk_socket;
};

struct inet_bind_bucket {
  signed char fastreuse;
};

struct inet_connection_sock {
  struct inet_bind_bucket *icsk_bind_hash;
};

struct sockaddr_un {
  __u16 sun_family;
  char sun_path[108];
};

struct unix_address {
  int len;
  struct sockaddr_un name[1];
};

struct unix_sock {
  struct unix_address *addr;
  struct sock *peer;
};

struct socket {
  short type;
  struct file *file;
  struct sock *sk;
};

struct sockaddr;

struct msghdr {
  void *msg_name;
  int msg_namelen;
};

#pragma clang attribute pop

/* User-space ABI: fixed layout, no CO-RE. */
struct user_msghdr {
  __u64 name;
  __u32 name_len;
  __u32 pad;
  __u64 iov;
  __u64 iov_len;
};

struct user_iovec {
  __u64 base;
  __u64 len;
};

#pragma GCC diagnostic pop

/* Kernel constants that BTF does not carry; part of no stable ABI, but unchanged since 5.10. */
#define EPERM 1
#define SIGKILL 9
#define SIGSTOP 19
#define SI_USER 0
#define SI_KERNEL 0x80
#define TRACE_SIGNAL_IGNORED 1
#define PROT_EXEC 0x4
#define FMODE_EXEC 0x20 /* in the flags of an open for execution */
#define PTRACE_MODE_ATTACH 0x2
#define PTRACE_ATTACH 16
#define PTRACE_SEIZE 0x4206
#define CLONE_NEWUSER 0x10000000
#define PF_KTHREAD 0x00200000
#define PF_DUMPCORE 0x00000200
#define CAP_OPT_NOAUDIT 0x2
#define PID_NS_OF_HOST 0xeffffffcu /* PROC_PID_INIT_INO */
#define SIGNAL_GROUP_EXIT 0x00000004
#define MNT_READONLY 0x40
#define SB_RDONLY 0x1
#define FMODE_CREATED 0x100000
#define SOCK_BINDPORT_LOCK 8
#define RLIMIT_NOFILE 7
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFREG 0100000
#define O_WRONLY 01
#define O_CREAT 0100
#define O_TMPFILE_BIT 020000000 /* O_TMPFILE without O_DIRECTORY */

#define AT_FDCWD (-100)
#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define SOCK_STREAM 1
#define UNIX_PATH_MAX 108
#define TCP_ESTABLISHED 1
#define TCP_LISTEN 10

#define ANON_INODE_FS_MAGIC 0x09041934
#define NSFS_MAGIC 0x6e736673
#define OVERLAYFS_SUPER_MAGIC 0x794c7630
#define PID_FS_MAGIC 0x50494446
#define PIPEFS_MAGIC 0x50495045
#define SOCKFS_MAGIC 0x534f434b

#endif /* SAKER_PROBES_BPF_LIB_KERNEL_TYPES_H */
