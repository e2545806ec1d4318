/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets: both ends of a connection, from struct sock. */
#include <bpf/bpf_endian.h>

#include "probes/bpf/lib/append.h"
#include "probes/bpf/lib/emit.h"

static __always_inline bool is_mapped_v4(const __u8 *address) {
  const __u32 *words = (const void *)address;
  return words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff);
}

static __always_inline bool is_any_v6(const __u8 *address) {
  const __u32 *words = (const void *)address;
  return (words[0] | words[1] | words[2] | words[3]) == 0;
}

/* An IPv6 socket that talks IPv4 is reported as what is on the wire: IPv4. */
static __always_inline void fold_mapped_v4(struct ev_socket *out) {
  bool local_v4 = is_mapped_v4(out->local_addr);
  bool remote_v4 = is_mapped_v4(out->remote_addr);
  if (!(local_v4 && (remote_v4 || is_any_v6(out->remote_addr))) &&
      !(remote_v4 && is_any_v6(out->local_addr))) {
    return;
  }
  out->family = AF_INET;
  __builtin_memcpy(out->local_addr, out->local_addr + 12, 4);
  __builtin_memset(out->local_addr + 4, 0, 12);
  __builtin_memcpy(out->remote_addr, out->remote_addr + 12, 4);
  __builtin_memset(out->remote_addr + 4, 0, 12);
}

/*
 * Whether bind(2) chose the local port. accept() clears SOCK_BINDPORT_LOCK in the new socket, but
 * leaves it in the listener's bind bucket, of which `fastreuse` is -1 only if connect() made it.
 */
static __always_inline bool has_bound_port(struct sock *sk, __u16 protocol, bool stream) {
  if (BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK) {
    return true;
  }
  if (!stream || protocol != IPPROTO_TCP) {
    return false;
  }
  struct inet_bind_bucket *bucket =
      BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_bind_hash);
  return bucket && BPF_CORE_READ(bucket, fastreuse) >= 0;
}

static __always_inline void fill_inet(struct ev_socket *out, struct sock *sk) {
  if (out->family == AF_INET) {
    bpf_core_read(out->local_addr, 4, &sk->__sk_common.skc_rcv_saddr);
    bpf_core_read(out->remote_addr, 4, &sk->__sk_common.skc_daddr);
  } else {
    bpf_core_read(out->local_addr, 16, &sk->__sk_common.skc_v6_rcv_saddr);
    bpf_core_read(out->remote_addr, 16, &sk->__sk_common.skc_v6_daddr);
    fold_mapped_v4(out);
  }
  out->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
  out->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
  if (has_bound_port(sk, out->protocol, out->type == SOCK_STREAM)) {
    out->flags |= EV_SOCKF_BOUND_PORT;
  }
}

/* The peer's name if it has one, else the socket's own. */
static __always_inline __u32 copy_unix_name(struct ev_socket *out, struct sock *sk) {
  struct sock *peer = BPF_CORE_READ((struct unix_sock *)sk, peer);
  struct unix_address *address = NULL;
  out->peer_ptr = (__u64)peer;
  if (peer) {
    address = BPF_CORE_READ((struct unix_sock *)peer, addr);
  }
  if (!address) {
    address = BPF_CORE_READ((struct unix_sock *)sk, addr);
  }
  if (!address) {
    return 0;
  }
  __s32 len = BPF_CORE_READ(address, len) - (__s32)sizeof(__u16);
  if (len <= 0 || len > UNIX_PATH_MAX) {
    return 0;
  }
  __u32 size = len;
  BOUNDED(size);
  if (size > UNIX_PATH_MAX) {
    return 0;
  }
  char *name = (void *)(out + 1);
  bpf_probe_read_kernel(
      name, size,
      (void *)address + bpf_core_field_offset(struct unix_address, name) + sizeof(__u16));
  /* An abstract name starts with NUL and all its bytes count; the others end at the NUL. */
  if (name[0] != 0 && name[(size - 1) & 127] == 0) {
    size--;
  }
  return size;
}

__noinline int append_socket(__u32 at, __u64 file, __u64 ino, __s32 fd, __u32 slot) {
  struct scratch *s = scratch_at(at);
  if (!s) {
    return 0;
  }
  struct socket *socket = BPF_CORE_READ((struct file *)file, private_data);
  struct sock *sk = BPF_CORE_READ(socket, sk);
  if (!sk) {
    return 0;
  }
  struct ev_section *section = section_open(s, EV_SEC_SOCKET, slot, sizeof(struct ev_socket) + 128);
  if (!section) {
    return 0;
  }
  struct ev_socket *out = (void *)(section + 1);
  __builtin_memset(out, 0, sizeof(*out));
  out->ptr = (__u64)sk;
  out->ino = ino;
  out->fd = fd;
  out->net_ns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
  out->family = BPF_CORE_READ(sk, __sk_common.skc_family);
  out->type = BPF_CORE_READ(socket, type);
  out->protocol = BPF_CORE_READ_BITFIELD_PROBED(sk, sk_protocol);
  out->state = BPF_CORE_READ(sk, __sk_common.skc_state);
  out->flags = out->state == TCP_LISTEN        ? EV_SOCKF_LISTENING
               : out->state == TCP_ESTABLISHED ? EV_SOCKF_CONNECTED
                                               : 0;
  if (out->state == TCP_LISTEN) {
    out->queue_len = BPF_CORE_READ(sk, sk_ack_backlog);
    out->queue_max = BPF_CORE_READ(sk, sk_max_ack_backlog);
  }
  __u32 name_size = 0;
  if (out->family == AF_INET || out->family == AF_INET6) {
    fill_inet(out, sk);
  } else if (out->family == AF_UNIX) {
    name_size = copy_unix_name(out, sk);
  }
  __u32 size = sizeof(struct ev_socket) + name_size;
  section_close(s, section, size, size, 0);
  return 0;
}
