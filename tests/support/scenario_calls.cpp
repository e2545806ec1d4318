// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scenario_calls.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/socket.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace saker::test {
namespace {

constexpr int64_t kNewFd = 3;

// "target" is the process that a call is about: the key "pid" names the one that calls.
constexpr ScenarioCall kCalls[] = {
    {"bind", {"fd", "addr"}},
    {"bpf", {"cmd"}, kNewFd},
    {"chdir", {"path"}},
    {"chmod", {"path", "mode"}},
    {"connect", {"fd", "addr"}},
    {"creat", {"path", "mode"}, kNewFd},
    {"dup2", {"oldfd", "newfd"}},
    {"fchmod", {"fd", "mode"}},
    {"fchmodat", {"dirfd", "path", "mode"}},
    {"finit_module", {"fd", "params", "flags"}},
    {"init_module", {"image", "length", "params"}},
    {"kill", {"target", "signal"}},
    {"link", {"oldpath", "newpath"}},
    {"linkat", {"olddirfd", "oldpath", "newdirfd", "newpath", "flags"}},
    {"memfd_create", {"name", "flags"}, kNewFd},
    {"mkdir", {"path", "mode"}},
    {"mount", {"source", "path", "fstype", "flags"}},
    {"open", {"path", "flags", "mode"}, kNewFd},
    {"open_by_handle_at", {"mountfd", "handle", "flags"}, kNewFd},
    {"openat", {"dirfd", "path", "flags", "mode"}, kNewFd},
    {"process_vm_writev", {"target"}, 1},
    {"ptrace", {"request", "target"}},
    {"rename", {"oldpath", "newpath"}},
    {"renameat", {"olddirfd", "oldpath", "newdirfd", "newpath"}},
    {"renameat2", {"olddirfd", "oldpath", "newdirfd", "newpath", "flags"}},
    {"sendto", {"fd", "data", "length", "flags", "addr"}, 1},
    {"setns", {"fd", "nstype"}},
    {"setresuid", {"ruid", "euid", "suid"}},
    {"setreuid", {"ruid", "euid"}},
    {"setuid", {"uid"}},
    {"symlink", {"target", "linkpath"}},
    {"symlinkat", {"target", "linkdirfd", "linkpath"}},
    {"unlink", {"path"}},
    {"unlinkat", {"dirfd", "path", "flags"}},
    {"unshare", {"flags"}},
};

using NamedConstant = std::pair<std::string_view, uint64_t>;
#define SAKER_CONSTANT(name) NamedConstant(#name, static_cast<uint64_t>(name))

constexpr NamedConstant kConstants[] = {
    SAKER_CONSTANT(O_RDONLY),        SAKER_CONSTANT(O_WRONLY),
    SAKER_CONSTANT(O_RDWR),          SAKER_CONSTANT(O_CREAT),
    SAKER_CONSTANT(O_EXCL),          SAKER_CONSTANT(O_TRUNC),
    SAKER_CONSTANT(O_APPEND),        SAKER_CONSTANT(O_CLOEXEC),
    SAKER_CONSTANT(O_DIRECTORY),     SAKER_CONSTANT(O_NONBLOCK),
    SAKER_CONSTANT(AT_REMOVEDIR),    SAKER_CONSTANT(AT_FDCWD),
    SAKER_CONSTANT(PTRACE_TRACEME),  SAKER_CONSTANT(PTRACE_PEEKTEXT),
    SAKER_CONSTANT(PTRACE_POKETEXT), SAKER_CONSTANT(PTRACE_POKEDATA),
    SAKER_CONSTANT(PTRACE_ATTACH),   SAKER_CONSTANT(PTRACE_SEIZE),
    SAKER_CONSTANT(PTRACE_SETREGS),  SAKER_CONSTANT(PTRACE_GETREGS),
    SAKER_CONSTANT(CLONE_NEWNS),     SAKER_CONSTANT(CLONE_NEWUSER),
    SAKER_CONSTANT(CLONE_NEWNET),    SAKER_CONSTANT(CLONE_NEWPID),
    SAKER_CONSTANT(CLONE_FILES),     SAKER_CONSTANT(BPF_PROG_LOAD),
    SAKER_CONSTANT(BPF_MAP_CREATE),  SAKER_CONSTANT(BPF_OBJ_GET),
};
#undef SAKER_CONSTANT

}  // namespace

const ScenarioCall* find_call(std::string_view name) {
  const auto call = std::ranges::find(kCalls, name, &ScenarioCall::name);
  return call == std::end(kCalls) ? nullptr : &*call;
}

std::vector<std::string_view> call_names() {
  std::vector<std::string_view> names;
  for (const ScenarioCall& call : kCalls) {
    names.push_back(call.name);
  }
  return names;
}

std::optional<uint64_t> native_constant(std::string_view name) {
  const auto constant = std::ranges::find(kConstants, name, &NamedConstant::first);
  return constant == std::end(kConstants) ? std::nullopt : std::optional(constant->second);
}

}  // namespace saker::test
