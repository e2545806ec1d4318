// SPDX-License-Identifier: Apache-2.0
#include "engine/state/inet_sockets.h"

#include <sys/socket.h>

#include <array>
#include <bitset>
#include <cstring>
#include <vector>

namespace saker {
namespace {

// States that the kernel shows (TCP_*), also of datagram sockets.
constexpr uint32_t kClosed = 7;
constexpr uint32_t kListen = 10;
constexpr uint32_t kTimeWait = 6;
constexpr size_t kInodeWord = 9;
constexpr size_t kDigitsOfWord = 8;

struct InetFile {
  std::string_view name;
  uint16_t family;
  uint16_t type;
};
constexpr InetFile kFiles[] = {{"net/tcp", AF_INET, SOCK_STREAM},
                               {"net/tcp6", AF_INET6, SOCK_STREAM},
                               {"net/udp", AF_INET, SOCK_DGRAM},
                               {"net/udp6", AF_INET6, SOCK_DGRAM}};

// "0100007F:1F90": words of 32 bits as they stand in memory, and the port.
bool parse_end(std::string_view text, uint16_t family, sockaddr_in6& end) {
  const size_t words = family == AF_INET6 ? 4 : 1;
  std::array<uint32_t, 4> address{};
  uint16_t port = 0;
  if (text.size() <= words * kDigitsOfWord || text[words * kDigitsOfWord] != ':' ||
      !parse_number(text.substr(words * kDigitsOfWord + 1), port, 16)) {
    return false;
  }
  for (size_t i = 0; i < words; ++i) {
    if (!parse_number(text.substr(i * kDigitsOfWord, kDigitsOfWord), address[i], 16)) {
      return false;
    }
  }
  if (family == AF_INET6) {
    end.sin6_family = AF_INET6;
    end.sin6_port = htons(port);
    std::memcpy(&end.sin6_addr, address.data(), sizeof(end.sin6_addr));
    return true;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = address[0];
  std::memcpy(&end, &v4, sizeof(v4));
  return true;
}

}  // namespace

std::optional<InetLine> parse_inet_line(std::string_view line, uint16_t family, uint16_t type) {
  std::array<std::string_view, kInodeWord + 1> words;
  for (std::string_view& word : words) {
    word = next_word(line);
  }
  InetLine found;
  found.socket.family = family;
  found.socket.type = type;
  uint32_t state = 0;
  if (!parse_end(words[1], family, found.socket.local) ||
      !parse_end(words[2], family, found.socket.remote) || !parse_number(words[3], state, 16) ||
      !parse_number(words[kInodeWord], found.inode) || found.inode == 0 || state == kTimeWait) {
    return std::nullopt;
  }
  const bool is_stream = type == SOCK_STREAM;
  if (is_stream && state == kClosed) {
    return std::nullopt;
  }
  found.socket.use = is_stream && state == kListen    ? InetSocketUse::kListening
                     : !is_stream && state == kClosed ? InetSocketUse::kBound
                                                      : InetSocketUse::kConnected;
  return found;
}

bool InetSockets::learn(ProcFiles& files, uint32_t pid) {
  const std::string link = files.read_link(files.path(pid, "ns/net"));
  if (link.empty()) {
    return false;
  }
  if (const auto known = namespaces_.find(link); known != namespaces_.end()) {
    return known->second;
  }
  if (namespaces_.size() == kMaxNamespaces) {
    return false;
  }
  const bool is_whole = read_namespace(files, pid);
  namespaces_.emplace(link, is_whole);
  return is_whole;
}

const InetSocket* InetSockets::find(uint64_t inode) const noexcept {
  const auto found = sockets_.find(inode);
  return found != sockets_.end() ? &found->second : nullptr;
}

bool InetSockets::read_namespace(ProcFiles& files, uint32_t pid) {
  const uint64_t unreadable_before = files.unreadable();
  bool is_whole = true;
  std::vector<InetLine> lines;
  std::bitset<UINT16_MAX + 1> served;  // ports that something listens on
  for (const InetFile& file : kFiles) {
    bool is_cut = false;
    const std::string text = files.read(files.path(pid, file.name), kMaxFileBytes, &is_cut);
    is_whole = is_whole && !is_cut;
    std::string_view left = text;
    while (!left.empty()) {
      const auto line = parse_inet_line(next_line(left), file.family, file.type);
      if (line) {
        lines.push_back(*line);
        // Both families have it at the same place.
        served[ntohs(line->socket.local.sin6_port)] = served[ntohs(line->socket.local.sin6_port)] ||
                                                      line->socket.use == InetSocketUse::kListening;
      }
    }
  }
  for (InetLine& line : lines) {
    if (line.socket.type == SOCK_STREAM && line.socket.use == InetSocketUse::kConnected &&
        served[ntohs(line.socket.local.sin6_port)]) {
      line.socket.use = InetSocketUse::kAccepted;
    }
    sockets_.emplace(line.inode, line.socket);
  }
  return is_whole && files.unreadable() == unreadable_before;
}

}  // namespace saker
