/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Filter - what the rules ask for, as tables that the kernel looks up (README, "The filter").
 *
 * The conditions of all rules for one event are a set of clauses: an event that no clause holds for
 * is of no rule's interest. A clause asks something of some dimensions: whether the call failed,
 * the name of the process, the path of the file. The tables give for a dimension's value the
 * clauses that this value satisfies; the kernel intersects these sets, dimension by dimension, and
 * drops the event when nothing is left. A value that cannot be had (a path too long) satisfies all.
 *
 * Compiled as C by the BPF compiler and as C++ by the engine, as wire.h is.
 */
#ifndef SAKER_PROBES_FILTER_WIRE_H
#define SAKER_PROBES_FILTER_WIRE_H

#include "probes/wire.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define EV_CLAUSE_WORDS 2
#define EV_CLAUSES (64 * EV_CLAUSE_WORDS) /* of one event */

struct ev_clauses {
  __u64 words[EV_CLAUSE_WORDS];
};

/*
 * In the order in which the kernel asks, but that it asks first for what all clauses ask for. A
 * clause that is against a few names ("any program but these") seldom refuses an event: it is asked
 * for them when all else holds.
 */
enum ev_dimension {
  /* The value is a number below EV_SMALL_VALUES, but for EV_DIM_TOP. */
  EV_DIM_RESULT = 0, /* 0: the call succeeded, 1: it failed */
  EV_DIM_TRAITS,     /* EV_TRAIT_*; hooks only */
  EV_DIM_INTENT,     /* what a file is opened for: EV_INTENT_* */
  EV_DIM_FILE_KIND,  /* of the descriptor: the format bits of its inode's mode, shifted down */
  EV_DIM_TOP,        /* the first name in the path of the descriptor's file: its EV_DIM_PATH */
  EV_DIM_PLACE,      /* EV_PLACE_* */
  EV_SMALL_DIMS,
  /* The value has a class, and each class its set. */
  EV_DIM_USER = EV_SMALL_DIMS, /* effective user id */
  EV_DIM_NAME,                 /* of the process when it began or last executed something */
  EV_DIM_PARENT_NAME,          /* the same of its parent */
  EV_DIM_NUMBER,               /* a number of the hook: see enum ev_hook */
  EV_CLASS_DIMS_END,
  /* The value is a set of patterns that a text contains or ends with. */
  EV_DIM_GIVEN_PATTERNS = EV_CLASS_DIMS_END, /* the path as given, repeated slashes as one */
  /* The longest prefix in `prefixes` is looked up. */
  EV_DIM_PATH, /* of the descriptor's file */
  EV_DIM_PATH_PATTERNS,
  EV_DIM_TARGET,  /* the second path of a hook */
  EV_DIM_EXE,     /* the executable of the process; hooks only */
  EV_DIM_ADDRESS, /* of a hook: 16 bytes, IPv4 as IPv4-mapped IPv6 */
  /* Names, once more. */
  EV_DIM_LATE_NAME,
  EV_DIM_LATE_PARENT_NAME,
  EV_DIMS,
};

/* Of what a process is about to execute. */
#define EV_TRAIT_MEMFD 0x1u
#define EV_TRAIT_UPPER_LAYER 0x2u /* of an overlayfs: not from the image */

#define EV_SMALL_VALUES 16
#define EV_INTENT_ACCESS 0x3u     /* O_ACCMODE */
#define EV_INTENT_CREATE 0x4u     /* O_CREAT or O_TMPFILE */
#define EV_INTENT_EXECUTABLE 0x8u /* the given mode lets somebody execute the file */
#define EV_KIND_NAMELESS 0        /* exact groups, open files: in no directory, as a memfd */
#define EV_PLACE_HOST 0
#define EV_PLACE_CONTAINER 1

#define EV_CLASS_DIMS (EV_CLASS_DIMS_END - EV_DIM_USER)

enum ev_automaton_text {
  EV_TEXT_GIVEN = 0,
  EV_TEXT_PATH,
  EV_TEXTS,
};
#define EV_PATTERNS 32 /* of one text */

struct ev_pattern_sets {
  struct ev_clauses found;
  struct ev_clauses missing;
};

#define EV_TOPS 16

struct ev_filter_top {
  char name[EV_COMM_SIZE]; /* NUL-padded; longer names are never among them */
  struct ev_clauses clauses;
};

