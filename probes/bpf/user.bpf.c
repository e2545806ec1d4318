/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* User memory of the current task: strings, buffers, addresses. */
#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/emit.h"

__noinline int append_user_string(__u32 at, __u64 address, __u32 slot) {
  struct scratch *s = scratch_at(at);
  if (!s || !address) {
    return 0;
  }
  struct ev_section *section = section_open(s, EV_SEC_STRING, slot, EV_PATH_MAX);
  if (!section) {
    return 0;
  }
  char *text = (void *)(section + 1);
  long len = bpf_probe_read_user_str(text, EV_PATH_MAX, (void *)address);
  if (len <= 0 || len > EV_PATH_MAX) {
    section_close(s, section, 0, 0, EV_SECF_FAULT);
    return 0;
  }
  __u32 size = len - 1;
  BOUNDED(size);
  __u32 flags = 0;
  if (size >= EV_PATH_MAX - 1) {
    /* Full, the NUL included: cut off unless the user's byte at this place is the NUL. */
    char last = 0;
    bpf_probe_read_user(&last, 1, (void *)(address + EV_PATH_MAX - 1));
    flags = last ? EV_SECF_TRUNCATED : 0;
    size = EV_PATH_MAX - 1;
  }
  section_close(s, section, size, flags ? 0 : size, flags);
  return text[0];
}

/* Requires: room >= max; room is a constant. */
static __always_inline void append_bytes(struct scratch *s, __u32 kind, __u64 address,
                                         __u32 true_size, __u32 max, __u32 room) {
  struct ev_section *section = section_open(s, kind, 0, room);
  if (!section) {
    return;
  }
  __u32 size = true_size < max ? true_size : max;
  BOUNDED(size);
  if (size > room) {
    size = room;
  }
  __u32 flags = size < true_size ? EV_SECF_TRUNCATED : 0;
  if (bpf_probe_read_user(section + 1, size, (void *)address)) {
    size = 0;
    flags |= EV_SECF_FAULT;
  }
  section_close(s, section, size, true_size, flags);
}

__noinline int append_user_bytes(__u32 at, __u32 kind, __u64 address, __u32 true_size, __u32 max) {
  struct scratch *s = scratch_at(at);
  if (s && address && true_size > 0) {
    append_bytes(s, kind, address, true_size, max, EV_ARGS_MAX);
  }
  return 0;
}

#define IOVECS_MAX 16

/*
 * Appends what is still wanted of the buffer that the struct iovec at `address` describes to the
 * section that was opened last. 0: no more. Global (append.h): else each turn is checked.
 */
__noinline int append_iovec(__u32 at, __u64 address, __u32 wanted) {
  struct scratch *s = scratch_at(at);
  struct user_iovec iovec = {};
  if (!s || bpf_probe_read_user(&iovec, sizeof(iovec), (void *)address)) {
    return 0;
  }
  __u32 end = s->size;
  __u32 filled = s->filled;
  if (end > EV_RECORD_MAX - sizeof(struct ev_section) - 2 * EV_DATA_MAX || filled >= wanted ||
      filled > EV_DATA_MAX) {
    return 0;
  }
  __u32 size = wanted - filled;
  if (iovec.len < size) {
    size = iovec.len;
  }
  if (size > EV_DATA_MAX) {
    return 0;
  }
  BOUNDED(end);
  BOUNDED(size);
  BOUNDED(filled);
  __u8 *to = s->record + end + sizeof(struct ev_section) + filled;
  if (bpf_probe_read_user(to, size, (void *)iovec.base)) {
    return 0;
  }
  s->filled = filled + size;
  return 1;
}

static __always_inline void append_iovecs(struct scratch *s, const struct user_msghdr *header,
                                          __u32 transferred, __u32 max) {
  struct ev_section *section = section_open(s, EV_SEC_BYTES, 0, 2 * EV_DATA_MAX);
  if (!section) {
    return;
  }
  __u32 wanted = transferred < max ? transferred : max;
  if (wanted > EV_DATA_MAX) {
    wanted = EV_DATA_MAX;
  }
  s->filled = 0;
  for (__u32 i = 0; i < IOVECS_MAX; i++) {
    if (i >= header->iov_len || s->filled >= wanted ||
        !append_iovec(s->index, header->iov + i * sizeof(struct user_iovec), wanted)) {
      break;
    }
  }
  __u32 filled = s->filled;
  if (filled <= EV_DATA_MAX) {
    BOUNDED(filled);
    __u32 flags = filled < wanted        ? EV_SECF_FAULT | EV_SECF_TRUNCATED
                  : wanted < transferred ? EV_SECF_TRUNCATED
                                         : 0;
    section_close(s, section, filled, transferred, flags);
  }
}

__noinline int append_user_msghdr(__u32 at, __u64 address, __s64 transferred, __u32 max) {
  struct scratch *s = scratch_at(at);
  struct user_msghdr header = {};
  if (!s || bpf_probe_read_user(&header, sizeof(header), (void *)address)) {
    return 0;
  }
  if (header.name && header.name_len > 0) {
    append_bytes(s, EV_SEC_SOCKADDR, header.name, header.name_len, EV_SOCKADDR_MAX,
                 EV_SOCKADDR_MAX);
  }
  if (transferred > 0 && max > 0) {
    append_iovecs(s, &header, transferred, max);
  }
  return 0;
}
