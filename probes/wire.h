/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Wire - step 1 of 8 (README, "The data path"): the bytes between the kernel and the engine.
 *
 * Compiled as C by the BPF compiler and as C++ by the engine; both use -Wpadded, so every pad is
 * explicit and the two can never disagree. Integers are in host byte order unless a name says
 * `_be`. Times ending in `_boot_ns` are CLOCK_BOOTTIME nanoseconds.
 *
 * Grammar of a record (what one ring-buffer entry or one capture-file entry holds):
 *
 *   record   = ev_header ev_task body section*
 *   body     = ev_syscall | ev_exec | ev_fork | ev_exit | ev_users | ev_host
 *              | ev_container | ev_guard   (chosen by ev_header.kind)
 *   section  = ev_section payload pad        (payload: ev_section.size bytes, pad to 8)
 *
 * A section stands at most once per (kind, slot). A string section holds the bytes without the
 * terminating NUL; `true_size` is the length the kernel saw, so `size < true_size` means truncated.
 */
#ifndef SAKER_PROBES_WIRE_H
#define SAKER_PROBES_WIRE_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

#define EV_WIRE_VERSION 1

#define EV_COMM_SIZE 16        /* TASK_COMM_LEN, NUL included */
#define EV_PATH_MAX 4096       /* PATH_MAX: the longest path a section can hold */
#define EV_PATH_COMPONENTS 96  /* deeper paths are reported as EV_SECF_TOO_DEEP, never guessed */
#define EV_ARGS_MAX 8192       /* captured bytes of argv; longer ones are marked truncated */
#define EV_ENV_MAX 4096        /* captured bytes of the environment */
#define EV_CGROUP_MAX 1024     /* captured bytes of a cgroup path */
#define EV_DATA_MAX 1024       /* captured bytes of I/O payloads and fixed-size structs */
#define EV_SOCKADDR_MAX 128    /* sizeof(struct sockaddr_storage) */
#define EV_RECORD_MAX 32768    /* upper bound of a record made by a probe */
#define EV_USERS_MAX (1 << 20) /* upper bound of an EV_USERS and of an EV_CONTAINER record */
#define EV_SYSCALLS 512        /* syscall numbers below this are decodable */
/* What only a hook sees, as numbers that no architecture gives to a call. */
#define EV_NR_CAPABLE 510
#define EV_NR_MODULE_REQUEST 511
#define EV_ALIGN 8

enum ev_kind {
  EV_NONE = 0,
  EV_SYSCALL,   /* a syscall returned; body ev_syscall */
  EV_EXEC,      /* an exec succeeded; body ev_exec; task is the process after exec */
  EV_FORK,      /* a process (not a thread) was created; task is the child; body ev_fork */
  EV_EXIT,      /* the last thread of a process ended; body ev_exit */
  EV_SNAPSHOT,  /* a process read from /proc; body ev_exec; made in user space */
  EV_USERS,     /* user and group names of the host; made in user space; see ev_users */
  EV_HOST,      /* a host name and its addresses; made in user space; see ev_host */
  EV_CONTAINER, /* metadata of a container; made in user space; see ev_container */
  EV_GUARD,     /* the task has laid hands on the sensor; body ev_guard */
  EV_KINDS,
};

struct ev_header {
  __u32 size;      /* of the whole record, a multiple of EV_ALIGN */
  __u8 kind;       /* enum ev_kind */
  __u8 generation; /* of the filter that the probe worked with; 0 in what user space makes */
  __u16 cpu;
  __u64 boot_ns; /* when the probe ran */
};

/* Bits of ev_task.flags. */
#define EV_TASKF_KTHREAD 0x1u   /* kernel thread: no executable */
#define EV_TASKF_COMPAT 0x2u    /* entered through the 32-bit syscall table */
#define EV_TASKF_NO_CGROUP 0x4u /* cgroup_id could not be read */