/* What is asked of one event. Events with equal rules share a group. */
struct ev_filter_group {
  struct ev_clauses all;
  struct ev_clauses asking[EV_DIMS];  /* clauses that ask something of the dimension */
  struct ev_clauses settled[EV_DIMS]; /* clauses that ask nothing of it and of all after it */
  struct ev_clauses small[EV_SMALL_DIMS][EV_SMALL_VALUES];
  struct ev_filter_top tops[EV_TOPS];
  struct ev_clauses other_top; /* of a first name that is not among them */
  /* Of a value without any of the prefixes; the others are `other_path` for the dimension. */
  struct ev_clauses other_path;
  struct ev_clauses other_target;
  struct ev_clauses other_exe;
  struct ev_clauses other_address;
  __u32 n_tops;
  __u32 sets[EV_CLASS_DIMS]; /* where the sets of the dimension's classes begin */
  __u32 pad;
  struct ev_pattern_sets patterns[EV_TEXTS][EV_PATTERNS];
  __u8 asked_patterns[EV_TEXTS][EV_PATTERNS]; /* their numbers */
  __u32 n_asked_patterns[EV_TEXTS];
};

#define EV_FILTER_GROUPS 512 /* events and hooks whose rules are all different, at most */
#define EV_NO_ARG 0xff

/* Where the values of one syscall come from. Arguments as in ev_plan_step; EV_NO_ARG: from nowhere.
 */
struct ev_filter_call {
  __u16 group; /* number + 1; 0: every event passes */
  __u8 fd_arg;
  __u8 fd_on_success; /* a failed call has no descriptor */
  __u8 flags_arg;     /* of open(2) */
  __u8 mode_arg;
  __u8 path_arg; /* the path as given */
  __u8 pad;
  /* Exact groups that are asked when the call has returned: of EV_ACT_KILL, EV_ACT_WOULD_KILL. */
  __u16 kill;
  __u16 would_kill;
};

/* Values of which rules speak have a class of their own; class 0 are all others. */
enum ev_class_kind {
  EV_CLASS_NAME = 0, /* of a process or a parent, NUL-padded */
  EV_CLASS_USER,     /* a number in host byte order */
  EV_CLASS_NUMBER,   /* a number in host byte order, whatever it counts */
  EV_CLASS_KINDS,
};

struct ev_filter_value {
  __u64 kind; /* enum ev_class_kind */
  char bytes[EV_COMM_SIZE];
};

struct ev_filter_class {
  struct ev_filter_value value;
  __u32 number;
  __u32 pad;
};

#define EV_FILTER_SETS 65536 /* of all groups, dimensions and classes */

/* A path, its NUL included unless it is longer; the kernel's tries take 256 bytes. */
#define EV_PREFIX_MAX 254

struct ev_filter_prefix {
  __u32 bits;  /* of group and path */
  __u16 group; /* as in ev_filter_call; which of the group's texts: EV_PREFIX_* */
  __u8 path[EV_PREFIX_MAX];
};
#define EV_PREFIX_PATH 0x0u
#define EV_PREFIX_TARGET 0x1000u
#define EV_PREFIX_EXE 0x2000u
#define EV_PREFIX_ADDRESS 0x3000u

struct ev_filter_prefix_entry {
  struct ev_filter_prefix prefix;
  __u32 pad;
  struct ev_clauses clauses;
};

#define EV_STATES 2048
#define EV_TRANSITIONS 65536

/* Finds all patterns in one pass over a text (Aho and Corasick 1975). It begins in state 0. */
struct ev_automaton {
  __u8 class_of[256];
  __u32 class_bits;
  __u32 pad;
  __u16 next[EV_TRANSITIONS]; /* by state << class_bits | class */
  __u32 anywhere[EV_STATES];  /* patterns that are found when the state is reached */
  __u32 at_end[EV_STATES];    /* patterns that are found when the text ends in the state */
};

/* What is done with an operation that a clause of a group holds for; the first one that holds. */
enum ev_act {
  EV_ACT_DENY = 0,
  EV_ACT_KILL,
  EV_ACT_WOULD_DENY,
  EV_ACT_WOULD_KILL,
  EV_ACTS,
};

/* Unlike those of calls, clauses of these groups are exact. */
struct ev_hook_policy {
  __u16 groups[EV_ACTS]; /* number + 1; 0: none */
};

/* What rules may ask of a process. Members but the first two are written by whoever finds out. */
struct ev_known_process {
  __u64 start_boot_ns;     /* of a process that ran before the sensor: of the clock's tick */
  char name[EV_COMM_SIZE]; /* when it began or last executed something; NUL-terminated */
  __u64 name_class;        /* generation of the filter << 32 | class of the name in it; 0: none */
  __u64 cgroup_in[2];      /* the last cgroup that it was in, by EV_PLACE_* */
};

/* What the kernel does with an event that no clause holds for. */
enum ev_filter_mode {
  EV_FILTER_DROP = 0,
  EV_FILTER_MARK, /* deliver it with EV_SYSF_FILTERED: for tests */
};

#pragma GCC diagnostic pop

#endif /* SAKER_PROBES_FILTER_WIRE_H */
