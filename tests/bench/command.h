// SPDX-License-Identifier: Apache-2.0
// Command: programs of the distribution that a benchmark runs, by name as on the command line.
//
// Errors: the program is not installed, cannot be started, or fails.
#ifndef SAKER_TESTS_BENCH_COMMAND_H
#define SAKER_TESTS_BENCH_COMMAND_H

#include <sys/types.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "tests/bench/usage.h"

namespace saker::bench {

// A program and its arguments.
using Words = std::span<const std::string_view>;

[[nodiscard]] bool is_installed(std::string_view program);

// Runs it to its end in this folder, with its stdout on `out` (none: dropped), its stderr dropped.
Result<void> run_command(Words words, const std::string& folder, std::optional<int> out = {});

// A program that runs beside a measurement; killed when this object goes.
class Companion {
 public:
  // Returns once it has written `ready_mark`.
  static Result<std::unique_ptr<Companion>> start(Words words, const std::string& folder,
                                                  std::string_view ready_mark);
  ~Companion();
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;

  // CPU time that it has used.
  [[nodiscard]] double cpu_ns() const { return cpu_ns_of(pid_); }

 private:
  Companion(pid_t pid, UniqueFd out) : pid_(pid), out_(std::move(out)) {}

  pid_t pid_;
  UniqueFd out_;  // open for as long as it writes there
};

}  // namespace saker::bench

#endif  // SAKER_TESTS_BENCH_COMMAND_H
