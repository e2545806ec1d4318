// SPDX-License-Identifier: Apache-2.0
// Terminal: the alternate screen of the terminal on stdout, without the keys' echo, for as long as
// it lives. SIGINT, SIGTERM and SIGHUP end wait() instead of the process, so that the terminal is
// always put back.
#ifndef SAKER_CMD_TERMINAL_H
#define SAKER_CMD_TERMINAL_H

#include <signal.h>
#include <termios.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/unique_fd.h"

namespace saker {

class Terminal {
 public:
  struct Size {
    size_t columns = 80;
    size_t rows = 24;
  };
  enum class Event : uint8_t { kTimeout, kResized, kQuit };

  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] Size size() const;
  void show(const std::vector<std::string>& lines);
  // Until `deadline`, a new size, a signal or the key q.
  [[nodiscard]] Event wait(std::chrono::steady_clock::time_point deadline);

 private:
  sigset_t signals_before_{};
  UniqueFd signals_;
  std::optional<termios> mode_before_;  // of stdin, when that is a terminal
};

}  // namespace saker

#endif  // SAKER_CMD_TERMINAL_H
