// SPDX-License-Identifier: Apache-2.0
#include "engine/state/proc_operations.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstring>
#include <set>
#include <utility>

#include "engine/base/clock.h"

namespace saker {
namespace {

constexpr size_t kMaxFdInfoBytes = 512;  // what is asked for stands in the first lines
constexpr std::string_view kSocket = "socket:[";
constexpr std::string_view kDeleted = " (deleted)";

std::string_view bytes_of(const sockaddr_in6& address, uint16_t family) {
  return {reinterpret_cast<const char*>(&address),
          family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in)};
}

void copy_end(const sockaddr_in6& end, uint16_t family, uint8_t (&address)[16], uint16_t& port) {
  port = ntohs(end.sin6_port);
  if (family == AF_INET6) {
    std::memcpy(address, &end.sin6_addr, sizeof(end.sin6_addr));
    return;
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &end, sizeof(v4));
  std::memcpy(address, &v4.sin_addr, sizeof(v4.sin_addr));
}

// A line of /proc/PID/maps: of an executable mapping of a file, else the path is empty.
struct Mapping {
  uint64_t inode = 0;
  std::string path;
};

// "5600-5700 r-xp 00000000 fe:01 1234   /bin/a b"; a newline in a path is shown as \012.
Mapping parse_mapping(std::string_view line) {
  Mapping mapping;
  next_word(line);
  const std::string_view rights = next_word(line);
  next_word(line);
  next_word(line);
  parse_number(next_word(line), mapping.inode);
  const size_t at = line.find_first_not_of(' ');
  if (rights.size() < 3 || rights[2] != 'x' || at == std::string_view::npos || line[at] != '/') {
    return mapping;
  }
  mapping.path = line.substr(at);
  if (mapping.path.ends_with(kDeleted)) {
    mapping.path.resize(mapping.path.size() - kDeleted.size());
  }
  constexpr std::string_view kNewline = "\\012";
  for (size_t i = mapping.path.find(kNewline); i != std::string::npos;
       i = mapping.path.find(kNewline, i + 1)) {
    mapping.path.replace(i, kNewline.size(), "\n");
  }
  return mapping;
}

}  // namespace

// As the hook's record has it.
struct ProcOperations::Call {
  ev_hook hook;
  uint32_t nr;
  size_t arg = 0;
  uint64_t value = 0;  // of that argument
};

ProcOperations::Hooks ProcOperations::shown() {
  Hooks hooks;
  for (const ev_hook hook : {EV_HOOK_BPRM_CHECK, EV_HOOK_FILE_OPEN, EV_HOOK_MMAP_FILE,
                             EV_HOOK_SOCKET_BIND, EV_HOOK_SOCKET_CONNECT, EV_HOOK_SOCKET_LISTEN}) {
    hooks.set(hook);
  }
  return hooks;
}

ProcOperations::ProcOperations(std::string root) : files_(std::move(root)) {}

bool ProcOperations::read(const Process& process, const Hooks& hooks, const Emit& emit) {
  const uint64_t unreadable_before = files_.unreadable();
  const bool wants_sockets =
      hooks[EV_HOOK_SOCKET_BIND] || hooks[EV_HOOK_SOCKET_CONNECT] || hooks[EV_HOOK_SOCKET_LISTEN];
  bool is_whole = !wants_sockets || sockets_.learn(files_, process.key.pid);
  if (hooks[EV_HOOK_BPRM_CHECK]) {
    emit_exec(process, emit);
  }
  if (wants_sockets || hooks[EV_HOOK_FILE_OPEN]) {
    is_whole = emit_descriptors(process, hooks, emit) && is_whole;
  }
  if (hooks[EV_HOOK_MMAP_FILE]) {
    is_whole = emit_mappings(process, emit) && is_whole;
  }
  return is_whole && files_.unreadable() == unreadable_before;
}

void ProcOperations::begin(const Process& process, const Call& call) {
  ev_syscall body{};
  body.nr = call.nr;
  body.args[call.arg] = call.value;
  body.flags = static_cast<uint32_t>(EV_DECISION_DENIED) << EV_SYSF_DECISION_SHIFT |
               static_cast<uint32_t>(call.hook) << EV_SYSF_HOOK_SHIFT;
  writer_.begin(EV_SYSCALL, boot_clock_ns(), process.task);
  writer_.body(body);
}

