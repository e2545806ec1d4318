// SPDX-License-Identifier: Apache-2.0
// Program: the built `saker` as a child process, for tests of the command line.
#ifndef SAKER_TESTS_SUPPORT_PROGRAM_H
#define SAKER_TESTS_SUPPORT_PROGRAM_H

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/unique_fd.h"

namespace saker::test {

struct Finished {
  int status = -1;  // exit status; minus the number of the signal that killed it
  std::string out;
  std::string err;
};

class Program {
 public:
  // Starts `saker` with these arguments, as user `uid` if given. Its stdin is /dev/null.
  explicit Program(const std::vector<std::string>& args, std::optional<uid_t> uid = {});
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  // Kills it if it still runs.
  ~Program();

  // Waits until it has written to stdout, reading nothing; false: it ended without.
  [[nodiscard]] bool wait_for_output() const;
  // Reads stderr until it holds `text`; false: it ended without.
  [[nodiscard]] bool wait_for_log(std::string_view text);
  void close_stdout() { out_.reset(); }
  void send(int signal) const;
  // Reads all it writes and waits for its end.
  Finished finish();

 private:
  pid_t pid_ = -1;
  UniqueFd out_;
  UniqueFd err_;
  std::string log_;  // what wait_for_log() has read
};

// Runs it to its end.
Finished run_saker(const std::vector<std::string>& args, std::optional<uid_t> uid = {});

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_PROGRAM_H