/* The acting task, as it was when the record was made. Ids are host ids unless named `v...`. */
struct ev_task {
  __u64 start_boot_ns;        /* of the thread-group leader: with pid the key of a process */
  __u64 parent_start_boot_ns; /* of the real parent's thread-group leader; 0: none */
  __u64 cgroup_id;            /* kernfs id of the cgroup in EV_SEC_CGROUP's hierarchy */
  __u64 cap_effective;        /* see EV_OP_CAPS */
  __u64 cap_permitted;
  __u64 cap_inheritable;
  __u32 pid; /* thread-group id */
  __u32 tid;
  __u32 ppid; /* thread-group id of the real parent */
  __u32 vpid; /* pid in the task's own pid namespace */
  __u32 vtid;
  __u32 sid;   /* session id in the task's own pid namespace */
  __u32 pgid;  /* process group id, host */
  __u32 vpgid; /* process group id in the task's own pid namespace */
  __u32 uid;
  __u32 euid;
  __u32 gid;
  __u32 egid;
  __u32 loginuid; /* 0xffffffff: unset */
  __u32 tty;      /* device number of the controlling terminal, new_encode_dev(); 0: none */
  __u32 mnt_ns;
  __u32 pid_ns;
  __u32 flags; /* EV_TASKF_* */
  __u32 pad;
  char comm[EV_COMM_SIZE]; /* of the thread; NUL-terminated */
};

/* Bits of ev_syscall.flags. */
#define EV_SYSF_ARGS_FROM_ENTER 0x1u /* strings were read before the call ran */
#define EV_SYSF_ENTER_MISSED 0x2u    /* they should have been, but no stash was found */
#define EV_SYSF_FILTERED 0x4u        /* no rule can be about it (EV_FILTER_MARK) */
#define EV_SYSF_DECISION_SHIFT 8     /* enum ev_decision, 8 bits */
#define EV_SYSF_HOOK_SHIFT 16        /* of a decision: enum ev_hook (filter_wire.h), 8 bits */

/*
 * What was decided about an operation before it was done, or in its course. The record of a
 * decision is that of the call as it would have gone on: `ret` is 0 and sections say what the hook
 * saw. `nr` is the call at hand, or the one that the hook is named for when it came another way.
 */
enum ev_decision {
  EV_DECISION_NONE = 0,
  EV_DECISION_DENIED,
  EV_DECISION_KILLED,
  EV_DECISION_WOULD_DENY, /* rules are audited, not enforced */
  EV_DECISION_WOULD_KILL,
  EV_DECISION_UNDECIDED, /* something that a rule asks for could not be read: it went on */
  EV_DECISIONS,
};

/*
 * Where an operation is decided about, and what is known of it there besides the process. The rows
 * for user space: engine/filter/enforcement_hooks.cpp, probes/hooks.cpp.
 */
enum ev_hook {
  EV_HOOK_FILE_OPEN = 0,    /* path, intent, file kind */
  EV_HOOK_BPRM_CHECK,       /* path (of a script: its own, then its interpreter's), traits */
  EV_HOOK_MMAP_FILE,        /* path; executable mappings only */
  EV_HOOK_FILE_MPROTECT,    /* path; to executable only */
  EV_HOOK_PATH_MKNOD,       /* path, file kind; also of a file that an open creates */
  EV_HOOK_PATH_MKDIR,       /* path */
  EV_HOOK_PATH_UNLINK,      /* path */
  EV_HOOK_PATH_RMDIR,       /* path */
  EV_HOOK_PATH_RENAME,      /* path, target */
  EV_HOOK_PATH_LINK,        /* path, target (the new name) */
  EV_HOOK_PATH_SYMLINK,     /* target (the new name) */
  EV_HOOK_PATH_CHMOD,       /* path, number: mode */
  EV_HOOK_PATH_CHOWN,       /* path, number: new owner */
  EV_HOOK_PATH_TRUNCATE,    /* path */
  EV_HOOK_SB_MOUNT,         /* path: where */
  EV_HOOK_MOVE_MOUNT,       /* path: from where, target: to where */
  EV_HOOK_SB_UMOUNT,        /* path: the mount's root */
  EV_HOOK_SOCKET_CREATE,    /* number: family */
  EV_HOOK_SOCKET_BIND,      /* address, number: port */
  EV_HOOK_SOCKET_CONNECT,   /* address, number: port */
  EV_HOOK_SOCKET_LISTEN,    /* address, number: port */
  EV_HOOK_PTRACE_ACCESS,    /* attaching only */
  EV_HOOK_TASK_ALLOC,       /* a new process or thread */
  EV_HOOK_TASK_KILL,        /* number: signal */
  EV_HOOK_TASK_SETUID,      /* number: the new effective user id */
  EV_HOOK_CAPABLE,          /* number: capability */
  EV_HOOK_MODULE_REQUEST,   /* the kernel asks for a module by itself */
  EV_HOOK_KERNEL_READ_FILE, /* path; modules only */
  EV_HOOK_KERNEL_LOAD_DATA, /* modules from memory only */
  EV_HOOK_BPF,              /* number: command */
  EV_HOOK_URING_SQPOLL,     /* a ring with a thread of the kernel */
  EV_HOOK_USERNS_CREATE,
  EV_HOOKS,
};
/* Where a hook is named: no hook, the call that has returned (kill only). */
#define EV_HOOK_AFTER_CALL EV_HOOKS

