/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hooks on sockets. Only IPv4 and IPv6 addresses are decided about; names of other families have
 * neither address nor port.
 */
#include <bpf/bpf_endian.h>

#include "probes/bpf/lib/policy.h"

#define PORT_AT 2
#define V4_AT 4
#define V4_END 16 /* of struct sockaddr_in */
#define V6_AT 8

/* An IPv4 address as the IPv4-mapped IPv6 address. */
static __always_inline void set_v4(struct scratch *s, const __u8 *v4) {
  s->op.address[10] = s->op.address[11] = 0xff;
  __builtin_memcpy(s->op.address + 12, v4, 4);
}

/* A struct sockaddr in kernel memory. */
static __always_inline void take_sockaddr(struct scratch *s, const void *address, int size) {
  __u32 bytes = size < 0 ? 0 : size > SOCKADDR_MAX ? SOCKADDR_MAX : size;
  BOUNDED(bytes);
  if (bytes <= SOCKADDR_MAX && bpf_probe_read_kernel(s->op.sockaddr, bytes, address) == 0) {
    s->op.sockaddr_size = bytes;
  }
}

/*
 * Of the address that was taken. False: of another family. An AF_UNSPEC one is taken for IPv4 by
 * bind(2), and for the end of a connection by connect(2), which nothing is asked about.
 */
static __always_inline bool know_address(struct scratch *s) {
  const __u8 *raw = s->op.sockaddr;
  __u16 family = *(const __u16 *)raw;
  if (s->op.sockaddr_size < V4_AT + 4) {
    return false;
  }
  if (family == AF_INET || (family == AF_UNSPEC && s->hook == EV_HOOK_SOCKET_BIND)) {
    set_v4(s, raw + V4_AT);
  } else if (family == AF_INET6 && s->op.sockaddr_size >= V6_AT + 16) {
    __builtin_memcpy(s->op.address, raw + V6_AT, 16);
  } else {
    return false;
  }
  s->op.knows |= KNOWS(EV_DIM_ADDRESS);
  know_number(s, bpf_ntohs(*(const __u16 *)(raw + PORT_AT)));
  return true;
}

static __always_inline void append_sockaddr(struct scratch *s) {
  struct ev_section *section = section_open(s, EV_SEC_SOCKADDR, 0, EV_SOCKADDR_MAX);
  __u32 size = s->op.sockaddr_size;
  BOUNDED(size);
  if (section && size <= SOCKADDR_MAX) {
    __builtin_memcpy(section + 1, s->op.sockaddr, SOCKADDR_MAX);
    section_close(s, section, size, size, 0);
  }
}

/* A struct socket at an address. */
static __always_inline void append_socket_of(struct scratch *s, __u64 socket) {
  __u64 file = number_of(s, KERNEL_MEMBER(struct socket, socket, file));
  if (file) {
    append_socket(s->index, file, 0, 0, 0);
  }
}

static __always_inline int decide_address(__u32 hook, struct socket *socket, const void *address,
                                          int size) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return 0;
  }
  take_sockaddr(s, address, size);
  if (know_address(s) && decided(s)) {
    append_socket_of(s, number_of(s, socket));
    append_sockaddr(s);
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
    append_socket_of(s, number_of(s, socket));
  }
  return operation_end(s);
}

/*
 * The same questions at the root of the cgroups, where no program at an LSM hook can be had. Only
 * TCP, MPTCP and UDP ask there.
 */

#define CGROUP_REFUSE 0
#define CGROUP_ALLOW 1

static __always_inline void take_cgroup_address(struct scratch *s, struct bpf_sock_addr *ctx,
                                                __u16 family) {
  __u8 *raw = s->op.sockaddr;
  __u32 port = ctx->user_port;
  BOUNDED(port); /* not loaded in part, which older kernels refuse */
  *(__u16 *)raw = family;
  *(__u16 *)(raw + PORT_AT) = port;
  if (family == AF_INET) {
    *(__u32 *)(raw + V4_AT) = ctx->user_ip4;
    s->op.sockaddr_size = V4_END;
    return;
  }
  for (int i = 0; i < 4; i++) {
    __u32 word = ctx->user_ip6[i];
    BOUNDED(word);
    *(__u32 *)(raw + V6_AT + 4 * i) = word;
  }
  s->op.sockaddr_size = SOCKADDR_MAX;
}

static __always_inline int decide_cgroup_address(__u32 hook, struct bpf_sock_addr *ctx,
                                                 __u16 family) {
  struct scratch *s = operation_begin(hook);
  if (!s) {
    return CGROUP_ALLOW;
  }
  take_cgroup_address(s, ctx, family);
  if (know_address(s) && decided(s)) {
    __u64 sk = number_of(s, ctx->sk);
    append_socket_of(s, number_of(s, KERNEL_MEMBER(struct sock, sk, sk_socket)));
    append_sockaddr(s);
  }
  int result = CGROUP_ALLOW;
  if (operation_close(s) == EV_DECISION_DENIED) {
    result = CGROUP_REFUSE;
    BOUNDED(result);
  }
  return result;
}

#define CGROUP_HOOK(name, hook, family)               \
  SEC("cgroup/" #name)                                \
  int hook_cgroup_##name(struct bpf_sock_addr *ctx) { \
    return decide_cgroup_address(hook, ctx, family);  \
  }

CGROUP_HOOK(bind4, EV_HOOK_SOCKET_BIND, AF_INET)
CGROUP_HOOK(bind6, EV_HOOK_SOCKET_BIND, AF_INET6)
CGROUP_HOOK(connect4, EV_HOOK_SOCKET_CONNECT, AF_INET)
CGROUP_HOOK(connect6, EV_HOOK_SOCKET_CONNECT, AF_INET6)
CGROUP_HOOK(sendmsg4, EV_HOOK_SOCKET_CONNECT, AF_INET)
CGROUP_HOOK(sendmsg6, EV_HOOK_SOCKET_CONNECT, AF_INET6)
