/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Maps. Sizes that depend on the host or the configuration are set by user space before loading
 * (live_source.cpp).
 */
#ifndef SAKER_PROBES_BPF_LIB_MAPS_H
#define SAKER_PROBES_BPF_LIB_MAPS_H

#include "probes/bpf/lib/kernel_types.h"
#include "probes/filter_wire.h"

#define STASH_STRING_MAX 1024
#define STASH_BYTES_MAX 64
#define STASH_ENTRIES 4096 /* threads inside a call of which an argument was read at its start */
#define EXITED_ENTRIES 1024
#define SOCKADDR_MAX 28 /* of struct sockaddr_in6 */

/* Bits of stash.present; the first two kinds by slot. */
#define STASHED_STRING(slot) (1u << (slot))
#define STASHED_BASE(slot) (1u << (EV_SLOTS + (slot)))
#define STASHED_BYTES (1u << (2 * EV_SLOTS))
#define STASHED_CAPS (1u << (2 * EV_SLOTS + 1))

struct task_caps {
  __u64 effective;
  __u64 permitted;
  __u64 inheritable;
};

/*
 * What was read when a syscall began. A base is kept as the two pointers that name it: the caller
 * holds them by its working directory or descriptor, and reading them later cannot fault.
 */
struct stash {
  __u32 nr;
  __u16 present;
  __u16 truncated; /* STASHED_STRING bits */
  __u64 root_mnt;
  __u64 root_dentry;
  __u64 base_mnt[EV_SLOTS];
  __u64 base_dentry[EV_SLOTS];
  struct task_caps caps;
  __u32 size[EV_SLOTS]; /* of the text, without the NUL */
  __u32 bytes_size;
  __u32 pad;
  __u8 bytes[STASH_BYTES_MAX];
  char text[EV_SLOTS][STASH_STRING_MAX];
};

/* Where the walk of a path is. Plain numbers, as all that changes from step to step. */
struct walk {
  __u64 mnt;
  __u64 mnt_root;
  __u64 dentry;
};

/* Where the search for patterns in a text is. */
struct scan {
  __u32 at;
  __u32 end;
  __u32 state;
  __u32 found;  /* bit per pattern */
  __u32 before; /* the last byte */
  __u32 pad;
};

/* What the filter works with. */
struct filter_state {
  struct ev_clauses left;
  struct ev_clauses unknown; /* policy.h: clauses that asked for what could not be read */
  __u32 generation;          /* of the filter */
  __u32 tables;              /* which of the two */
  __u32 group;
  __u32 file_mode; /* of the descriptor's inode; 0: not looked at, or there is none */
  __u64 mnt;       /* of the descriptor's file */
  __u64 dentry;
  struct scan scan;
  struct ev_filter_prefix prefix;
  __u32 pad;
};

/* What a hook is asked about (policy.h); a member counts only where the hook sets `knows`. */
struct operation {
  __u64 mnt;
  __u64 dentry;
  __u64 target_mnt;
  __u64 target_dentry;
  __u8 address[16];
  char name[EV_COMM_SIZE]; /* that the process is going to have */
  __u32 small[EV_SMALL_DIMS];
  __u32 number;
  __u32 knows;    /* KNOWS() of dimensions */
  __u32 main_arg; /* of the call that the hook is named for: one that is known; 6: none is */
  __u32 main_value;
  __u32 is_second_view; /* see resolve_view() */
  __u32 sockaddr_size;
  __u8 sockaddr[SOCKADDR_MAX]; /* as far as it is taken: of IPv4 and IPv6 */
  __u32 pad;
};

/*
 * Working memory: too large for the stack and, on every kernel, for a per-CPU array. Each CPU has
 * some of it, one behind the other: the first is for tracepoints, which are not interrupted by each
 * other; the rest is for hooks, whose tasks the kernel may put aside in their midst.
 */
struct scratch {
  __u64 args[8]; /* six arguments, the return value (EV_ARG_RET), 0 */
  __u64 root_dentry;
  __u64 root_mnt;
  struct walk walk;
  __u64 cgroup_kn;
  __u64 number; /* see number_of() */
  __u32 busy;
  __u32 index; /* of this memory */
  __u32 hook;  /* that is being decided about */
  __u32 decision;
  __u32 pad3;
  __u32 size; /* bytes of `record` in use */
  __u32 path_at;
  __u32 path_flags; /* EV_SECF_* */
  __u32 path_components;
  char first[EV_SLOTS]; /* first character of STRING[slot] */
  __u16 pad;
  __u32 filled; /* bytes of a gathered buffer */
  __u32 pad2;
  struct stash stash;
  struct filter_state filter;
  struct operation op;
  __u8 path[EV_PATH_MAX + 256]; /* built from the end; the slack lets the verifier see the bound */
  __u8 record[EV_RECORD_MAX + 64];
};

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 4096);
} ring SEC(".maps");

/* scratch_levels for each possible CPU. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct scratch);
} scratches SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct ev_stats);
} stats SEC(".maps");

/* A map of its own, so that it can be pinned; not looked up, which would take room on the stack. */
extern struct ev_attendance attendance;

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, EV_SYSCALLS);
  __type(key, __u32);
  __type(value, struct ev_plan);
} plans SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, STASH_ENTRIES);
  __type(key, __u64); /* pid_tgid */
  __type(value, struct stash);
} stashes SEC(".maps");

/* By thread-group id. A process that is not in it has no name for the filter. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct ev_known_process);
} known_processes SEC(".maps");

#endif /* SAKER_PROBES_BPF_LIB_MAPS_H */
