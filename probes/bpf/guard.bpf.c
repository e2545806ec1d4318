/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What others do to the sensor: its signals, its threads, its BPF objects. The handler of the calls
 * that can lay hands on it passes them on to that of the rules.
 */
#include "probes/bpf/lib/guard.h"

#define THREADS_MAX 64 /* of the sensor that are looked at: it has some ten */
#define BATCH_FD_AT 36 /* offsetof(union bpf_attr, batch.map_fd) */

const volatile __u8 guarded_calls[EV_SYSCALLS] = {};
__u64 guarded_thread = 0;
__u64 guarded_memory = 0;
/* Bit per native number that rules want, of those that come to guard_call. */
__u64 exit_ruled[EV_SYSCALLS / 64] = {};

/* By address of a map, a program or a link. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, EV_GUARD_OBJECTS);
  __type(key, __u64);
  __type(value, struct ev_guard_object);
} guarded_objects SEC(".maps");

#define COMMAND(name) (1ull << (name))
#define COMMANDS_THAT_OPEN                                                                 \
  (COMMAND(BPF_OBJ_GET) | COMMAND(BPF_MAP_GET_FD_BY_ID) | COMMAND(BPF_PROG_GET_FD_BY_ID) | \
   COMMAND(BPF_LINK_GET_FD_BY_ID))
#define BATCHES_THAT_CHANGE                                                   \
  (COMMAND(BPF_MAP_LOOKUP_AND_DELETE_BATCH) | COMMAND(BPF_MAP_UPDATE_BATCH) | \
   COMMAND(BPF_MAP_DELETE_BATCH))
#define COMMANDS_THAT_CHANGE                                                                      \
  (COMMAND(BPF_MAP_UPDATE_ELEM) | COMMAND(BPF_MAP_DELETE_ELEM) |                                  \
   COMMAND(BPF_MAP_LOOKUP_AND_DELETE_ELEM) | COMMAND(BPF_MAP_FREEZE) | COMMAND(BPF_LINK_UPDATE) | \
   COMMAND(BPF_LINK_DETACH) | BATCHES_THAT_CHANGE)

static __always_inline __u64 address_of_object(struct task_struct *task, __s32 fd) {
  __u64 file = file_of(task, fd);
  return file ? (__u64)PROBED(struct file, file, private_data) : 0;
}

static __always_inline void tell_of_object(struct task_struct *task, __s32 fd,
                                           struct ev_guard *what) {
  __u64 address = address_of_object(task, fd);
  const struct ev_guard_object *object = bpf_map_lookup_elem(&guarded_objects, &address);
  if (object) {
    what->object = object->number;
    tell_guard(task, what);
  }
}

static __always_inline void guard_bpf(struct task_struct *task, const __u64 *args, long ret,
                                      struct ev_guard *what) {
  __u32 command = args[0];
  if (command >= 64) {
    return;
  }
  what->detail = command;
  if (COMMAND(command) & COMMANDS_THAT_OPEN) {
    what->act = EV_GUARD_OBJECT_OPENED;
    tell_of_object(task, ret, what);
  } else if (COMMAND(command) & COMMANDS_THAT_CHANGE) {
    __u32 at = COMMAND(command) & BATCHES_THAT_CHANGE ? BATCH_FD_AT : 0;
    __s32 fd = -1;
    bpf_probe_read_user(&fd, sizeof(fd), (void *)args[1] + at);
    what->act = EV_GUARD_OBJECT_CHANGED;
    tell_of_object(task, fd, what);
  }
}

/* The number of a thread in the pid namespace `level` levels below the host's. */
static __always_inline __u32 number_at(__u64 thread, __u32 level) {
  __u64 pid = (__u64)PROBED(struct task_struct, thread, thread_pid);
  __u32 nr = 0;
  if (PROBED(struct pid, pid, level) >= level) {
    bpf_probe_read_kernel(&nr, sizeof(nr),
                          upid_at((void *)pid, level) + bpf_core_field_offset(struct upid, nr));
  }
  return nr;
}

/*
 * Whether a number that the current task has given is that of a thread of the sensor. Global
 * (append.h): else each turn of the loop is checked for each way to come here.
 */
__noinline int is_guarded_thread(__u32 number) {
  if (!guarded_thread) {
    return 0;
  }
  __u32 level = READ(current_task(), thread_pid, level);
  __u64 signal = (__u64)PROBED(struct task_struct, guarded_thread, signal);
  __u64 head = signal + bpf_core_field_offset(struct signal_struct, thread_head);
  __u64 node = (__u64)PROBED(struct list_head, head, next);
  for (int i = 0; i < THREADS_MAX && node && node != head; i++) {
    __u64 thread = node - bpf_core_field_offset(struct task_struct, thread_node);
    if (number_at(thread, level) == number) {
      return 1;
    }
    node = (__u64)PROBED(struct list_head, node, next);
  }
  return 0;
}

