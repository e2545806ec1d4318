// SPDX-License-Identifier: Apache-2.0
// Mix: a synthetic capture with the proportions of a build or web server: services that open files
// and connect, and short commands that are forked, exec'd, open their libraries and exit.
//
// The same bytes at each call. No shipped or stock rule matches: the cost of unmatched events is
// what a sensor pays all day.
#ifndef SAKER_TESTS_BENCH_MIX_H
#define SAKER_TESTS_BENCH_MIX_H

#include <cstddef>
#include <string>

#include "engine/base/result.h"

namespace saker::bench {

inline constexpr size_t kMixServices = 48;
// One command and what the services do meanwhile: 1 fork, 1 clone, 1 exec, 1 exit, 34 opens,
// 3 connects.
inline constexpr size_t kMixRecordsPerCommand = 41;

// Creates `path`. The snapshots of the services stand before the records of the commands.
Result<void> write_mix(const std::string& path, size_t commands);

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_MIX_H
