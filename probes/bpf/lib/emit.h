/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Emit: a record is put together in the CPU's scratch memory and copied into the ring as a whole.
 *
 *   s = scratch_take(EV_EXEC);   counts a drop and gives NULL
 *   record_begin(s, EV_EXEC, sizeof(struct ev_exec));
 *   fill...; append...;
 *   record_submit(s, EV_EXEC);
 *   scratch_release(s);
 *
 * Programs run with migration off, so the CPU's scratch is ours until the end. Where the kernel can
 * preempt them (hooks; tracepoints from 7.0 on) and lets us switch that off, we do while we have
 * it: else another task that comes to the same CPU finds it busy.
 */
#ifndef SAKER_PROBES_BPF_LIB_EMIT_H
#define SAKER_PROBES_BPF_LIB_EMIT_H

#include "probes/bpf/lib/maps.h"

/* Keeps the compiler from re-deriving a value that the verifier has seen bounded. */
#define BOUNDED(var) asm volatile("" : "+r"(var))

extern int LINUX_KERNEL_VERSION __kconfig;
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;
/* Those that can be had with calls of global functions in between. */
#define HAS_PREEMPT_DISABLE (LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 15, 0))
#define TRACEPOINTS_ARE_PREEMPTIBLE (LINUX_KERNEL_VERSION >= KERNEL_VERSION(7, 0, 0))

/* How much memory of each CPU there is (maps.h, struct scratch). */
extern const volatile __u32 scratch_levels;
/* Counts the filters there have been; the last bit says which of the tables are in use. */
extern __u32 filter_generation;
/* Bytes in the ring above which only exec, fork and exit are stored. */
extern const volatile __u64 high_water_bytes;

static __always_inline struct ev_stats *stats_here(void) {
  __u32 zero = 0;
  return bpf_map_lookup_elem(&stats, &zero);
}

/* Whether records are read. */
static __always_inline bool has_reader(void) { return attendance.reader_left_boot_ns == 0; }

static __always_inline void count_drop(__u32 reason, __u32 kind) {
  struct ev_stats *here = stats_here();
  if (here && reason < EV_DROP_REASONS && kind < EV_KINDS) {
    here->dropped[reason][kind]++;
  }
}

static __always_inline struct scratch *scratch_at(__u32 index) {
  return bpf_map_lookup_elem(&scratches, &index);
}

static __always_inline struct scratch *scratch_of_level(__u32 level) {
  __u32 index = bpf_get_smp_processor_id() * scratch_levels + level;
  struct scratch *s = scratch_at(index);
  if (s) {
    s->index = index;
  }
  return s;
}

static __always_inline void preemption_off(void) {
  if (HAS_PREEMPT_DISABLE) {
    bpf_preempt_disable();
  }
}

static __always_inline void preemption_on(void) {
  if (HAS_PREEMPT_DISABLE) {
    bpf_preempt_enable();
  }
}

static __always_inline void scratch_leave(void) {
  if (TRACEPOINTS_ARE_PREEMPTIBLE) {
    preemption_on();
  }
}

/* NULL: it is busy. */
static __always_inline struct scratch *scratch_try(void) {
  if (TRACEPOINTS_ARE_PREEMPTIBLE) {
    preemption_off();
  }
  struct scratch *s = scratch_of_level(0);
  if (!s || s->busy) {
    scratch_leave();
    return NULL;
  }
  s->busy = 1;
  s->filter.generation = filter_generation;
  return s;
}

static __always_inline struct scratch *scratch_take(__u32 kind) {
  struct scratch *s = scratch_try();
  if (!s) {
    count_drop(EV_DROP_SCRATCH, kind);
  }
  return s;
}

static __always_inline void scratch_release(struct scratch *s) {
  s->busy = 0;
  scratch_leave();
}

static __always_inline void record_begin(struct scratch *s, __u32 kind, __u32 body_size) {
  struct ev_header *header = (void *)s->record;
  header->kind = kind;
  header->generation = s->filter.generation;
  header->cpu = bpf_get_smp_processor_id();
  header->boot_ns = bpf_ktime_get_boot_ns();
  s->size = sizeof(struct ev_header) + sizeof(struct ev_task) + body_size;
}

static __always_inline void *record_body(struct scratch *s) {
  return s->record + sizeof(struct ev_header) + sizeof(struct ev_task);
}

static __always_inline struct ev_task *record_task(struct scratch *s) {
  return (void *)(s->record + sizeof(struct ev_header));
}

static __always_inline void record_submit(struct scratch *s, __u32 kind) {
  struct ev_header *header = (void *)s->record;
  __u64 size = s->size;
  BOUNDED(size);
  if (size <= EV_RECORD_MAX) {
    header->size = size;
    long failed = bpf_ringbuf_output(&ring, s->record, size, 0);
    struct ev_stats *here = stats_here();
    if (failed) {
      count_drop(EV_DROP_RING_FULL, kind);
    } else if (here) {
      here->submitted[kind]++;
      here->submitted_bytes += size;
    }
  }
}

/* Room for a section with up to `room` payload bytes, or NULL (counted). `room` is a constant. */
static __always_inline struct ev_section *section_open(struct scratch *s, __u32 kind, __u32 slot,
                                                       __u32 room) {
  __u64 at = s->size;
  if (at > EV_RECORD_MAX - sizeof(struct ev_section) - room - EV_ALIGN) {
    struct ev_header *header = (void *)s->record;
    count_drop(EV_DROP_OVERSIZE, header->kind);
    return NULL;
  }
  BOUNDED(at);
  struct ev_section *section = (void *)(s->record + at);
  section->kind = kind;
  section->slot = slot;
  section->flags = 0;
  section->size = 0;
  section->true_size = 0;
  section->pad = 0;
  return section;
}

/* Requires: size <= the room given to section_open(). Zeroes the pad bytes. */
static __always_inline void section_close(struct scratch *s, struct ev_section *section, __u32 size,
                                          __u32 true_size, __u32 flags) {
  section->size = size;
  section->true_size = true_size;
  section->flags = flags;
  *(__u64 *)((__u8 *)(section + 1) + size) = 0;
  s->size += sizeof(struct ev_section) + ((size + EV_ALIGN - 1) & ~(EV_ALIGN - 1));
}

/* STRING[0] from memory of the kernel. */
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

#endif /* SAKER_PROBES_BPF_LIB_EMIT_H */
