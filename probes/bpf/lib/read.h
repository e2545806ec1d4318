/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading kernel objects that are known by address only.
 *
 * A helper call costs ten to twenty times a load (return thunks), so members are loaded directly
 * where the kernel lets us say what an address points to: bpf_rdonly_cast(), from 6.2 on, is no
 * call at run time. Older kernels copy the beginning of the object to the stack in one probe read.
 */
#ifndef SAKER_PROBES_BPF_LIB_READ_H
#define SAKER_PROBES_BPF_LIB_READ_H

#include "probes/bpf/lib/emit.h"

extern void *bpf_rdonly_cast(const void *object, __u32 btf_id) __ksym __weak;

/* Set by user space; the verifier drops the other branch before it looks at it. */
extern const volatile bool has_rdonly_cast;

/*
 * Declares `name` as a pointer through which members of the object can be read. `head` is how much
 * of it an older kernel copies: a member that lies behind is refused when the program is loaded.
 */
#define KERNEL_OBJECT(type, name, head, address)                                    \
  __u64 name##_head[(head) / 8];                                                    \
  type *name;                                                                       \
  if (has_rdonly_cast) {                                                            \
    name = bpf_rdonly_cast((const void *)(address), bpf_core_type_id_kernel(type)); \
  } else {                                                                          \
    bpf_probe_read_kernel(name##_head, (head), (const void *)(address));            \
    name = (void *)name##_head;                                                     \
  }

/*
 * One member of the object at an address that is a plain number. For the few, where the head of the
 * object would not be worth its copy, or its room on the stack: a chain of calls has 512 bytes.
 */
#define KERNEL_MEMBER(type, address, member)                           \
  ({                                                                   \
    type *object = (void *)(address);                                  \
    typeof(object->member) value;                                      \
    if (has_rdonly_cast) {                                             \
      object = bpf_rdonly_cast(object, bpf_core_type_id_kernel(type)); \
      value = object->member;                                          \
    } else {                                                           \
      bpf_core_read(&value, sizeof(value), &object->member);           \
    }                                                                  \
    value;                                                             \
  })

/*
 * A task that the kernel handed over, as one that the verifier does not trust. Of each pointer that
 * is loaded from a trusted object it asks whether that is trusted too, and from 6.2 on it answers
 * by going through all names of the kernel's BTF: about a millisecond a load.
 */
static __always_inline struct task_struct *plain_task(struct task_struct *task) {
  if (has_rdonly_cast) {
    return bpf_rdonly_cast(task, bpf_core_type_id_kernel(struct task_struct));
  }
  return task;
}

/*
 * The address as a plain number, which is all that a global function takes: through memory, where
 * the verifier forgets what it points to.
 */
static __always_inline __u64 number_of(struct scratch *s, const void *address) {
  *(const void *volatile *)&s->number = address;
  return *(volatile __u64 *)&s->number;
}

/* Whether the kernel gives the current task as an object that can be loaded from: since 5.11. */
#define HAS_TASK_POINTER bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)

/* The task that runs here; its members are read with READ(). */
static __always_inline struct task_struct *current_task(void) {
  if (HAS_TASK_POINTER) {
    return plain_task(bpf_get_current_task_btf());
  }
  return (void *)bpf_get_current_task();
}

/* A member, through any number of pointers, of a task or of what belongs to it. */
#define READ(object, ...)                                \
  ({                                                     \
    ___type((object), __VA_ARGS__) value;                \
    if (HAS_TASK_POINTER) {                              \
      value = ___arrow((object), __VA_ARGS__);           \
    } else {                                             \
      BPF_CORE_READ_INTO(&value, (object), __VA_ARGS__); \
    }                                                    \
    value;                                               \
  })

/* The eight bytes at a member, whatever its type. */
#define READ_WORD(object, member)                              \
  ({                                                           \
    __u64 value;                                               \
    if (HAS_TASK_POINTER) {                                    \
      value = *(const __u64 *)&(object)->member;               \
    } else {                                                   \
      bpf_core_read(&value, sizeof(value), &(object)->member); \
    }                                                          \
    value;                                                     \
  })

#define DENTRY_HEAD 96
#define FILE_HEAD 192
#define INODE_HEAD 192
#define KERNFS_NODE_HEAD 128

/* 16 bytes of kernel memory: two loads through a type of two pointers. */
static __always_inline void read_two(struct scratch *s, __u64 words[2], const void *address) {
  if (has_rdonly_cast) {
    const struct list_head *pair =
        bpf_rdonly_cast(address, bpf_core_type_id_kernel(struct list_head));
    words[0] = number_of(s, pair->next);
    words[1] = number_of(s, pair->prev);
  } else {
    bpf_probe_read_kernel(words, 16, address);
  }
}

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *kn) {
  if (bpf_core_field_exists(kn->__parent)) {
    return kn->__parent;
  }
  return ((struct kernfs_node___before_6_15 *)kn)->parent;
}

/* Copies what resolve_path() left; `to` has room for EV_PATH_MAX bytes. Gives the length. */
static __always_inline __u32 copy_path(struct scratch *s, void *to) {
  __u32 at = s->path_at;
  if (at >= EV_PATH_MAX) {
    return 0;
  }
  BOUNDED(at);
  __u32 len = EV_PATH_MAX - at;
  if (len > EV_PATH_MAX) {
    return 0;
  }
  BOUNDED(len);
  bpf_probe_read_kernel(to, len, &s->path[at]);
  return len;
}

/* Ends a section with that path, behind `head` bytes of payload. */
static __always_inline void close_with_path(struct scratch *s, struct ev_section *section,
                                            __u32 head) {
  __u32 size = copy_path(s, (__u8 *)(section + 1) + head) + head;
  section_close(s, section, size, s->path_flags & EV_SECF_TRUNCATED ? 0 : size, s->path_flags);
}

#endif /* SAKER_PROBES_BPF_LIB_READ_H */
