/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Hooks on files that are open, or about to be: open, execute, map, truncate, change. */
#include "probes/bpf/lib/policy.h"

static __always_inline int decide_file(struct scratch *s, __u64 file) {
  know_file(s, file);
  if (decided(s)) {
    append_file(s->index, file, 0, 0);
  }
  return operation_end(s);
}

/* The file that an exec opens is asked about where the exec is. */
SEC("lsm/file_open")
int BPF_PROG(hook_file_open, struct file *file) {
  struct scratch *s = file->f_flags & FMODE_EXEC ? NULL : operation_begin(EV_HOOK_FILE_OPEN);
  if (!s) {
    return 0;
  }
  __u64 address = number_of(s, file);
  know_intent(s, address);
  return decide_file(s, address);
}

#define ANY_ACCESS (EV_INTENT_ACCESS + 1)
#define ALL_INTENTS (EV_INTENT_ACCESS | EV_INTENT_CREATE | EV_INTENT_EXECUTABLE)

/* creat(2) is decided about as an open that rules name. */
static __always_inline bool is_open_call(__u32 nr) {
#if defined(NR_CREAT)
  if (nr == NR_CREAT) {
    return true;
  }
#endif
  return is_call_of(EV_HOOK_FILE_OPEN, nr);
}

/* O_* of the open that the task is in; 0: they are in its memory, where they can be rewritten. */
static __always_inline __u32 certain_open_flags(__u64 regs, bool compat, __u32 nr) {
  __u64 args[6];
  read_saved_args(args, regs, compat);
#if defined(NR_OPEN)
  if (nr == NR_OPEN) {
    return args[1];
  }
  if (nr == NR_CREAT) {
    return O_CREAT | O_WRONLY;
  }
#endif
  return nr == NR_OPENAT ? args[2] : 0;
}

/*
 * What is refused to the open whatever it is for; EV_DECISION_NONE: it is asked about when it is
 * open. `access`: of EV_INTENT_ACCESS. `mode`: as given; an access control list can take from it.
 */
static __always_inline __u32 refusal_of_new_file(struct scratch *s, __u32 access, __u32 mode) {
  __u32 refusal = EV_DECISION_NONE;
  for (__u32 intent = EV_INTENT_CREATE; intent <= ALL_INTENTS; intent++) {
    if (!(intent & EV_INTENT_CREATE) ||
        (access != ANY_ACCESS && (intent & EV_INTENT_ACCESS) != access) ||
        (intent & EV_INTENT_EXECUTABLE && !(mode & 0111))) {
      continue;
    }
    know(s, EV_DIM_INTENT, intent);
    __u32 decision = decide(s->index, EV_HOOK_FILE_OPEN);
    if ((decision != EV_DECISION_DENIED && decision != EV_DECISION_KILLED) ||
        (refusal != EV_DECISION_NONE && refusal != decision)) {
      return EV_DECISION_NONE;
    }
    refusal = decision;
  }
  return refusal;
}

/*
 * A regular file that an open is about to make: what is refused here is not made. Of io_uring, or
 * when it is not sure that it is refused, the file is made, and then refused to be opened.
 */
SEC("lsm/path_mknod")
int BPF_PROG(hook_open_creates, const struct path *dir, struct dentry *dentry,
             unsigned short mode) {
  struct task_struct *task = current_task();
  bool is_regular = mode >> FORMAT_SHIFT == S_IFREG >> FORMAT_SHIFT;
  struct scratch *s =
      is_regular && !(READ(task, flags) & PF_DUMPCORE) ? operation_begin(EV_HOOK_FILE_OPEN) : NULL;
  if (!s) {
    return 0;
  }
  bool compat = is_compat(task);
  __u64 regs = saved_registers(s, task);
  __u32 nr = native_syscall_nr(saved_syscall_nr(regs), compat);
  if (!is_open_call(nr)) {
    return operation_end(s);
  }
  __u32 flags = certain_open_flags(regs, compat, nr);
  know_path(s, dir->mnt, dentry);
  know(s, EV_DIM_FILE_KIND, S_IFREG >> FORMAT_SHIFT);
  __u32 access = flags & O_CREAT ? flags & EV_INTENT_ACCESS : ANY_ACCESS;
  if (report(s, refusal_of_new_file(s, access, mode))) {
    append_new_file(s->index, s->op.mnt, s->op.dentry, mode, flags);
  }
  return operation_end(s);
}