struct ev_syscall {
  __s64 ret;
  __u64 args[6];
  __u32 nr;    /* native, also of a call through the 32-bit table (EV_TASKF_COMPAT) */
  __u32 flags; /* EV_SYSF_* */
};

/* Bits of ev_inode.flags. */
#define EV_INODEF_UPPER_LAYER 0x1u /* overlayfs: in the upper layer */
#define EV_INODEF_LOWER_LAYER 0x2u /* overlayfs: in a lower layer */
#define EV_INODEF_MEMFD 0x4u       /* memfd_create() file */
#define EV_INODEF_UNLINKED 0x8u    /* link count is 0 */
#define EV_INODEF_CREATED 0x10u    /* this open created it (FMODE_CREATED) */
#define EV_INODEF_RDONLY_FS 0x20u  /* mount or superblock is read-only */

/* Identity of an inode, read from the kernel object. */
struct ev_inode {
  __u64 ino;
  __u64 ctime_ns; /* since the Unix epoch */
  __u64 mtime_ns; /* since the Unix epoch */
  __u32 dev;      /* new_encode_dev() of the superblock */
  __u32 mode;     /* S_IFMT | permission bits */
  __u32 uid;
  __u32 gid;
  __u32 fs_magic;
  __u32 flags; /* EV_INODEF_* */
};

/* Body of EV_EXEC and EV_SNAPSHOT. Sections: ARGS, ENV, CWD, EXE, CGROUP, STRING (filename). */
struct ev_exec {
  struct ev_inode exe;
  __u64 pidns_start_boot_ns; /* start of the pid namespace's init */
  __u64 fdlimit;             /* soft RLIMIT_NOFILE */
};

/* Body of EV_FORK. Sections: CGROUP. The child inherits everything else from its parent. */
struct ev_fork {
  __u64 pidns_start_boot_ns;
};

/* Body of EV_EXIT. */
struct ev_exit {
  __u32 code;   /* as wait4() would give it */
  __u32 reaper; /* pid (tgid) that inherits the children; 0: unknown */
};

/* Body of EV_USERS: STRING section slot 0 holds passwd(5) text, slot 1 group(5) text. */
struct ev_users {
  __u64 reserved;
};

/*
 * Body of EV_CONTAINER: of the container that the cgroup in CGROUP belongs to (task: cgroup_id
 * alone). BYTES holds what engine/state/container_metadata.h encodes.
 */
struct ev_container {
  __u64 reserved;
};

/*
 * Body of EV_HOST: STRING section slot 0 holds the name, BYTES 16 bytes per address: an IPv4
 * address in its IPv4-mapped form. It replaces what an earlier record said of the name.
 */
struct ev_host {
  __u64 reserved;
};

enum ev_guard_act {
  EV_GUARD_SIGNAL = 0,     /* sent the sensor a signal; detail: its number */
  EV_GUARD_ACCESS,         /* traced it, reached its memory, set its limits; nr says how */
  EV_GUARD_OBJECT_OPENED,  /* has a descriptor of one of its BPF objects now */
  EV_GUARD_OBJECT_CHANGED, /* changed it; detail of both: the command of bpf(2), 0 without */
  EV_GUARD_CANARY,         /* the sensor's own sign of life; detail: what it gave */
  EV_GUARD_ACTS,
};

/* Body of EV_GUARD. */
struct ev_guard {
  __u64 detail;
  __u32 act;    /* enum ev_guard_act */
  __u32 nr;     /* the native system call; 0: EV_GUARD_SIGNAL */
  __u32 object; /* which BPF object, by the number that the sensor gave it */
  __u32 pad;
};

