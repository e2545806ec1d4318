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

static __always_inline void append_kernel_string(struct scratch *s, const char *text) {
  struct ev_section *section = section_open(s, EV_SEC_STRING, 0, EV_PATH_MAX);
  if (!section) {
    return;
  }
  long size = bpf_probe_read_kernel_str(section + 1, EV_PATH_MAX, text);
  if (size > 0 && size <= EV_PATH_MAX) {
    __u32 length = size - 1;
    BOUNDED(length);
    if (length < EV_PATH_MAX) {
      section_close(s, section, length, length, 0);
    }
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
