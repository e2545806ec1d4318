// SPDX-License-Identifier: Apache-2.0
#ifndef SAKER_TESTS_SUPPORT_KERNEL_VERSION_H
#define SAKER_TESTS_SUPPORT_KERNEL_VERSION_H

#include <sys/utsname.h>

#include <cstdio>
#include <utility>

namespace saker::test {

// Of the running kernel: 6 and 12 of "6.12.1-cloud".
inline std::pair<int, int> kernel_version() {
  utsname name{};
  ::uname(&name);
  std::pair<int, int> version;
  std::sscanf(name.release, "%d.%d", &version.first, &version.second);
  return version;
}

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_KERNEL_VERSION_H