#define NAME_MAX 255

/*
 * The name that the process is going to have: the last component of the file name as given, which
 * stands in scratch.record. Global: see append.h.
 */
__noinline int find_new_name(__u32 at, __u32 size) {
  struct scratch *s = scratch_at(at);
  if (!s || size >= EV_PATH_MAX) {
    return 0;
  }
  __u32 from = size > NAME_MAX ? size - NAME_MAX : 0;
  /* In memory, where the verifier does not follow each value that it can have. */
  volatile __u32 *begin = &s->filled;
  *begin = from;
  for (__u32 i = 0; i <= NAME_MAX && from + i < size; i++) {
    if (s->record[(from + i) & (EV_PATH_MAX - 1)] == '/') {
      *begin = from + i + 1;
    }
  }
  __u32 at_name = *begin;
  for (__u32 i = 0; i < EV_COMM_SIZE - 1 && at_name + i < size; i++) {
    s->op.name[i] = s->record[(at_name + i) & (EV_PATH_MAX - 1)];
  }
  s->op.knows |= KNOWS(EV_DIM_NAME);
  return 0;
}

/* What the kernel takes the new name from. */
static __always_inline const char *name_source(struct linux_binprm *bprm) {
  if (bpf_core_field_exists(bprm->comm_from_dentry) &&
      BPF_CORE_READ_BITFIELD_PROBED(bprm, comm_from_dentry)) {
    return (const char *)BPF_CORE_READ(bprm, file, f_path.dentry, d_name.name);
  }
  return bprm->filename;
}

static __always_inline void know_new_name(struct scratch *s, const char *name) {
  long size = bpf_probe_read_kernel_str(s->record, EV_PATH_MAX, name);
  if (size > 0) {
    find_new_name(s->index, size - 1);
  }
}

/* Also of a script's interpreter, as an exec of its own. */
SEC("lsm/bprm_check_security")
int BPF_PROG(hook_bprm_check_security, struct linux_binprm *bprm) {
  struct scratch *s = operation_begin(EV_HOOK_BPRM_CHECK);
  if (!s) {
    return 0;
  }
  __u64 file = number_of(s, bprm->file);
  know_file(s, file);
  const char *name = name_source(bprm);
  know_new_name(s, name);
  know(s, EV_DIM_TRAITS, exe_traits(s->index, file));
  if (decided(s)) {
    append_file(s->index, file, 0, 0);
    append_kernel_string(s, name);
  }
  return operation_end(s);
}

SEC("lsm/mmap_file")
int BPF_PROG(hook_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
             unsigned long flags) {
  struct scratch *s = file && prot & PROT_EXEC ? operation_begin(EV_HOOK_MMAP_FILE) : NULL;
  if (!s) {
    return 0;
  }
  know_arg(s, 2, prot);
  return decide_file(s, number_of(s, file));
}

SEC("lsm/file_mprotect")
int BPF_PROG(hook_file_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
             unsigned long prot) {
  struct scratch *s = prot & PROT_EXEC ? operation_begin(EV_HOOK_FILE_MPROTECT) : NULL;
  if (!s) {
    return 0;
  }
  know_arg(s, 2, prot);
  __u64 file = number_of(s, vma->vm_file);
  if (!file) {
    know_no_path(s);
    return operation_finish(s);
  }
  return decide_file(s, file);
}

/* finit_module; init_module has no file (hook_kernel_load_data). */
SEC("lsm/kernel_read_file")
int BPF_PROG(hook_kernel_read_file, struct file *file, int id) {
  bool is_module = (__u32)id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE);
  struct scratch *s = file && is_module ? operation_begin(EV_HOOK_KERNEL_READ_FILE) : NULL;
  if (!s) {
    return 0;
  }
  return decide_file(s, number_of(s, file));
}
