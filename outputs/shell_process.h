// SPDX-License-Identifier: Apache-2.0
// ShellProcess: `sh -c COMMAND` with a pipe to its standard input.
//
// It inherits standard error, and nothing else: what it prints goes there as well, so that it
// cannot mix with alerts on standard output. Signals are as a shell expects them, whatever the
// starting thread blocks. It is a process group of its own: Ctrl-C in a terminal reaches the
// sensor only, which then ends it in order.
#ifndef SAKER_OUTPUTS_SHELL_PROCESS_H
#define SAKER_OUTPUTS_SHELL_PROCESS_H

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {

class ShellProcess {
 public:
  // `patience`: for how long a process may take to end, before it is told with SIGTERM, and then
  // with SIGKILL.
  static Result<ShellProcess> start(const std::string& command, std::chrono::milliseconds patience);
  ShellProcess(ShellProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)),
        pidfd_(std::move(other.pidfd_)),
        input_(std::move(other.input_)),
        patience_(other.patience_) {}
  ShellProcess& operator=(ShellProcess&&) = delete;
  ShellProcess(const ShellProcess&) = delete;
  ShellProcess& operator=(const ShellProcess&) = delete;
  // Ends it.
  ~ShellProcess();

  [[nodiscard]] int input() const noexcept { return input_.get(); }
  // Waits until it has read all that was written to its input; returns how many bytes it has not
  // when nobody can read them any more.
  [[nodiscard]] size_t wait_until_read() const;

  // Its wait status (waitpid(2)) once it has ended. After one of these has returned one, nothing
  // else may be called.
  std::optional<int> poll();
  // Closes its input and waits as long as it takes.
  int finish();
  // Closes its input and sees to it that it ends.
  int end();

 private:
  ShellProcess(pid_t pid, UniqueFd pidfd, UniqueFd input, std::chrono::milliseconds patience);
  // False: it has not ended within the patience.
  [[nodiscard]] bool wait_patiently() const;
  int reap();

  pid_t pid_;  // -1: reaped
  UniqueFd pidfd_;
  UniqueFd input_;
  std::chrono::milliseconds patience_;
};

// "exited with status 3", "was killed by signal 9 (Killed)".
[[nodiscard]] std::string describe_wait_status(int status);

}  // namespace saker

#endif  // SAKER_OUTPUTS_SHELL_PROCESS_H
