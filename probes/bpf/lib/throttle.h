/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Throttle: while the reader does not keep up, each sender may fill only a part of the ring in a
 * time, so that one that floods leaves room for all others. A sender is a process, or all processes
 * of a container. Nothing is counted while the ring is nearly empty.
 */
#ifndef SAKER_PROBES_BPF_LIB_THROTTLE_H
#define SAKER_PROBES_BPF_LIB_THROTTLE_H

#include "probes/bpf/lib/filter.h"

#define SENDERS 4096
#define WINDOW_SHIFT 27 /* 134 ms */
#define CONTAINER_SENDER (1ull << 63)

/* Bytes in the ring from which on senders are throttled, and what each may send in a window. */
extern const volatile __u64 throttle_from_bytes;
extern const volatile __u64 sender_bytes_max;

struct sender {
  __u64 window;
  __u64 bytes; /* in that window */
};

struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, SENDERS);
  __type(key, __u64);
  __type(value, struct sender);
} senders SEC(".maps");

/* Of the record whose task is filled in; NULL: there is no room to count it. */
static __always_inline struct sender *find_sender(struct scratch *s) {
  __u64 key = record_task(s)->pid;
  __u64 cgroup = record_task(s)->cgroup_id;
  const __u32 *place = bpf_map_lookup_elem(&known_cgroups, &cgroup);
  if (place && *place == EV_PLACE_CONTAINER) {
    key = cgroup | CONTAINER_SENDER;
  }
  __u64 window = bpf_ktime_get_boot_ns() >> WINDOW_SHIFT;
  struct sender *sender = bpf_map_lookup_elem(&senders, &key);
  if (!sender) {
    struct sender first = {.window = window};
    bpf_map_update_elem(&senders, &key, &first, BPF_NOEXIST);
    return bpf_map_lookup_elem(&senders, &key);
  }
  if (sender->window != window) {
    sender->window = window;
    sender->bytes = 0;
  }
  return sender;
}

#endif /* SAKER_PROBES_BPF_LIB_THROTTLE_H */
