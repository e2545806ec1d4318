// SPDX-License-Identifier: Apache-2.0
#include "cmd/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace saker {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";  // alternate screen, no cursor
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kClearRestOfLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

// A terminal that is gone shows in wait().
void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

Terminal::Terminal() {
  sigset_t taken{};
  ::sigemptyset(&taken);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) {
    ::sigaddset(&taken, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &taken, &signals_before_);
  signals_ = UniqueFd(::signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK));
  termios mode{};
  if (::tcgetattr(STDIN_FILENO, &mode) == 0) {
    mode_before_ = mode;
    mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &mode);
  }
  put(kEnter);
}

Terminal::~Terminal() {
  put(kLeave);
  if (mode_before_) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &*mode_before_);
  }
  ::pthread_sigmask(SIG_SETMASK, &signals_before_, nullptr);
}

Terminal::Size Terminal::size() const {
  winsize window{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 ||
      window.ws_row == 0) {
    return {};
  }
  return {window.ws_col, window.ws_row};
}

void Terminal::show(const std::vector<std::string>& lines) {
  std::string text(kHome);
  for (size_t i = 0; i < lines.size(); ++i) {
    text += i == 0 ? "" : "\r\n";
    text += lines[i];
    text += kClearRestOfLine;
  }
  text += kClearBelow;
  put(text);
}

Terminal::Event Terminal::wait(std::chrono::steady_clock::time_point deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    std::array<pollfd, 2> fds = {
        {{signals_.get(), POLLIN, 0}, {mode_before_ ? STDIN_FILENO : -1, POLLIN, 0}}};
    if (::poll(fds.data(), fds.size(), std::max(0, static_cast<int>(left.count()))) <= 0) {
      return Event::kTimeout;
    }
    if (fds[0].revents != 0) {
      signalfd_siginfo info{};
      const bool is_read = ::read(signals_.get(), &info, sizeof(info)) == sizeof(info);
      return is_read && info.ssi_signo == SIGWINCH ? Event::kResized : Event::kQuit;
    }
    char key = 0;
    if (::read(STDIN_FILENO, &key, 1) != 1 || key == 'q') {
      return Event::kQuit;
    }
  }
}

}  // namespace saker
