// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sensor.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "tests/support/schema_check.h"

namespace saker::test {
namespace {

using Clock = std::chrono::steady_clock;

// The line that `saker run` logs once probes are attached and /proc is read.
constexpr std::string_view kReadyMark = "watching";
constexpr auto kStartTimeout = std::chrono::seconds(120);  // on an emulated processor

bool contains_all(const std::string& line, const std::vector<std::string>& parts) {
  return std::all_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return line.find(part) != std::string::npos; });
}

}  // namespace

Result<std::unique_ptr<Sensor>> Sensor::start(const std::vector<std::string>& args,
                                              std::optional<int> cpu) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) {
    return Error{"cannot make a pipe", errno, ""};
  }
  std::vector<std::string> words = {SAKER_BINARY, "run",
                                    "-o",         "json_output=true",
                                    "-o",         "control.socket=",
                                    "-o",         "self_protection.run_file="};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);

  std::unique_ptr<Sensor> sensor(new Sensor());
  sensor->pid_ = ::fork();
  if (sensor->pid_ == 0) {
    if (cpu) {
      cpu_set_t set;
      CPU_ZERO(&set);
      CPU_SET(static_cast<size_t>(*cpu), &set);
      ::sched_setaffinity(0, sizeof(set), &set);
    }
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(err[1], STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(out[1]);
  ::close(err[1]);
  sensor->out_.reset(out[0]);
  sensor->err_.reset(err[0]);
  if (sensor->pid_ < 0) {
    return Error{"cannot fork", errno, ""};
  }
  const auto deadline = Clock::now() + kStartTimeout;
  while (sensor->log_.find(kReadyMark) == std::string::npos) {
    if (!sensor->read_some(deadline) || Clock::now() >= deadline) {
      return Error{"saker did not start: " + sensor->log_, 0, ""};
    }
  }
  return sensor;
}

Sensor::~Sensor() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Sensor::read_some(Clock::time_point deadline) {
  std::array<pollfd, 2> fds = {pollfd{out_.get(), POLLIN, 0}, pollfd{err_.get(), POLLIN, 0}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  if (::poll(fds.data(), fds.size(), std::max(0, static_cast<int>(left.count()))) <= 0) {
    return true;
  }
  std::array<char, 65536> buffer{};
  if (fds[1].revents != 0) {
    const ssize_t n = ::read(err_.get(), buffer.data(), buffer.size());
    if (n > 0) {
      log_.append(buffer.data(), static_cast<size_t>(n));
    } else {
      err_.reset();
    }
  }
  if (fds[0].revents != 0) {
    const ssize_t n = ::read(out_.get(), buffer.data(), buffer.size());
    const int64_t read_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                                std::chrono::system_clock::now().time_since_epoch())
                                .count();
    if (n <= 0) {
      out_.reset();
    }
    partial_.append(buffer.data(), static_cast<size_t>(std::max<ssize_t>(n, 0)));
    for (size_t end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n')) {
      alerts_.push_back(partial_.substr(0, end));
      alert_times_ns_.push_back(read_ns);
      partial_.erase(0, end + 1);
    }
  }
  return out_ || err_;
}

std::string Sensor::wait_for_alert(const std::vector<std::string>& parts,
                                   std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  size_t seen = 0;
  while (true) {
    for (; seen < alerts_.size(); ++seen) {
      if (contains_all(alerts_[seen], parts)) {
        return alerts_[seen];
      }
    }
    if (Clock::now() >= deadline || !read_some(deadline)) {
      return {};
    }
  }
}

void Sensor::read_until(const std::function<bool()>& is_over) {
  while (!is_over() && read_some(Clock::now() + std::chrono::milliseconds(100))) {
  }
}

bool Sensor::wait_for_log(const std::string& text, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (log_.find(text) == std::string::npos) {
    if (Clock::now() >= deadline || !read_some(deadline)) {
      return false;
    }
  }
  return true;
}

std::string Sensor::schema_problem() const {
  std::string problem;
  for (auto line = alerts_.begin(); line != alerts_.end() && problem.empty(); ++line) {
    problem = schema_problem_of_line(*line);
  }
  return problem;
}

int Sensor::stop() {
  ::kill(pid_, SIGTERM);
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (Clock::now() < deadline && read_some(deadline)) {
  }
  if (Clock::now() >= deadline) {
    return -1;
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace saker::test