/* How a system call can be one that lays hands on the sensor, when it succeeds. */
enum ev_guarded_call {
  EV_GUARDED_NOT = 0,
  EV_GUARDED_BPF,    /* bpf(2) */
  EV_GUARDED_FD,     /* returns a descriptor of another process */
  EV_GUARDED_OPEN,   /* may open the memory of a process; asked where rules want the call */
  EV_GUARDED_MEMORY, /* arguments: thread */
  EV_GUARDED_PTRACE, /* arguments: request, thread; only what begins to trace */
  EV_GUARDED_LIMITS, /* arguments: process, resource, new limits or 0 */
};

/*
 * What the sensor says to its own probes: a bpf(2) of a command that the kernel does not know, the
 * argument in place of the address of attributes, of size 0. The last byte says what it is.
 */
#define EV_GUARD_COMMAND 0x53414b00u
enum ev_guard_word {
  EV_GUARD_SAY_SELF = 0, /* who says this is to be guarded */
  EV_GUARD_SAY_OBJECT,   /* so is the object of a descriptor: struct ev_guard_object << 32 | it */
  EV_GUARD_SAY_CANARY,   /* gives a record of EV_GUARD_CANARY with the argument */
  EV_GUARD_WORDS,
};

#define EV_GUARD_OBJECTS 512 /* that can be guarded */

struct ev_guard_object {
  __u16 number;
  __u16 round; /* in which it was said last */
};

enum ev_section_kind {
  EV_SEC_NONE = 0,
  EV_SEC_STRING,   /* slot 0..1: a string as the caller passed it */
  EV_SEC_BASE,     /* slot 0..1: directory that STRING of the same slot is relative to; path */
  EV_SEC_FILE,     /* slot 0..1: ev_file, then the path of an open file */
  EV_SEC_SOCKET,   /* slot 0..1: ev_socket, then the unix socket's sun_path, if any */
  EV_SEC_SOCKADDR, /* struct sockaddr as the caller passed it or the kernel returned it */
  EV_SEC_BYTES,    /* payload bytes or a fixed-size struct */
  EV_SEC_ARGS,     /* argv, each NUL-terminated */
  EV_SEC_ENV,      /* environment, each NUL-terminated */
  EV_SEC_CWD,      /* path of the current directory */
  EV_SEC_EXE,      /* path of the executable */
  EV_SEC_CGROUP,   /* path in the hierarchy that cgroup_id belongs to */
  EV_SECTION_KINDS,
};
#define EV_SLOTS 2

/* Bits of ev_section.flags. A path is resolved from the kernel object up to the task's root. */
#define EV_SECF_TRUNCATED 0x1u /* longer than what was captured */
#define EV_SECF_TOO_DEEP 0x2u  /* more components than EV_PATH_COMPONENTS: payload is the tail */
#define EV_SECF_FAULT 0x4u     /* user memory could not be read; payload is what was read */
#define EV_SECF_DELETED 0x8u   /* the path's last component is unlinked */
#define EV_SECF_DETACHED 0x10u /* not reachable from the task's root; payload up to its mount */

struct ev_section {
  __u16 kind;      /* enum ev_section_kind */
  __u8 slot;       /* 0..EV_SLOTS-1 */
  __u8 flags;      /* EV_SECF_* */
  __u32 size;      /* payload bytes that follow */
  __u32 true_size; /* bytes there were; 0: unknown */
  __u32 pad;
};

struct ev_file {
  struct ev_inode inode;
  __s32 fd;
  __u32 open_flags; /* file->f_flags */
};

/* Bits of ev_socket.flags. */
#define EV_SOCKF_BOUND_PORT 0x1u /* local port was chosen by bind(2): a server or its child */
#define EV_SOCKF_LISTENING 0x2u
#define EV_SOCKF_CONNECTED 0x4u /* TCP_ESTABLISHED (also of datagram and unix sockets) */

struct ev_socket {
  __u8 local_addr[16]; /* IPv4 in the first four bytes */
  __u8 remote_addr[16];
  __u64 ptr;      /* struct sock, for naming unix sockets */
  __u64 peer_ptr; /* unix: the peer's struct sock; 0: none */
  __u64 ino;
  __s32 fd;
  __u32 net_ns;
  __u16 family; /* AF_* */
  __u16 type;   /* SOCK_* */
  __u16 protocol;
  __u16 local_port; /* host order */
  __u16 remote_port;
  __u16 queue_len; /* listening: accept queue */
  __u16 queue_max; /* listening: backlog */
  __u8 state;      /* TCP_* */
  __u8 flags;      /* EV_SOCKF_* */
};

