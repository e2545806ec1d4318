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
#include <string_view>

#include "engine/base/result.h"

namespace saker::bench {

inline constexpr size_t kMixServices = 48;
// One command and what the services do meanwhile: 1 fork, 1 clone, 1 exec, 1 exit, 34 opens,
// 3 connects.
inline constexpr size_t kMixRecordsPerCommand = 41;
inline constexpr size_t kMixOpensPerCommand = 34;

// Creates `path`. The snapshots of the services stand before the records of the commands.
Result<void> write_mix(const std::string& path, size_t commands);

// A file of rules with one that gives an alert for each open, with ten fields.
inline constexpr std::string_view kMixRules =
    "- rule: Anything opened\n"
    "  desc: Benchmark\n"
    "  condition: evt.type in (open, openat, openat2)\n"
    "  output: a file was opened (evt_type=%evt.type user=%user.name user_uid=%user.uid\n"
    "    process=%proc.name proc_exepath=%proc.exepath parent=%proc.pname command=%proc.cmdline\n"
    "    terminal=%proc.tty file=%fd.name container_id=%container.id)\n"
    "  priority: NOTICE\n"
    "  tags: [filesystem, T1005]\n";

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_MIX_H
