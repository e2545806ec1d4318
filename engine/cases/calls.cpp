// SPDX-License-Identifier: Apache-2.0
#include "engine/cases/calls.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <iterator>
#include <utility>

#include "engine/cases/case_keys.h"

namespace saker {
namespace {

// In the order of the reference pages, section 2. "target" is the process that a call is about: the
// key "pid" names the one that calls.
constexpr CaseCall kCalls[] = {
    {"accept", {"fd"}},
    {"accept4", {"fd", "", "", "flags"}},
    {"access", {"path", "mode"}},
    {"bind", {"fd", "addr"}},
    {"bpf", {"cmd"}},
    {"chdir", {"path"}},
    {"chmod", {"path", "mode"}},
    {"chown", {"path", "owner", "group"}},
    {"chroot", {"path"}},
    {"clone", {"flags"}, "CLONE_"},
    {"close", {"fd"}},
    {"connect", {"fd", "addr"}},
    {"creat", {"path", "mode"}},
    {"delete_module", {"name", "flags"}},
    {"dup", {"oldfd"}},
    {"dup2", {"oldfd", "newfd"}},
    {"dup3", {"oldfd", "newfd", "flags"}},
    {"fchdir", {"fd"}},
    {"fchmod", {"fd", "mode"}},
    {"fchmodat", {"dirfd", "path", "mode"}},
    {"fchown", {"fd", "owner", "group"}},
    {"fchownat", {"dirfd", "path", "owner", "group", "flags"}},
    {"fcntl", {"fd", "op", "arg"}},
    {"finit_module", {"fd", "params", "flags"}},
    {"init_module", {"image", "length", "params"}},
    {"ioctl", {"fd", "op", "arg"}},
    {"kill", {"target", "signal"}},
    {"lchown", {"path", "owner", "group"}},
    {"link", {"oldpath", "newpath"}},
    {"linkat", {"olddirfd", "oldpath", "newdirfd", "newpath", "flags"}},
    {"listen", {"fd", "backlog"}},
    {"lstat", {"path"}},
    {"memfd_create", {"name", "flags"}},
    {"mkdir", {"path", "mode"}},
    {"mkdirat", {"dirfd", "path", "mode"}},
    {"mknod", {"path", "mode", "dev"}},
    {"mknodat", {"dirfd", "path", "mode", "dev"}},
    {"mmap", {"address", "length", "prot", "flags", "fd", "offset"}, "MAP_"},
    {"mount", {"source", "path", "fstype", "flags"}, "MS_"},
    {"mprotect", {"address", "length", "prot"}},
    {"newfstatat", {"dirfd", "path", "", "flags"}},
    {"open", {"path", "flags", "mode"}, "O_"},
    {"open_by_handle_at", {"mountfd", "handle", "flags"}, "O_"},
    {"openat", {"dirfd", "path", "flags", "mode"}, "O_"},
    {"openat2", {"dirfd", "path"}},
    {"prctl", {"option", "arg2"}},
    {"process_vm_readv", {"target"}},
    {"process_vm_writev", {"target"}},
    {"ptrace", {"request", "target"}},
    {"read", {"fd"}},
    {"recvfrom", {"fd", "", "length", "flags", "addr"}},
    {"recvmsg", {"fd", "", "flags"}},
    {"rename", {"oldpath", "newpath"}},
    {"renameat", {"olddirfd", "oldpath", "newdirfd", "newpath"}},
    {"renameat2", {"olddirfd", "oldpath", "newdirfd", "newpath", "flags"}},
    {"rmdir", {"path"}},
    {"seccomp", {"op", "flags"}},
    {"sendmsg", {"fd", "addr", "flags"}},
    {"sendto", {"fd", "text", "length", "flags", "addr"}},
    {"setgid", {"gid"}},
    {"setns", {"fd", "nstype"}},
    {"setpgid", {"target", "pgid"}},
    {"setregid", {"rgid", "egid"}},
    {"setresgid", {"rgid", "egid", "sgid"}},
    {"setresuid", {"ruid", "euid", "suid"}},
    {"setreuid", {"ruid", "euid"}},
    {"setuid", {"uid"}},
    {"socket", {"domain", "socktype", "protocol"}},
    {"stat", {"path"}},
    {"symlink", {"target", "linkpath"}},
    {"symlinkat", {"target", "linkdirfd", "linkpath"}},
    {"tgkill", {"target", "thread", "signal"}},
    {"tkill", {"target", "signal"}},
    {"umount2", {"path", "flags"}},
    {"unlink", {"path"}},
    {"unlinkat", {"dirfd", "path", "flags"}},
    {"unshare", {"flags"}, "CLONE_"},
    {"write", {"fd", "text", "length"}},
};

using NamedConstant = std::pair<std::string_view, uint64_t>;
#define SAKER_CONSTANT(name) NamedConstant(#name, static_cast<uint64_t>(name))

constexpr NamedConstant kConstants[] = {
    SAKER_CONSTANT(O_RDONLY),
    SAKER_CONSTANT(O_WRONLY),
    SAKER_CONSTANT(O_RDWR),
    SAKER_CONSTANT(O_CREAT),
    SAKER_CONSTANT(O_EXCL),
    SAKER_CONSTANT(O_TRUNC),
    SAKER_CONSTANT(O_APPEND),
    SAKER_CONSTANT(O_CLOEXEC),
    SAKER_CONSTANT(O_DIRECTORY),
    SAKER_CONSTANT(O_NONBLOCK),
    SAKER_CONSTANT(O_NOCTTY),
    SAKER_CONSTANT(O_PATH),
    SAKER_CONSTANT(O_SYNC),
    SAKER_CONSTANT(O_NOFOLLOW),
    SAKER_CONSTANT(O_TMPFILE),
    SAKER_CONSTANT(AT_REMOVEDIR),
    SAKER_CONSTANT(AT_FDCWD),
    SAKER_CONSTANT(AT_EMPTY_PATH),
    SAKER_CONSTANT(AT_SYMLINK_NOFOLLOW),
    SAKER_CONSTANT(PTRACE_TRACEME),
    SAKER_CONSTANT(PTRACE_PEEKTEXT),
    SAKER_CONSTANT(PTRACE_POKETEXT),
    SAKER_CONSTANT(PTRACE_POKEDATA),
    SAKER_CONSTANT(PTRACE_ATTACH),
    SAKER_CONSTANT(PTRACE_SEIZE),
    SAKER_CONSTANT(PTRACE_SETREGS),
    SAKER_CONSTANT(PTRACE_GETREGS),
    SAKER_CONSTANT(CLONE_NEWNS),
    SAKER_CONSTANT(CLONE_NEWUSER),
    SAKER_CONSTANT(CLONE_NEWNET),
    SAKER_CONSTANT(CLONE_NEWPID),
    SAKER_CONSTANT(CLONE_NEWIPC),
    SAKER_CONSTANT(CLONE_NEWUTS),
    SAKER_CONSTANT(CLONE_NEWCGROUP),
    SAKER_CONSTANT(CLONE_FILES),
    SAKER_CONSTANT(CLONE_FS),
    SAKER_CONSTANT(CLONE_VM),
    SAKER_CONSTANT(BPF_PROG_LOAD),
    SAKER_CONSTANT(BPF_MAP_CREATE),
    SAKER_CONSTANT(BPF_OBJ_GET),
    SAKER_CONSTANT(BPF_OBJ_PIN),
    SAKER_CONSTANT(AF_UNIX),
    SAKER_CONSTANT(AF_INET),
    SAKER_CONSTANT(AF_INET6),
    SAKER_CONSTANT(AF_NETLINK),
    SAKER_CONSTANT(AF_PACKET),
    SAKER_CONSTANT(SOCK_STREAM),
    SAKER_CONSTANT(SOCK_DGRAM),
    SAKER_CONSTANT(SOCK_RAW),
    SAKER_CONSTANT(SOCK_CLOEXEC),
    SAKER_CONSTANT(SOCK_NONBLOCK),
    SAKER_CONSTANT(PROT_READ),
    SAKER_CONSTANT(PROT_WRITE),
    SAKER_CONSTANT(PROT_EXEC),
    SAKER_CONSTANT(PROT_NONE),
    SAKER_CONSTANT(MAP_SHARED),
    SAKER_CONSTANT(MAP_PRIVATE),
    SAKER_CONSTANT(MAP_ANONYMOUS),
    SAKER_CONSTANT(MAP_FIXED),
    SAKER_CONSTANT(MS_RDONLY),
    SAKER_CONSTANT(MS_BIND),
    SAKER_CONSTANT(MS_REMOUNT),
    SAKER_CONSTANT(MS_MOVE),
    SAKER_CONSTANT(MS_NOSUID),
    SAKER_CONSTANT(MS_NODEV),
    SAKER_CONSTANT(MS_NOEXEC),
    SAKER_CONSTANT(MS_REC),
    SAKER_CONSTANT(MS_PRIVATE),
    SAKER_CONSTANT(S_IFREG),
    SAKER_CONSTANT(S_IFCHR),
    SAKER_CONSTANT(S_IFBLK),
    SAKER_CONSTANT(S_IFIFO),
    SAKER_CONSTANT(S_ISUID),
    SAKER_CONSTANT(S_ISGID),
    SAKER_CONSTANT(PR_SET_NAME),
    SAKER_CONSTANT(PR_SET_DUMPABLE),
    SAKER_CONSTANT(PR_SET_NO_NEW_PRIVS),
    SAKER_CONSTANT(MFD_CLOEXEC),
    SAKER_CONSTANT(MFD_ALLOW_SEALING),
};
#undef SAKER_CONSTANT

constexpr int64_t kSignals = 65;
constexpr int64_t kErrnos = 134;

// The number from 1 that `name_of` gives this name; 0: none.
int64_t number_of(std::string_view name, int64_t end, std::string_view (*name_of)(int64_t)) {
  for (int64_t number = 1; number < end; ++number) {
    if (name_of(number) == name) {
      return number;
    }
  }
  return 0;
}

}  // namespace

std::span<const CaseCall> case_calls() { return kCalls; }

const CaseCall* find_case_call(std::string_view name) {
  const auto* const call = std::ranges::find(kCalls, name, &CaseCall::name);
  return call == std::end(kCalls) ? nullptr : call;
}

const EventDef* find_call_event(std::string_view name) {
  const EventCatalog& catalog = EventCatalog::builtin();
  const EventSet codes = catalog.find(name);
  for (EventCode code = 0; code < catalog.size(); ++code) {
    if (codes.test(code) && catalog.def(code).syscall_nr >= 0) {
      return &catalog.def(code);
    }
  }
  return nullptr;
}

std::vector<std::string_view> case_event_types() {
  std::vector<std::string_view> types = {"process", "procexit"};
  const EventCatalog& catalog = EventCatalog::builtin();
  for (EventCode code = 0; code < catalog.size(); ++code) {
    if (catalog.def(code).syscall_nr >= 0) {
      types.push_back(catalog.def(code).name);
    }
  }
  return types;
}

ArgumentKind argument_kind(const EventDef& event, size_t number) {
  for (const ev_plan_step& step : event.plan) {
    if (step.arg != number) {
      continue;
    }
    switch (step.op) {
      case EV_OP_STRING:
      case EV_OP_BYTES:
      case EV_OP_STRUCT:
        return ArgumentKind::kText;
      case EV_OP_SOCKADDR:
      case EV_OP_MSGHDR:
        return ArgumentKind::kAddress;
      default:
        break;
    }
  }
  return ArgumentKind::kNumber;
}

std::optional<uint64_t> native_constant(std::string_view name) {
  const auto* const constant = std::ranges::find(kConstants, name, &NamedConstant::first);
  if (constant != std::end(kConstants)) {
    return constant->second;
  }
  if (const int64_t signal = number_of(name, kSignals, [](int64_t n) { return signal_name(n); })) {
    return signal;
  }
  return std::nullopt;
}

std::vector<std::string> constant_names(uint64_t bits, std::string_view prefix) {
  std::vector<NamedConstant> constants;
  std::ranges::copy_if(kConstants, std::back_inserter(constants), [&](const NamedConstant& row) {
    return row.second != 0 && row.first.starts_with(prefix);
  });
  // O_SYNC is O_DSYNC and another bit.
  std::ranges::stable_sort(constants, std::ranges::greater(),
                           [](const NamedConstant& row) { return std::popcount(row.second); });
  std::vector<std::string> names;
  for (const auto& [name, value] : constants) {
    if ((bits & value) == value) {
      names.emplace_back(name);
      bits &= ~value;
    }
  }
  if (bits != 0) {
    names.push_back(hex_text(bits));
  }
  return names;
}

std::optional<int64_t> parse_return(std::string_view text) {
  if (const int64_t error = number_of(text, kErrnos, [](int64_t n) { return errno_name(n); })) {
    return -error;
  }
  return parse_number(text);
}

}  // namespace saker