/*
 * Capture plan: what the generic handler reads for one syscall. User space derives it from the
 * event catalog (engine/event_catalog.h) and writes it into a map; see architecture 3.2.
 */
enum ev_op {
  EV_OP_END = 0,
  EV_OP_STRING, /* STRING[slot] = user string at args[arg] */
  EV_OP_BASE,   /* BASE[slot] = path of directory fd args[arg]; only if STRING[slot] is relative */
  EV_OP_FD,     /* FILE[slot], and SOCKET[slot] if it is one, of descriptor args[arg] */
  EV_OP_SOCKADDR, /* SOCKADDR = args[arg], length args[arg2] (a pointer to it with DEREF) */
  EV_OP_MSGHDR,   /* SOCKADDR and BYTES of the struct msghdr at args[arg] */
  EV_OP_BYTES,    /* BYTES = args[arg], length args[arg2] */
  EV_OP_STRUCT,   /* BYTES = args[arg], length `size` */
  EV_OP_CWD,      /* CWD = the task's current directory */
  EV_OP_CAPS,     /* ev_task.cap_* = those the task had when the call began (AT_ENTER only) */
  EV_OPS,
};
#define EV_ARG_RET 6 /* "argument" that means the return value */
#define EV_ARG_CWD 7 /* EV_OP_BASE: no dirfd, relative to the current directory */
#define EV_PLAN_STEPS 8

/* Bits of ev_plan_step.flags. */
#define EV_STEPF_AT_ENTER 0x1u   /* read before the call runs (needs tp_btf/sys_enter) */
#define EV_STEPF_DEREF 0x2u      /* the length is behind a pointer (accept, recvfrom) */
#define EV_STEPF_ON_SUCCESS 0x4u /* only when ret >= 0 */
#define EV_STEPF_ON_FAILURE 0x8u /* only when ret < 0 */

struct ev_plan_step {
  __u8 op; /* enum ev_op */
  __u8 arg;
  __u8 arg2;
  __u8 slot;
  __u8 flags; /* EV_STEPF_* */
  __u8 pad;
  __u16 size; /* EV_OP_STRUCT: bytes; EV_OP_BYTES, EV_OP_MSGHDR: at most so many */
};

struct ev_plan {
  __u32 nr;
  __u16 enabled; /* 1: some rule or the tracker wants this syscall */
  __u16 n_steps;
  struct ev_plan_step steps[EV_PLAN_STEPS];
};

/* Why a probe could not deliver a record. Each is a counter per record kind (struct ev_stats). */
enum ev_drop_reason {
  EV_DROP_RING_FULL = 0, /* no room in the ring buffer */
  EV_DROP_HIGH_WATER,    /* room is kept for exec, fork and exit */
  EV_DROP_THROTTLED,     /* of a process or container that floods: room is kept for all others */
  EV_DROP_TAIL_CALL,     /* handler missing or tail-call limit */
  EV_DROP_STASH_FULL,    /* sys_enter arguments could not be kept; the record is delivered */
  EV_DROP_SCRATCH,       /* no scratch buffer */
  EV_DROP_OVERSIZE,      /* a section did not fit into EV_RECORD_MAX; the record is delivered */
  EV_DROP_REASONS,
};

/* One per CPU. */
struct ev_stats {
  __u64 submitted[EV_KINDS];
  __u64 submitted_bytes;
  __u64 ignored_own; /* wanted syscalls of the sensor itself: no record */
  __u64 filtered;    /* wanted syscalls that no rule can be about: no record */
  __u64 dropped[EV_DROP_REASONS][EV_KINDS];
  __u64 decided[EV_HOOKS + 1][EV_DECISIONS]; /* by enum ev_hook, EV_HOOK_AFTER_CALL */
};

/* Who is there: programs that are kept go on deciding when the sensor has ended. */
struct ev_attendance {
  __u64 unattended[EV_DECISIONS]; /* decisions without a reader, by enum ev_decision */
  __u64 sensor_has_ended;         /* 1: its pid is nobody's or another one's */
  __u64 reader_left_boot_ns;      /* since then no records are made; 0: somebody reads them */
};

#pragma GCC diagnostic pop

#endif /* SAKER_PROBES_WIRE_H */
