// SPDX-License-Identifier: Apache-2.0
// CompatSyscalls: the 32-bit syscall table of this architecture, mapped to native numbers. A 64-bit
// program can enter through it too (int $0x80), so it must not be a way around a rule.
//
// Only calls whose arguments mean the same in both tables: a struct that differs is not mapped.
#ifndef SAKER_PROBES_COMPAT_SYSCALLS_H
#define SAKER_PROBES_COMPAT_SYSCALLS_H

#include <cstdint>
#include <span>

namespace saker {

struct CompatSyscall {
  uint16_t nr;
  uint16_t native_nr;
};

// Empty when the architecture has no such table.
[[nodiscard]] std::span<const CompatSyscall> compat_syscalls() noexcept;

}  // namespace saker

#endif  // SAKER_PROBES_COMPAT_SYSCALLS_H
