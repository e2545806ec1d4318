// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saker::bench {
namespace {

// A bound for a companion that says nothing, never waited for otherwise.
constexpr int kReadyTimeoutMs = 10'000;

Result<pid_t> start(Words words, const std::string& folder, int out) {
  std::vector<std::string> texts(words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& text : texts) {
    argv.push_back(text.data());
  }
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    return Error{"cannot start '" + texts.front() + "'", error, ""};
  }
  return pid;
}

std::string to_line(Words words) {
  std::string line;
  for (const std::string_view word : words) {
    line.append(line.empty() ? "" : " ").append(word.empty() ? "''" : word);
  }
  return line;
}

}  // namespace

bool is_installed(std::string_view program) {
  if (program.find('/') != std::string_view::npos) {
    return ::access(std::string(program).c_str(), X_OK) == 0;
  }
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folder.size() + 1, folders.size()));
    if (::access((std::string(folder) + "/" + std::string(program)).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

Result<void> run_command(Words words, const std::string& folder, std::optional<int> out) {
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const Result<pid_t> pid = start(words, folder, out.value_or(null.get()));
  if (!pid) {
    return pid.error();
  }
  int status = 0;
  ::waitpid(*pid, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return Error{"'" + to_line(words) + "' failed", 0, "run it by hand to see why"};
  }
  return {};
}

Result<std::unique_ptr<Companion>> Companion::start(Words words, const std::string& folder,
                                                    std::string_view ready_mark) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Error{"cannot make a pipe", errno, ""};
  }
  UniqueFd writer(ends[1]);
  UniqueFd reader(ends[0]);
  const Result<pid_t> pid = bench::start(words, folder, writer.get());
  writer.reset();
  if (!pid) {
    return pid.error();
  }
  std::unique_ptr<Companion> companion(new Companion(*pid, std::move(reader)));
  std::string said;
  std::array<char, 4096> buffer{};
  while (said.find(ready_mark) == std::string::npos) {
    pollfd ready{companion->out_.get(), POLLIN, 0};
    const bool has_more = ::poll(&ready, 1, kReadyTimeoutMs) == 1;
    const ssize_t n = has_more ? ::read(ready.fd, buffer.data(), buffer.size()) : 0;
    if (n <= 0) {
      return Error{"'" + to_line(words) + "' did not start: " + said, 0, ""};
    }
    said.append(buffer.data(), static_cast<size_t>(n));
  }
  return companion;
}

Companion::~Companion() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace saker::bench
