// SPDX-License-Identifier: Apache-2.0
#include "outputs/syslog_sink.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "engine/base/strings.h"
#include "tests/support/fake_root.h"
#include "tests/support/sink_driver.h"

namespace saker {
namespace {

using test::FakeRoot;

// A syslog daemon that reads when it is told to.
class Daemon {
 public:
  Daemon(const std::string& path, int type)
      : socket_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)), type_(type) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof(address.sun_path), "%s", path.c_str());
    ::unlink(path.c_str());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)),
              0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(socket_.get(), 1), 0);
    }
  }
  // A datagram, or what a stream has just now.
  std::string read() {
    if (type_ == SOCK_STREAM && !connection_) {
      connection_ = UniqueFd(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    std::string text(1 << 20, '\0');
    const int fd = type_ == SOCK_STREAM ? connection_.get() : socket_.get();
    const ssize_t n = ::recv(fd, text.data(), text.size(), 0);
    EXPECT_GE(n, 0);
    text.resize(static_cast<size_t>(std::max<ssize_t>(n, 0)));
    return text;
  }

 private:
  UniqueFd socket_;
  UniqueFd connection_;
  int type_;
};

struct Case {
  Case() {
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
  }
  [[nodiscard]] std::string socket() const { return root.path("log"); }
  FakeRoot root;
};

// The message for one alert, without sending it.
std::string body_of(const SyslogOptions& options, const Alert& alert,
                    const AlertFormat& format = test::plain_format()) {
  const SyslogSink sink(options, format);
  Message message;
  message.seq = 7;
  sink.render(alert, message);
  return message.body;
}

Alert sample() {
  Alert alert;
  alert.id = "0197a3c2";
  alert.time_ns = 1'066'011'255'003'000'999;  // 2003-10-13 02:14:15
  alert.priority = Priority::kCritical;
  alert.rule = "Shell \"in\" [a\\b]\n";
  alert.hostname = "web 1";
  alert.message = "a shell was started";
  return alert;
}

const std::string kPid = std::to_string(::getpid());

TEST(SyslogSink, WritesRfc5424) {
  EXPECT_EQ(body_of({}, sample()),
            "<10>1 2003-10-13T02:14:15.003000Z web?1 saker " + kPid +
                " alert [saker@32473 id=\"0197a3c2\" rule=\"Shell \\\"in\\\" [a\\\\b\\]\\\\n\" "
                "seq=\"7\"] 2003-10-13T02:14:15.003000999+0000: Critical a shell was started");
}

TEST(SyslogSink, WritesRfc3164) {
  const Case local;
  EXPECT_EQ(body_of({.is_rfc3164 = true}, sample()),
            "<10>Oct 13 02:14:15 saker[" + kPid +
                "]: 2003-10-13T02:14:15.003000999+0000: Critical a shell was started");
}

TEST(SyslogSink, SendsJsonWhereItIsAskedFor) {
  const LineFormat line{.include_output = false,
                        .include_output_fields = false,
                        .include_tags = false,
                        .include_id = false};
  Alert alert = sample();
  alert.hostname = "";
  alert.rule = "R";
  EXPECT_EQ(body_of({.facility = 16}, alert, AlertFormat("json", line)),
            "<130>1 2003-10-13T02:14:15.003000Z - saker " + kPid +
                " alert [saker@32473 id=\"0197a3c2\" rule=\"R\" seq=\"7\"] {\"hostname\":\"\","
                "\"priority\":\"Critical\",\"rule\":\"R\",\"source\":\"\","
                "\"time\":\"2003-10-13T02:14:15.003000999Z\"}");
}

TEST(SyslogSink, KnowsTheFacilitiesByName) {
  const std::pair<std::string, int> cases[] = {{"kern", 0}, {"user", 1},      {"daemon", 3},
                                               {"auth", 4}, {"authpriv", 10}, {"local7", 23}};
  for (const auto& [name, number] : cases) {
    const auto sink = test::make_sink("syslog", {{"facility", name}, {"protocol", "rfc3164"}});
    ASSERT_TRUE(sink);
    const std::string body = test::render(**sink, {"text"}).at(0).body;
    const std::string expected = "<" + std::to_string(number * 8 + 5) + ">";  // 5: Notice
    EXPECT_EQ(body.substr(0, expected.size()), expected) << name;
  }
}

TEST(SyslogSink, CutsALongMessageBetweenCharactersAndMarksIt) {
  for (size_t shift = 0; shift < 4; ++shift) {
    Alert alert = sample();
    alert.rule = std::string(100'000, ']');
    alert.hostname = std::string(100'000, 'h');
    alert.message = std::string(shift, 'x');
    for (int i = 0; i < 1000; ++i) {
      alert.message += "\xF0\x9F\x90\xA6";
    }
    const std::string body = body_of({.max_message_bytes = 2048}, alert);
    EXPECT_LE(body.size(), 2048U);
    EXPECT_GT(body.size(), 2048U - 4);
    EXPECT_EQ(find_invalid_utf8(body), std::string::npos);
    EXPECT_TRUE(body.ends_with("\xF0\x9F\x90\xA6 [truncated]")) << body;
  }
}

TEST(SyslogSink, SendsOneDatagramAnAlert) {
  const Case local;
  Daemon daemon(local.socket(), SOCK_DGRAM);
  SyslogSink sink({.socket = local.socket()}, test::plain_format());
  ASSERT_TRUE(sink.open());
  const auto messages = test::render(sink, {"one", "two"});
  EXPECT_EQ(test::send(sink, messages).size(), 2U);
  EXPECT_EQ(daemon.read(), messages[0].body);
  EXPECT_EQ(daemon.read(), messages[1].body);
}

TEST(SyslogSink, SendsLinesWhereTheSocketIsAStream) {
  const Case local;
  Daemon daemon(local.socket(), SOCK_STREAM);
  SyslogSink sink({.socket = local.socket()}, test::plain_format());
  ASSERT_TRUE(sink.open());
  const auto messages = test::render(sink, {"one", "two"});
  EXPECT_EQ(test::send(sink, messages).size(), 2U);
  const std::string expected = messages[0].body + "\n" + messages[1].body + "\n";
  std::string got;
  while (got.size() < expected.size()) {
    got += daemon.read();
  }
  EXPECT_EQ(got, expected);
}

TEST(SyslogSink, FindsADaemonThatWasStartedAnew) {
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    const Case local;
    auto daemon = std::make_unique<Daemon>(local.socket(), type);
    SyslogSink sink({.socket = local.socket()}, test::plain_format());
    ASSERT_TRUE(sink.open());
    daemon.reset();
    EXPECT_EQ(test::send(sink, "lost"),
              "cannot connect to '" + local.socket() +
                  "': Connection refused (no syslog daemon listens there; syslog_output.socket "
                  "says where one does)");
    daemon = std::make_unique<Daemon>(local.socket(), type);
    const auto messages = test::render(sink, {"one"});
    EXPECT_FALSE(test::send(sink, messages).at(0).failure);
    EXPECT_EQ(daemon->read(), messages[0].body + (type == SOCK_STREAM ? "\n" : ""));

    daemon = std::make_unique<Daemon>(local.socket(), type);  // between two alerts
    EXPECT_EQ(test::send(sink, "two"), "");
    EXPECT_NE(daemon->read().find("two"), std::string::npos);
  }
}

TEST(SyslogSink, ADaemonThatDoesNotReadIsAFailureForNow) {
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    const Case local;
    Daemon daemon(local.socket(), type);
    SyslogSink sink({.socket = local.socket(), .send_timeout = std::chrono::milliseconds(50)},
                    test::plain_format());
    ASSERT_TRUE(sink.open());
    const std::string text(5000, 'x');
    std::string failure;
    for (int i = 0; i < 100'000 && failure.empty(); ++i) {
      failure = test::send(sink, text);
    }
    EXPECT_EQ(failure, "cannot send to '" + local.socket() +
                           "' (the syslog daemon does not read what it has been sent)");
    daemon.read();
    EXPECT_EQ(test::send(sink, "after"), "") << type;
  }
}

TEST(SyslogSink, AMessageThatTheSocketNeverTakesIsLostForGood) {
  const Case local;
  Daemon daemon(local.socket(), SOCK_DGRAM);
  SyslogSink sink({.socket = local.socket(), .max_message_bytes = 64U << 20U},
                  test::plain_format());
  ASSERT_TRUE(sink.open());
  EXPECT_EQ(test::send(sink, std::string(32U << 20U, 'x')),
            "final: cannot send to '" + local.socket() +
                "': Message too long (lower syslog_output.max_message_bytes)");
  EXPECT_EQ(test::send(sink, "after"), "");
}

TEST(SyslogSink, SaysWhyItCannotStart) {
  const Case local;
  const std::string hint =
      " (no syslog daemon listens there; syslog_output.socket says where one does)";
  SyslogSink none({.socket = local.socket()}, test::plain_format());
  EXPECT_EQ(none.open().error().to_string(),
            "cannot connect to '" + local.socket() + "': No such file or directory" + hint);
  const std::string path(200, 'x');
  SyslogSink too_long({.socket = path}, test::plain_format());
  EXPECT_EQ(too_long.open().error().to_string(),
            "cannot connect to '" + path + "': File name too long");
}

}  // namespace
}  // namespace saker
