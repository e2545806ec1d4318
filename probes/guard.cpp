// SPDX-License-Identifier: Apache-2.0
#include "probes/guard.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "probes/bpf_call.h"

namespace saker {
namespace {

struct GuardedCall {
  uint32_t nr;
  ev_guarded_call kind;
};

constexpr GuardedCall kGuardedCalls[] = {
    {SYS_bpf, EV_GUARDED_BPF},
    {SYS_pidfd_getfd, EV_GUARDED_FD},
#ifdef SYS_open
    {SYS_open, EV_GUARDED_OPEN},
#endif
    {SYS_openat, EV_GUARDED_OPEN},
    {SYS_openat2, EV_GUARDED_OPEN},
    {SYS_process_vm_readv, EV_GUARDED_MEMORY},
    {SYS_process_vm_writev, EV_GUARDED_MEMORY},
    {SYS_ptrace, EV_GUARDED_PTRACE},
    {SYS_prlimit64, EV_GUARDED_LIMITS},
};

// The kernel refuses it; the probes have listened.
void say(ev_guard_word word, uint64_t argument) {
  ::syscall(SYS_bpf, EV_GUARD_COMMAND | word, argument, 0);
}

}  // namespace

std::array<uint8_t, EV_SYSCALLS> guarded_calls() noexcept {
  std::array<uint8_t, EV_SYSCALLS> calls{};
  for (const GuardedCall& call : kGuardedCalls) {
    calls.at(call.nr) = call.kind;
  }
  return calls;
}

void Guard::begin() { say(EV_GUARD_SAY_SELF, 0); }

void Guard::send_canary(uint64_t number) { say(EV_GUARD_SAY_CANARY, number); }

void Guard::guard(std::span<const GuardedObject> objects) {
  const std::lock_guard lock(mutex_);
  ++round_;
  for (const GuardedObject& object : objects) {
    say(EV_GUARD_SAY_OBJECT, uint64_t{round_} << 48U | uint64_t{number_of(object.name)} << 32U |
                                 static_cast<uint32_t>(object.fd));
  }
  forget_older();
}

// The address of an object that is gone may become that of somebody else's.
void Guard::forget_older() const {
  std::vector<uint64_t> older;
  uint64_t address = 0;
  for (int error = next_key(objects_, nullptr, &address); error == 0;
       error = next_key(objects_, &address, &address)) {
    ev_guard_object object{};
    if (lookup_map(objects_, &address, &object) == 0 && object.round != round_) {
      older.push_back(address);
    }
  }
  for (const uint64_t gone : older) {
    delete_key(objects_, &gone);
  }
}

uint16_t Guard::number_of(const std::string& name) {
  const auto known = std::ranges::find(names_, name);
  const auto number = static_cast<uint16_t>(known - names_.begin());
  if (known == names_.end()) {
    names_.push_back(name);
  }
  return number;
}

std::string Guard::name_of(uint32_t number) const {
  const std::lock_guard lock(mutex_);
  return number < names_.size() ? names_[number] : std::string();
}

}  // namespace saker
