// SPDX-License-Identifier: Apache-2.0
// SAKER_CHECK: aborts with expression and place when an invariant of our own is broken.
//
// For bugs only. What a user, the kernel or a file can cause is a Diagnostic or a Result.
#ifndef SAKER_ENGINE_BASE_CHECK_H
#define SAKER_ENGINE_BASE_CHECK_H

#include <cstdio>
#include <cstdlib>

#define SAKER_CHECK(cond)                                                           \
  do {                                                                              \
    if (!(cond)) {                                                                  \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #cond); \
      std::abort();                                                                 \
    }                                                                               \
  } while (false)

#endif  // SAKER_ENGINE_BASE_CHECK_H
