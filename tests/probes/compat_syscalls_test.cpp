// SPDX-License-Identifier: Apache-2.0
#include "probes/compat_syscalls.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <set>

#include "probes/wire.h"

namespace saker {
namespace {

TEST(CompatSyscalls, EachNumberStandsOnceAndIsInRange) {
  std::set<uint16_t> numbers;
  for (const CompatSyscall& compat : compat_syscalls()) {
    EXPECT_TRUE(numbers.insert(compat.nr).second) << compat.nr;
    EXPECT_LT(compat.nr, EV_SYSCALLS);
    EXPECT_LT(compat.native_nr, EV_SYSCALLS);
  }
}

#if defined(__x86_64__)

TEST(CompatSyscalls, FamiliarNumbersMeanTheSame) {
  const CompatSyscall expected[] = {{5, SYS_open},     {10, SYS_unlink},   {11, SYS_execve},
                                    {26, SYS_ptrace},  {21, SYS_mount},    {213, SYS_setuid},
                                    {295, SYS_openat}, {362, SYS_connect}, {358, SYS_execveat}};
  for (const CompatSyscall& row : expected) {
    bool found = false;
    for (const CompatSyscall& compat : compat_syscalls()) {
      found = found || (compat.nr == row.nr && compat.native_nr == row.native_nr);
    }
    EXPECT_TRUE(found) << row.nr;
  }
}

#endif

}  // namespace
}  // namespace saker
