// SPDX-License-Identifier: Apache-2.0
// `saker top` against a server with figures that the test makes up, on a terminal and without one.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/web_server.h"
#include "engine/base/unique_fd.h"
#include "tests/support/program.h"

namespace saker::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view kMetrics =
    "# HELP saker_build_info I.\n# TYPE saker_build_info gauge\n"
    "saker_build_info{version=\"1.2.3\"} 1\n"
    "# HELP saker_rule_matches_total R.\n# TYPE saker_rule_matches_total counter\n"
    "saker_rule_matches_total{rule=\"Bell \x07 and \x1b[2J\"} 5\n";

class Top : public testing::Test {
 protected:
  void serve(const HttpResponse& response) {
    auto server = WebServer::start({.address = "127.0.0.1"},
                                   [response](const std::string&) { return response; });
    ASSERT_TRUE(server) << server.error().to_string();
    server_ = std::move(*server);
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + "/metrics";
  }
  [[nodiscard]] Finished top(std::vector<std::string> args) const {
    args.insert(args.begin(), {"top", "--url", url()});
    return run_saker(args);
  }

  std::unique_ptr<WebServer> server_;
};

TEST_F(Top, PrintsOnceWithoutATerminal) {
  serve({200, "text/plain", std::string(kMetrics)});
  for (const std::vector<std::string>& args : {std::vector<std::string>{"--once"}, {}}) {
    const Finished finished = top(args);
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_TRUE(finished.out.starts_with("saker 1.2.3 ")) << finished.out;
    EXPECT_NE(finished.out.find("5  Bell ? and ?[2J\n"), std::string::npos) << finished.out;
  }
}

struct Trouble {
  HttpResponse response;
  std::string_view error;
};

TEST_F(Top, SaysWhatIsWrongWithTheAnswer) {
  const Trouble troubles[] = {
      {plain_response(404),
       "error: there are no metrics at this address (run the sensor with -o webserver.enabled=true "
       "-o metrics.enabled=true -o webserver.prometheus_metrics_enabled=true)\n"},
      {plain_response(503), "error: the server answers with status 503\n"},
      {{200, "text/plain", std::string(17 << 20, ' ')}, "error: the server's answer is too long\n"},
      {{200, "text/plain", "<html>\n"},
       "error: line 1 of the metrics: a sample must follow the TYPE of its family\n"},
  };
  for (const Trouble& trouble : troubles) {
    serve(trouble.response);
    const Finished finished = top({});
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(finished.out, "");
    EXPECT_EQ(finished.err, trouble.error);
  }
}

TEST_F(Top, AsksNoProxy) {
  serve({200, "text/plain", std::string(kMetrics)});
  ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
  const Finished finished = top({});
  ::unsetenv("http_proxy");
  EXPECT_EQ(finished.status, 0) << finished.err;
}

TEST_F(Top, RefusesWhatIsNoAddress) {
  const Finished finished = run_saker({"top", "--url", "localhost:8765\x1b"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err,
            "error: 'localhost:8765?' is no address of the form http://HOST:PORT/PATH\n");
  EXPECT_EQ(run_saker({"top", "--interval", "0"}).status, 2);
}

// The program on a terminal of its own.
class OnTerminal {
 public:
  OnTerminal(const std::string& url, uint16_t columns) {
    int master = -1;
    const winsize size = {kRows, columns, 0, 0};
    pid_ = ::forkpty(&master, nullptr, nullptr, &size);
    if (pid_ == 0) {
      ::setenv("NO_COLOR", "1", 1);
      ::execl(SAKER_BINARY, "saker", "top", "--url", url.c_str(), "--interval", "1", nullptr);
      ::_exit(127);
    }
    terminal_ = UniqueFd(master);
  }
  ~OnTerminal() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  // Waits until what was not looked at yet holds `text`; all before its end counts as looked at.
  bool shows(std::string_view text) {
    const auto deadline = steady_clock::now() + seconds(20);
    while (steady_clock::now() < deadline) {
      if (const size_t at = unseen_.find(text); at != std::string::npos) {
        unseen_.erase(0, at + text.size());
        return true;
      }
      pollfd ready{terminal_.get(), POLLIN, 0};
      std::array<char, 4096> buffer{};
      ::poll(&ready, 1, 1000);
      const ssize_t n =
          ready.revents != 0 ? ::read(terminal_.get(), buffer.data(), buffer.size()) : 0;
      if (n < 0) {
        return false;
      }
      unseen_.append(buffer.data(), static_cast<size_t>(n));
    }
    return false;
  }
  void type(char key) { EXPECT_EQ(::write(terminal_.get(), &key, 1), 1); }
  void send(int signal) const { ::kill(pid_, signal); }
  void resize(uint16_t columns) {
    const winsize size = {kRows, columns, 0, 0};
    ::ioctl(terminal_.get(), TIOCSWINSZ, &size);
  }
  [[nodiscard]] bool echoes() const {
    termios mode{};
    EXPECT_EQ(::tcgetattr(terminal_.get(), &mode), 0);
    return (mode.c_lflag & ECHO) != 0;
  }
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  static constexpr uint16_t kRows = 30;

  pid_t pid_ = -1;
  UniqueFd terminal_;
  std::string unseen_;
};

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";

TEST_F(Top, KeyQEndsItAndPutsTheTerminalBack) {
  serve({200, "text/plain", std::string(kMetrics)});
  OnTerminal top(url(), 80);
  ASSERT_TRUE(top.shows(kEnter));
  ASSERT_TRUE(top.shows("\x1b[Hsaker 1.2.3"));
  EXPECT_TRUE(top.shows("Bell ? and ?[2J\x1b[K"));
  EXPECT_TRUE(top.shows("\x1b[Hsaker 1.2.3"));  // again, after a second
  EXPECT_FALSE(top.echoes());
  top.type('q');
  EXPECT_TRUE(top.shows(kLeave));
  EXPECT_EQ(top.wait(), 0);
  EXPECT_TRUE(top.echoes());
}

TEST_F(Top, SignalsPutTheTerminalBack) {
  serve({200, "text/plain", std::string(kMetrics)});
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    OnTerminal top(url(), 80);
    ASSERT_TRUE(top.shows("saker 1.2.3"));
    top.send(signal);
    EXPECT_TRUE(top.shows(kLeave)) << signal;
    EXPECT_EQ(top.wait(), 0) << signal;
    EXPECT_TRUE(top.echoes());
  }
}

TEST_F(Top, FollowsTheSizeOfTheWindow) {
  serve({200, "text/plain", std::string(kMetrics)});
  OnTerminal top(url(), 80);
  ASSERT_TRUE(top.shows("kernel"));
  top.resize(7);
  EXPECT_TRUE(top.shows("\x1b[Hsaker 1\x1b[K"));
}

TEST_F(Top, GoesOnWhenTheSensorIsGone) {
  serve({200, "text/plain", std::string(kMetrics)});
  const std::string address = url();
  OnTerminal top(address, 200);
  ASSERT_TRUE(top.shows("saker 1.2.3"));
  server_.reset();
  EXPECT_TRUE(top.shows("Connection refused"));
  top.type('q');
  EXPECT_EQ(top.wait(), 0);
}

}  // namespace
}  // namespace saker::test
