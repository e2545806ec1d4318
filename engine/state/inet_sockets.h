// SPDX-License-Identifier: Apache-2.0
// InetSockets: the TCP and UDP sockets of network namespaces as /proc shows them, by inode number.
//
// Not thread-safe.
#ifndef SAKER_ENGINE_STATE_INET_SOCKETS_H
#define SAKER_ENGINE_STATE_INET_SOCKETS_H

#include <netinet/in.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/state/proc_files.h"

namespace saker {

// How a socket came to be what it is.
enum class InetSocketUse : uint8_t {
  kListening,
  kBound,      // a datagram socket without a peer
  kConnected,  // by itself
  kAccepted,
};

struct InetSocket {
  sockaddr_in6 local{};  // of IPv4: a sockaddr_in
  sockaddr_in6 remote{};
  uint16_t family = 0;  // AF_*
  uint16_t type = 0;    // SOCK_*
  InetSocketUse use = InetSocketUse::kBound;
};

// A line of /proc/PID/net/tcp, tcp6, udp or udp6; nothing when it is none, or of a socket that is
// neither connected nor bound. An accepted one cannot be told from a connected one yet.
struct InetLine {
  uint64_t inode = 0;
  InetSocket socket;
};
[[nodiscard]] std::optional<InetLine> parse_inet_line(std::string_view line, uint16_t family,
                                                      uint16_t type);

class InetSockets {
 public:
  static constexpr size_t kMaxFileBytes = size_t{4} << 20;
  static constexpr size_t kMaxNamespaces = 256;

  // Reads those of the process's network namespace, each namespace once. False: not all of them,
  // because of a bound, or since they could not be read.
  bool learn(ProcFiles& files, uint32_t pid);
  // Null: it is none that is known.
  [[nodiscard]] const InetSocket* find(uint64_t inode) const noexcept;

 private:
  bool read_namespace(ProcFiles& files, uint32_t pid);

  std::unordered_map<uint64_t, InetSocket> sockets_;
  std::unordered_map<std::string, bool> namespaces_;  // by their link; whether they are whole
};

}  // namespace saker

#endif  // SAKER_ENGINE_STATE_INET_SOCKETS_H