static __always_inline void guard_threads(struct task_struct *task, __u32 kind, const __u64 *args,
                                          struct ev_guard *what) {
  bool is_ptrace = kind == EV_GUARDED_PTRACE;
  if ((is_ptrace && args[0] != PTRACE_ATTACH && args[0] != PTRACE_SEIZE) ||
      (kind == EV_GUARDED_LIMITS && !args[2])) {
    return;
  }
  if (is_guarded_thread(is_ptrace ? args[1] : args[0])) {
    what->act = EV_GUARD_ACCESS;
    tell_guard(task, what);
  }
}

static __always_inline void guard_others(struct task_struct *task, __u32 nr, const __u64 *args,
                                         long ret) {
  struct ev_guard what = {.nr = nr};
  __u32 kind = guarded_calls[nr & (EV_SYSCALLS - 1)];
  if (ret < 0) {
    return;
  }
  switch (kind) {
    case EV_GUARDED_BPF:
      guard_bpf(task, args, ret, &what);
      break;
    case EV_GUARDED_FD:
      what.act = EV_GUARD_OBJECT_OPENED;
      tell_of_object(task, ret, &what);
      break;
    case EV_GUARDED_MEMORY:
    case EV_GUARDED_PTRACE:
    case EV_GUARDED_LIMITS:
      guard_threads(task, kind, args, &what);
      break;
  }
}

/* What the sensor says (wire.h, enum ev_guard_word). */
static __always_inline void follow_word(struct task_struct *task, __u32 nr, const __u64 *args) {
  switch (args[0] & 0xff) {
    case EV_GUARD_SAY_SELF:
      guarded_memory = (__u64)READ(task, mm);
      guarded_thread = (__u64)READ(task, group_leader);
      break;
    case EV_GUARD_SAY_OBJECT: {
      __u64 address = address_of_object(task, (__s32)args[1]);
      struct ev_guard_object object = {.number = args[1] >> 32, .round = args[1] >> 48};
      if (address) {
        bpf_map_update_elem(&guarded_objects, &address, &object, BPF_ANY);
      }
      break;
    }
    case EV_GUARD_SAY_CANARY: {
      struct ev_guard what = {.detail = args[1], .act = EV_GUARD_CANARY, .nr = nr};
      tell_guard(task, &what);
      break;
    }
  }
}

/* Of /proc/PID/mem, wherever that is mounted. */
__noinline int guard_memory_of(__u32 nr, __s32 fd) {
  struct task_struct *task = current_task();
  __u64 file = guarded_memory ? file_of(task, fd) : 0;
  if (!file || (__u64)PROBED(struct file, file, private_data) != guarded_memory) {
    return 0;
  }
  /* Other files there stand for the same memory, but show only arguments and the like. */
  __u64 dentry = (__u64)PROBED(struct file, file, f_path.dentry);
  char name[4] = {};
  bpf_probe_read_kernel(name, sizeof(name), PROBED(struct dentry, dentry, d_name.name));
  if (name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 0) {
    struct ev_guard what = {.act = EV_GUARD_ACCESS, .nr = nr};
    tell_guard(task, &what);
  }
  return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(guard_call, struct pt_regs *regs, long ret) {
  struct task_struct *task = current_task();
  bool compat = is_compat(task);
  __u32 nr = native_syscall_nr(raw_syscall_nr(regs), compat);
  __u64 args[6];
  read_args(args, regs, compat);
  if (is_sensor(task)) {
    follow_word(task, nr, args);
    return 0;
  }
  guard_others(task, nr, args, ret);
  if (nr < EV_SYSCALLS && has_bit(exit_ruled, nr)) {
    bpf_tail_call(ctx, &handlers, HANDLER_OF_RULES);
    count_drop(EV_DROP_TAIL_CALL, EV_SYSCALL);
  }
  return 0;
}

/*
 * A signal that reaches the sensor, whichever call sends it, to whatever group. Who sends it is the
 * current task when a process does; what the kernel sends by itself has nobody to tell of, but for
 * the stop with which tracing begins.
 */
SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int sig, struct kernel_siginfo *info, struct task_struct *trusted,
             int group, int result) {
  if (!is_sensor(plain_task(trusted))) {
    return 0;
  }
  struct task_struct *sender = current_task();
  if (result == TRACE_SIGNAL_IGNORED || is_sensor(sender)) {
    return 0;
  }
  __u64 address = (__u64)info;
  int code = address == 1 ? SI_KERNEL : SI_USER; /* SEND_SIG_PRIV, SEND_SIG_NOINFO */
  if (address > 1) {
    code = PROBED(struct kernel_siginfo, address, si_code);
  }
  if (code > SI_USER && sig != SIGSTOP) {
    return 0;
  }
  struct ev_guard what = {.detail = sig, .act = EV_GUARD_SIGNAL};
  tell_guard(sender, &what);
  return 0;
}
