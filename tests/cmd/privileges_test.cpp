// SPDX-License-Identifier: Apache-2.0
#include "cmd/privileges.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/unique_fd.h"

namespace saker {
namespace {

constexpr uint64_t bit(int capability) { return uint64_t{1} << capability; }

struct Status {
  uint64_t permitted = 0;
  uint64_t effective = 0;
  bool may_gain = true;
};

// Of a program that is executed by a process which has kept what `keep` keeps.
Status after(Result<void> (*keep)()) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(pipe[1], STDOUT_FILENO);
    if (keep()) {
      ::execl("/bin/sed", "sed", "-n", "s/^\\(CapPrm\\|CapEff\\|NoNewPrivs\\):\\t//p",
              "/proc/self/status", nullptr);
    }
    ::_exit(127);
  }
  ::close(pipe[1]);
  const UniqueFd reader(pipe[0]);
  std::string text;
  std::array<char, 256> part{};
  for (ssize_t n = 0; (n = ::read(reader.get(), part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<size_t>(n));
  }
  int exit_status = -1;
  EXPECT_EQ(::waitpid(pid, &exit_status, 0), pid);
  EXPECT_EQ(exit_status, 0);
  char* rest = text.data();
  Status status;
  status.permitted = std::strtoull(rest, &rest, 16);
  status.effective = std::strtoull(rest, &rest, 16);
  status.may_gain = std::strtoull(rest, &rest, 10) == 0;
  return status;
}

uint64_t own_capabilities() {
  return after(+[]() -> Result<void> { return {}; }).permitted;
}

// Executing a program as root is what would bring all of them back.
TEST(Privileges, ASensorKeepsWhatItNeedsAndItsProgramsNoMore) {
  constexpr uint64_t kNeeded = bit(CAP_BPF) | bit(CAP_PERFMON) | bit(CAP_SYS_PTRACE) |
                               bit(CAP_DAC_READ_SEARCH) | bit(CAP_DAC_OVERRIDE) |
                               bit(CAP_NET_BIND_SERVICE);
  if ((own_capabilities() & kNeeded) != kNeeded) {
    GTEST_SKIP() << "there is nothing to give up: not root";
  }
  const Status status = after(+[] { return keep_sensor_privileges(HookMeans::kLsm); });
  EXPECT_EQ(status.permitted, kNeeded);
  EXPECT_EQ(status.effective, kNeeded);
  EXPECT_FALSE(status.may_gain);
}

TEST(Privileges, ProgramsOfCgroupsNeedTheRightToTheNetwork) {
  if ((own_capabilities() & bit(CAP_NET_ADMIN)) == 0) {
    GTEST_SKIP() << "not root";
  }
  const auto keeps_it = [](HookMeans means) {
    const Status status = means == HookMeans::kCgroups
                              ? after(+[] { return keep_sensor_privileges(HookMeans::kCgroups); })
                              : after(+[] { return keep_sensor_privileges(HookMeans::kNone); });
    return (status.permitted & bit(CAP_NET_ADMIN)) != 0;
  };
  EXPECT_TRUE(keeps_it(HookMeans::kCgroups));
  EXPECT_FALSE(keeps_it(HookMeans::kNone));
}

TEST(Privileges, CanBeGivenUpAltogether) {
  const Status status = after(keep_no_privileges);
  EXPECT_EQ(status.permitted, 0U);
  EXPECT_EQ(status.effective, 0U);
  EXPECT_FALSE(status.may_gain);
}

TEST(Privileges, AnAdministratorWithoutCapBpfStaysOne) {
  if ((own_capabilities() & bit(CAP_SYS_ADMIN)) == 0) {
    GTEST_SKIP() << "not root";
  }
  const Status status = after(+[]() -> Result<void> {
    constexpr uint32_t kAdmin = bit(CAP_SYS_ADMIN);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, 2> only_admin{{{kAdmin, kAdmin, 0}, {0, 0, 0}}};
    if (::syscall(SYS_capset, &header, only_admin.data()) != 0) {
      return Error{"capset", errno, ""};
    }
    return keep_sensor_privileges(HookMeans::kLsm);
  });
  EXPECT_EQ(status.permitted, bit(CAP_SYS_ADMIN));
}

}  // namespace
}  // namespace saker
