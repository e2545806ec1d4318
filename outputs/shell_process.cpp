// SPDX-License-Identifier: Apache-2.0
#include "outputs/shell_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

// posix_spawn() with what the header promises; returns an errno.
int spawn_shell(pid_t& pid, const std::string& command, int input) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::string shell = "sh";
  std::string option = "-c";
  std::string text = command;
  std::array<char*, 4> words = {shell.data(), option.data(), text.data(), nullptr};
  const int error = ::posix_spawn(&pid, "/bin/sh", &files, &attributes, words.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  return error;
}

}  // namespace

ShellProcess::ShellProcess(pid_t pid, UniqueFd pidfd, UniqueFd input,
                           std::chrono::milliseconds patience)
    : pid_(pid), pidfd_(std::move(pidfd)), input_(std::move(input)), patience_(patience) {}

Result<ShellProcess> ShellProcess::start(const std::string& command,
                                         std::chrono::milliseconds patience) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    return Error{"cannot make a pipe", errno, ""};
  }
  const UniqueFd reader(pipe[0]);
  UniqueFd writer(pipe[1]);
  pid_t pid = -1;
  if (const int error = spawn_shell(pid, command, reader.get()); error != 0) {
    return Error{"cannot start /bin/sh", error, ""};
  }
  // glibc has a function for it since 2.36.
  UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  return ShellProcess(pid, std::move(pidfd), std::move(writer), patience);
}

ShellProcess::~ShellProcess() {
  if (pid_ > 0) {
    end();
  }
}

size_t ShellProcess::wait_until_read() const {
  // The kernel tells when the last reader is gone, but not when a pipe is empty.
  constexpr std::chrono::milliseconds kLongest(64);
  std::chrono::milliseconds pause(0);
  bool has_reader = true;
  int unread = 0;
  while (::ioctl(input_.get(), FIONREAD, &unread) == 0 && unread > 0 && has_reader) {
    pollfd gone{input_.get(), 0, 0};
    has_reader = ::poll(&gone, 1, static_cast<int>(pause.count())) <= 0;
    pause = std::clamp(pause * 2, std::chrono::milliseconds(1), kLongest);
  }
  return static_cast<size_t>(unread);
}

int ShellProcess::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

std::optional<int> ShellProcess::poll() {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid == 0) {
    return std::nullopt;
  }
  return reap();
}

int ShellProcess::finish() {
  input_.reset();
  return reap();
}

bool ShellProcess::wait_patiently() const {
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  int ready = -1;
  do {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd ended{pidfd_.get(), POLLIN, 0};
    ready = ::poll(&ended, 1, std::max(static_cast<int>(left.count()), 0));
  } while (ready < 0 && errno == EINTR);
  return ready == 1;
}

int ShellProcess::end() {
  input_.reset();
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (wait_patiently()) {
      break;
    }
    ::kill(-pid_, signal);  // to the whole group
  }
  return reap();
}

std::string describe_wait_status(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const char* name = ::sigdescr_np(number);
    return "was killed by signal " + std::to_string(number) +
           (name != nullptr ? " (" + std::string(name) + ")" : "");
  }
  return "exited with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace saker
