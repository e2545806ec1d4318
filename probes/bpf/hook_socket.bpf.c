/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hooks on sockets. Only IPv4 and IPv6 addresses are decided about; names of other families have
 * neither address nor port.
 */
#include <bpf/bpf_endian.h>

#include "probes/bpf/lib/policy.h"

#define PORT_AT 2
#define V4_AT 4
#define V6_AT 8
#define ADDRESS_END 28 /* of struct sockaddr_in6, without its scope */

/* An IPv4 address as the IPv4-mapped IPv6 address. */
static __always_inline void set_v4(struct scratch *s, const __u8 *v4) {
  s->op.address[10] = s->op.address[11] = 0xff;
  __builtin_memcpy(s->op.address + 12, v4, 4);
}

/*
 * Of a struct sockaddr in kernel memory. False: of another family. An AF_UNSPEC one is taken for
 * IPv4 by bind(2), and for the end of a connection by connect(2), which nothing is asked about.
 */
static __always_inline bool know_address(struct scratch *s, const void *address, int size,
                                         bool unspec_is_v4) {
  __u8 *raw = s->record; /* which is not begun yet: the stack has no room */
  if (size < V4_AT + 4 ||
      bpf_probe_read_kernel(raw, size < ADDRESS_END ? V4_AT + 4 : ADDRESS_END, address)) {
    return false;
  }
  __u16 family = *(__u16 *)raw;
  if (family == AF_INET || (family == AF_UNSPEC && unspec_is_v4)) {
    set_v4(s, raw + V4_AT);
  } else if (family == AF_INET6 && size >= V6_AT + 16) {
    __builtin_memcpy(s->op.address, raw + V6_AT, 16);
  } else {
    return false;
  }
  s->op.knows |= KNOWS(EV_DIM_ADDRESS);
  know_number(s, bpf_ntohs(*(__u16 *)(raw + PORT_AT)));
  return true;
}

static __always_inline void append_kernel_sockaddr(struct scratch *s, const void *address,
                                                   int size) {
  struct ev_section *section = section_open(s, EV_SEC_SOCKADDR, 0, EV_SOCKADDR_MAX);
  __u32 bytes = size < 0 ? 0 : size > ADDRESS_END ? ADDRESS_END : size;
  if (section) {
    BOUNDED(bytes);
    if (bytes > ADDRESS_END || bpf_probe_read_kernel(section + 1, bytes, address)) {
      bytes = 0;
    }
    section_close(s, section, bytes, bytes, 0);
  }
}

static __always_inline void append_socket_of(struct scratch *s, struct socket *socket) {
  struct file *file = socket->file;
  if (file) {
    append_socket(s->index, number_of(s, file), 0, 0, 0);
  }
}

static __always_inline int decide_address(__u32 hook, struct socket *socket, const void *address,
                                          int size) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  if (know_address(s, address, size, hook == EV_HOOK_SOCKET_BIND) && decided(s)) {
    append_socket_of(s, socket);
    append_kernel_sockaddr(s, address, size);
  }
  return operation_end(s);
}

SEC("lsm/socket_create")
int BPF_PROG(hook_socket_create, int family, int type, int protocol, int kern) {
  struct scratch *s = kern ? NULL : operation_begin(EV_HOOK_SOCKET_CREATE);
  if (!s) {
    return 0;
  }
  know_number(s, family);
  know_arg(s, 0, family);
  return operation_finish(s);
}

SEC("lsm/socket_bind")
int BPF_PROG(hook_socket_bind, struct socket *socket, struct sockaddr *address, int size) {
  return decide_address(EV_HOOK_SOCKET_BIND, socket, address, size);
}

SEC("lsm/socket_connect")
int BPF_PROG(hook_socket_connect, struct socket *socket, struct sockaddr *address, int size) {
  return decide_address(EV_HOOK_SOCKET_CONNECT, socket, address, size);
}

/* What is sent to an address without a connection, or with one that the sending makes. */
SEC("lsm/socket_sendmsg")
int BPF_PROG(hook_socket_sendmsg, struct socket *socket, struct msghdr *message) {
  void *address = message->msg_name;
  int size = message->msg_namelen;
  return address && size > 0 ? decide_address(EV_HOOK_SOCKET_CONNECT, socket, address, size) : 0;
}

static __always_inline void know_local_end(struct scratch *s, struct sock *sk) {
  __u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
  if (family == AF_INET) {
    __u32 v4 = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
    set_v4(s, (const void *)&v4);
  } else if (family == AF_INET6) {
    bpf_core_read(s->op.address, 16, &sk->__sk_common.skc_v6_rcv_saddr);
  } else {
    return;
  }
  s->op.knows |= KNOWS(EV_DIM_ADDRESS);
  know_number(s, BPF_CORE_READ(sk, __sk_common.skc_num));
}

SEC("lsm/socket_listen")
int BPF_PROG(hook_socket_listen, struct socket *socket, int backlog) {
  struct scratch *s = operation_begin(EV_HOOK_SOCKET_LISTEN);
  if (!s) {
    return 0;
  }
  struct sock *sk = socket->sk;
  if (sk) {
    know_local_end(s, sk);
  }
  if (s->op.knows & KNOWS(EV_DIM_ADDRESS) && decided(s)) {
    append_socket_of(s, socket);
  }
  return operation_end(s);
}