void ProcOperations::emit_exec(const Process& process, const Emit& emit) {
  if (process.exe_path.empty()) {
    return;
  }
  begin(process, {EV_HOOK_BPRM_CHECK, SYS_execve});
  writer_.file(0, {process.exe_inode, 0, 0}, process.exe_path);
  writer_.section(EV_SEC_STRING, 0, process.comm);
  emit(writer_.finish());
}

bool ProcOperations::emit_descriptors(const Process& process, const Hooks& hooks,
                                      const Emit& emit) {
  const std::string directory = files_.path(process.key.pid, "fd");
  bool is_cut = false;
  for (const uint32_t fd : files_.numbers_in(directory, kMaxDescriptors, &is_cut)) {
    const std::string link = directory + '/' + std::to_string(fd);
    const std::string target = files_.read_link(link);
    if (target.starts_with(kSocket)) {
      emit_socket(process, hooks, target, emit);
    } else if (hooks[EV_HOOK_FILE_OPEN] && target.starts_with('/')) {
      emit_open(process, fd, link, emit);
    }
  }
  return !is_cut;
}

void ProcOperations::emit_open(const Process& process, uint32_t fd, const std::string& link,
                               const Emit& emit) {
  const std::string info =
      files_.read(files_.path(process.key.pid, "fdinfo/" + std::to_string(fd)), kMaxFdInfoBytes);
  std::string_view flags_text = line_of(info, "flags:");
  ev_file file{};
  file.fd = static_cast<int32_t>(fd);
  std::string path;
  // What is no longer there, what hooks are not asked about, and what no path was opened for.
  if (!parse_number(next_word(flags_text), file.open_flags, 8) || (file.open_flags & O_PATH) != 0 ||
      !files_.read_file_link(link, file.inode, path) || (file.inode.flags & EV_INODEF_MEMFD) != 0) {
    return;
  }
  begin(process, {EV_HOOK_FILE_OPEN, SYS_openat});
  writer_.file(0, file, path);
  emit(writer_.finish());
}

void ProcOperations::emit_socket(const Process& process, const Hooks& hooks,
                                 std::string_view target, const Emit& emit) {
  ev_socket socket{};
  parse_number(target.substr(kSocket.size()), socket.ino);
  const InetSocket* found = sockets_.find(socket.ino);
  if (found == nullptr) {
    return;
  }
  socket.family = found->family;
  socket.type = found->type;
  socket.protocol = found->type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
  const bool is_server =
      found->use == InetSocketUse::kListening || found->use == InetSocketUse::kBound;
  if (is_server && hooks[EV_HOOK_SOCKET_BIND]) {
    begin(process, {EV_HOOK_SOCKET_BIND, SYS_bind});
    writer_.socket(0, socket);
    writer_.section(EV_SEC_SOCKADDR, 0, bytes_of(found->local, found->family));
    emit(writer_.finish());
  }
  if (found->use == InetSocketUse::kListening && hooks[EV_HOOK_SOCKET_LISTEN]) {
    copy_end(found->local, found->family, socket.local_addr, socket.local_port);
    begin(process, {EV_HOOK_SOCKET_LISTEN, SYS_listen});
    writer_.socket(0, socket);
    emit(writer_.finish());
  }
  if (found->use == InetSocketUse::kConnected && hooks[EV_HOOK_SOCKET_CONNECT]) {
    begin(process, {EV_HOOK_SOCKET_CONNECT, SYS_connect});
    writer_.socket(0, socket);
    writer_.section(EV_SEC_SOCKADDR, 0, bytes_of(found->remote, found->family));
    emit(writer_.finish());
  }
}

bool ProcOperations::emit_mappings(const Process& process, const Emit& emit) {
  bool is_cut = false;
  const std::string text =
      files_.read(files_.path(process.key.pid, "maps"), kMaxMapsBytes, &is_cut);
  std::string_view left = text;
  left = is_cut ? left.substr(0, left.rfind('\n')) : left;  // the last line may be a part
  std::set<std::string> seen;
  while (!left.empty()) {
    const Mapping mapping = parse_mapping(next_line(left));
    if (mapping.path.empty() || !seen.insert(mapping.path).second) {
      continue;
    }
    ev_file file{};
    file.inode.ino = mapping.inode;
    file.inode.mode = S_IFREG;
    begin(process, {EV_HOOK_MMAP_FILE, SYS_mmap, 2, PROT_READ | PROT_EXEC});
    writer_.file(0, file, mapping.path);
    emit(writer_.finish());
  }
  return !is_cut;
}

}  // namespace saker
