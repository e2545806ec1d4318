// SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "engine/base/check.h"

namespace saker::test {
namespace {

// A bound for a program that hangs, never waited for otherwise.
constexpr int kTimeoutMs = 60'000;

// The sensor takes no files that everyone can write, which those of a test would be on a machine
// with another umask.
const mode_t kFormerUmask = ::umask(022);

}  // namespace

Program::Program(const std::vector<std::string>& args, std::optional<uid_t> uid) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  SAKER_CHECK(::pipe2(out.data(), O_CLOEXEC) == 0 && ::pipe2(err.data(), O_CLOEXEC) == 0);
  std::vector<std::string> words = {SAKER_BINARY};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  pid_ = ::fork();
  SAKER_CHECK(pid_ >= 0);
  if (pid_ == 0) {
    ::signal(SIGPIPE, SIG_DFL);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    if (uid && ::setresuid(*uid, *uid, *uid) != 0) {
      ::_exit(126);
    }
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  out_.reset(out[0]);
  err_.reset(err[0]);
}

Program::~Program() {
  if (pid_ > 0) {
    send(SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Program::wait_for_output() const {
  pollfd fd{out_.get(), POLLIN, 0};
  return ::poll(&fd, 1, kTimeoutMs) == 1 && (fd.revents & POLLIN) != 0;
}

bool Program::wait_for_log(std::string_view text) {
  std::array<char, 4096> buffer{};
  while (log_.find(text) == std::string::npos) {
    pollfd fd{err_.get(), POLLIN, 0};
    if (::poll(&fd, 1, kTimeoutMs) != 1) {
      return false;
    }
    const ssize_t n = ::read(err_.get(), buffer.data(), buffer.size());
    if (n <= 0) {
      return false;
    }
    log_.append(buffer.data(), static_cast<size_t>(n));
  }
  return true;
}

void Program::send(int signal) const { ::kill(pid_, signal); }

Finished Program::finish() {
  Finished finished;
  finished.err = std::exchange(log_, {});
  std::array<char, 65536> buffer{};
  const auto read_from = [&](UniqueFd& fd, std::string& text) {
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n > 0) {
      text.append(buffer.data(), static_cast<size_t>(n));
    } else {
      fd.reset();
    }
  };
  while (out_ || err_) {
    // A negative descriptor is skipped by poll(2).
    std::array<pollfd, 2> fds = {pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), kTimeoutMs) <= 0) {
      finished.err += "(hangs)";
      send(SIGKILL);
      break;
    }
    if (fds[0].revents != 0) {
      read_from(out_, finished.out);
    }
    if (fds[1].revents != 0) {
      read_from(err_, finished.err);
    }
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return finished;
}

Finished run_saker(const std::vector<std::string>& args, std::optional<uid_t> uid) {
  return Program(args, uid).finish();
}

}  // namespace saker::test
