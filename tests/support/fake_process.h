// SPDX-License-Identifier: Apache-2.0
// Processes below the /proc of a FakeRoot.
#ifndef SAKER_TESTS_SUPPORT_FAKE_PROCESS_H
#define SAKER_TESTS_SUPPORT_FAKE_PROCESS_H

#include <cstdint>
#include <string>

#include "tests/support/fake_root.h"

namespace saker::test {

// A process with everything a process has, unless a test overwrites it.
inline void add_process(FakeRoot& root, uint32_t pid, uint32_t ppid, const std::string& comm,
                        uint64_t start_ticks, const std::string& extra_ids = "") {
  const std::string dir = "proc/" + std::to_string(pid) + "/";
  const std::string p = std::to_string(pid);
  root.file(dir + "stat", p + " (" + comm + ") S " + std::to_string(ppid) +
                              " 70 71 34816 70 4194304 0 0 0 0 0 0 0 0 20 0 1 0 " +
                              std::to_string(start_ticks) + " 1000 2 3\n");
  root.file(dir + "status", "Name:\t" + comm + "\nUid:\t1000\t1001\t1002\t1003\n" +
                                "Gid:\t2000\t2001\t2002\t2003\n" + extra_ids +
                                "CapInh:\t0000000000000001\nCapPrm:\t00000000000000ff\n" +
                                "CapEff:\t000001ffffffffff\n");
  root.file(dir + "loginuid", "4294967295");
  root.file(dir + "limits",
            "Limit                     Soft Limit           Hard Limit           Units\n"
            "Max open files            1024                 524288               files\n");
  root.file(dir + "cgroup", "0::/system.slice/x.service\n");
  root.link(dir + "ns/pid", "pid:[4026531836]");
  root.link(dir + "ns/mnt", "mnt:[4026531841]");
}

// An open file of a process; `flags`: octal, as in /proc.
inline void add_descriptor(FakeRoot& root, uint32_t pid, uint32_t fd, const std::string& target,
                           const std::string& flags) {
  const std::string dir = "proc/" + std::to_string(pid);
  root.link(dir + "/fd/" + std::to_string(fd), target);
  root.file(dir + "/fdinfo/" + std::to_string(fd), "pos:\t0\nflags:\t" + flags + "\nmnt_id:\t9\n");
}

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_FAKE_PROCESS_H
