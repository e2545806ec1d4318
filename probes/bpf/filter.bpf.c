/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "probes/bpf/lib/filter.h"

__u32 filter_generation = 0;
struct ev_filter_call filter_calls[FILTER_TABLES * EV_SYSCALLS] = {};

/*
 * Some bytes of the text: of scratch.path, or of the path as given, which stands where the record
 * is going to be. 0 when the text is over. Global: see climb().
 */
__noinline int scan_some(__u32 text) {
  struct scratch *s = scratch_here();
  if (!s) {
    return 0;
  }
  __u32 index = automaton_index(&s->filter, text);
  const struct ev_automaton *automaton = bpf_map_lookup_elem(&filter_automata, &index);
  if (!automaton) {
    return 0;
  }
  struct scan scan = s->filter.scan;
  __u32 bits = automaton->class_bits & 7;
  const __u8 *bytes = text == EV_TEXT_PATH ? s->path : s->record;
  for (int i = 0; i < SCAN_STEPS && scan.at < scan.end; i++) {
    __u8 byte = bytes[scan.at & (EV_PATH_MAX - 1)];
    scan.at++;
    if (byte != '/' || scan.before != '/') {
      __u32 row = scan.state << bits | automaton->class_of[byte];
      BOUNDED(row);
      scan.state = automaton->next[row & (EV_TRANSITIONS - 1)];
      scan.found |= automaton->anywhere[scan.state & (EV_STATES - 1)];
    }
    scan.before = byte;
  }
  s->filter.scan = scan;
  return scan.at < scan.end;
}
