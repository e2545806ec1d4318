// SPDX-License-Identifier: Apache-2.0
#include "outputs/http_sink.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <condition_variable>
#include <cstdlib>
#include <map>
#include <mutex>

#include "engine/base/unique_fd.h"
#include "tests/support/fake_root.h"
#include "tests/support/http_server.h"
#include "tests/support/sink_driver.h"

namespace saker {
namespace {

using test::FakeRoot;
using test::HttpAnswer;
using test::HttpRequest;
using test::HttpServer;
using Settings = std::map<std::string, std::string>;

// Of alerts as text; fails the test when it cannot be made or opened.
std::unique_ptr<Sink> make(const std::string& url, Settings settings = {}) {
  ::setenv("no_proxy", "*", 1);
  settings["url"] = url;
  Result<std::unique_ptr<Sink>> sink = test::make_sink("http", settings);
  EXPECT_TRUE(sink) << sink.error().to_string();
  const Result<void> opened = (*sink)->open();
  EXPECT_TRUE(opened) << opened.error().to_string();
  return std::move(*sink);
}

std::string line(const std::string& text) { return std::string(test::kPlainPrefix) + text; }

std::string header(const HttpRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "(none)" : found->second;
}

TEST(HttpSink, PostsOneAlertInEachRequest) {
  const HttpServer server;
  const auto sink = make(server.url() + "/falco?x=1");
  EXPECT_EQ(test::send(*sink, test::render(*sink, {"one", "two"})).size(), 2U);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].path, "/falco");
  EXPECT_EQ(requests[0].body, line("one"));
  EXPECT_EQ(requests[1].body, line("two"));
  EXPECT_EQ(header(requests[0], "Content-Type"), "text/plain");
  EXPECT_EQ(header(requests[0], "Content-Encoding"), "(none)");
  EXPECT_EQ(header(requests[0], "User-Agent"), "saker");
  EXPECT_EQ(requests[0].client_port, requests[1].client_port) << "a connection for each";
}

TEST(HttpSink, SendsJsonAsFalcoDoes) {
  const HttpServer server;
  SinkSettings settings = test::sink_settings("http", {{"url", server.url()}});
  const auto sink = make_http_sink(settings, AlertFormat("json", {}));
  ASSERT_TRUE(sink);
  const auto messages = test::render(**sink, {"one"});
  EXPECT_FALSE(test::send(**sink, messages).at(0).failure);
  const HttpRequest request = server.requests().at(0);
  EXPECT_EQ(header(request, "Content-Type"), "application/json");
  EXPECT_EQ(request.body, messages[0].body);
  EXPECT_TRUE(request.body.starts_with('{') && request.body.ends_with('}')) << request.body;
}

TEST(HttpSink, SendsWhatIsWaitingAsLines) {
  const HttpServer server;
  SinkSettings settings = test::sink_settings("http", {{"url", server.url()}, {"batch_size", "2"}});
  const auto sink = make_http_sink(settings, AlertFormat("json", {}));
  ASSERT_TRUE(sink);
  const auto messages = test::render(**sink, {"one", "two", "three"});
  EXPECT_EQ(test::send(**sink, messages).size(), 3U);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(header(requests[0], "Content-Type"), "application/x-ndjson");
  EXPECT_EQ(requests[0].body, messages[0].body + messages[1].body);
  EXPECT_EQ(requests[1].body, messages[2].body);
  EXPECT_TRUE(messages[0].body.ends_with("}\n"));
}

TEST(HttpSink, KeepsRequestsBelowAMebibyte) {
  const HttpServer server;
  const auto sink = make(server.url(), {{"batch_size", "100"}});
  const std::string half(500'000, 'x');
  EXPECT_EQ(test::send(*sink, test::render(*sink, {half, half, half})).size(), 3U);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].body, line(half) + "\n" + line(half) + "\n");
  EXPECT_EQ(requests[1].body, line(half) + "\n");
}

TEST(HttpSink, CompressesBodies) {
  const HttpServer server;
  const auto sink = make(server.url(), {{"compress_uploads", "true"}});
  const std::string text(100'000, 'x');
  EXPECT_EQ(test::send(*sink, text), "");
  const HttpRequest request = server.requests().at(0);
  EXPECT_EQ(header(request, "Content-Encoding"), "gzip");
  EXPECT_LT(std::stoi(header(request, "Content-Length")), 1000);
  EXPECT_EQ(request.body, line(text));
}

TEST(HttpSink, SendsHeadersAndAFreshToken) {
  FakeRoot root;
  root.file("token", "first\n");
  const HttpServer server;
  const auto sink = make(server.url(), {{"headers.X-Api-Key", "k"},
                                        {"headers.content-type", "application/vnd.alert"},
                                        {"user_agent", "me"},
                                        {"bearer_token_file", root.path("token")}});
  EXPECT_EQ(test::send(*sink, "one"), "");
  root.file("token", "second\n");
  EXPECT_EQ(test::send(*sink, "two"), "");
  root.file("token", "");
  EXPECT_EQ(test::send(*sink, "three"),
            "http_output.bearer_token_file: '" + root.path("token") + "' is empty");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(header(requests[0], "X-Api-Key"), "k");
  EXPECT_EQ(header(requests[0], "Content-Type"), "(none)");
  EXPECT_EQ(header(requests[0], "content-type"), "application/vnd.alert");
  EXPECT_EQ(header(requests[0], "User-Agent"), "me");
  EXPECT_EQ(header(requests[0], "Authorization"), "Bearer first");
  EXPECT_EQ(header(requests[1], "Authorization"), "Bearer second");
}

TEST(HttpSink, StatusDecidesAboutTheAlert) {
  const std::string login = " (see http_output.bearer_token_file and http_output.headers)";
  const std::pair<int, std::string> cases[] = {
      {200, ""},
      {202, ""},
      {204, ""},
      {302, "302 (redirects are not followed: set http_output.url to where it leads)"},
      {400, "final 400"},
      {401, "401" + login},
      {403, "403" + login},
      {404, "404 (see http_output.url)"},
      {408, "408"},
      {413, "final 413"},
      {422, "final 422"},
      {429, "429"},
      {500, "500"},
      {503, "503"},
  };
  for (const auto& [status, result] : cases) {
    const HttpServer server([&](const HttpRequest& request) {
      return HttpAnswer{status, "", {{"Location", request.path + "/elsewhere"}}};
    });
    const auto sink = make(server.url());
    const bool is_final = result.starts_with("final ");
    EXPECT_EQ(test::send(*sink, "text"),
              result.empty() ? ""
                             : (is_final ? "final: " : "") + server.url() + " replied " +
                                   (is_final ? result.substr(6) : result));
    EXPECT_EQ(server.requests().size(), 1U) << status;
    EXPECT_EQ(sink->trouble().has_value(), !result.empty() && !is_final) << status;
  }
}

TEST(HttpSink, ShowsTheBeginningOfAReplyHarmlessly) {
  const std::string reply = "no\x1b[2J\r\nway " + std::string(1'000'000, 'x');
  const HttpServer server([&](const HttpRequest&) { return HttpAnswer{500, reply}; });
  const auto sink = make(server.url());
  const std::string expected = server.url() + " replied 500: no?[2J??way ";
  EXPECT_EQ(test::send(*sink, "one"),
            expected + std::string(200 - std::string("no\x1b[2J\r\nway ").size(), 'x'));
  EXPECT_NE(test::send(*sink, "two"), "");
  EXPECT_EQ(server.requests()[0].client_port, server.requests()[1].client_port);
}

TEST(HttpSink, EchoPrintsReplies) {
  const HttpServer server([](const HttpRequest&) { return HttpAnswer{200, "thanks\n"}; });
  const auto sink = make(server.url(), {{"echo", "true"}});
  testing::internal::CaptureStderr();
  EXPECT_EQ(test::send(*sink, "one"), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "http_output: 200 thanks\n");
}

TEST(HttpSink, LosesOnlyTheRefusedAlertOfABatch) {
  const HttpServer server([](const HttpRequest& request) {
    return HttpAnswer{request.body.find("poison") == std::string::npos ? 200 : 400, "bad alert"};
  });
  const auto sink = make(server.url(), {{"batch_size", "4"}});
  auto messages = test::render(*sink, {"one", "poison", "three", "four", "five", "six"});
  const auto outcomes = test::send(*sink, messages);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_FALSE(outcomes[0].failure);
  ASSERT_TRUE(outcomes[1].failure);
  EXPECT_TRUE(outcomes[1].failure->is_final);
  EXPECT_FALSE(sink->trouble());
  messages.erase(messages.begin(), messages.begin() + 2);
  for (const Outcome& outcome : test::send(*sink, messages)) {
    EXPECT_FALSE(outcome.failure);
  }
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 6U);
  const std::vector<std::string> expected = {"one", "poison", "three",
                                             "four"};  // after all of them
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(requests[i + 1].body, line(expected[i]) + "\n");
  }
  EXPECT_EQ(requests[5].body, line("five") + "\n" + line("six") + "\n");
}

TEST(HttpSink, LeavesAServerAloneThatAsksForIt) {
  const HttpServer server(
      [](const HttpRequest&) { return HttpAnswer{503, "", {{"Retry-After", "120"}}}; });
  const auto sink = make(server.url());
  EXPECT_EQ(test::send(*sink, "one"), server.url() + " replied 503");
  EXPECT_EQ(test::send(*sink, "one"), server.url() + " asked to be left alone for a while");
  EXPECT_EQ(server.requests().size(), 1U);
}

// Answers nothing until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
};

TEST(HttpSink, TimeoutsAreTriedAgainAndBecomeTrouble) {
  Gate gate;
  const HttpServer server([&](const HttpRequest&) {
    gate.wait();
    return HttpAnswer();
  });
  const auto sink = make(server.url(), {{"timeout_ms", "20"}, {"max_consecutive_timeouts", "1"}});
  const std::string expected = "no reply from " + server.url() + " (";
  EXPECT_EQ(test::send(*sink, "one").substr(0, expected.size()), expected);
  EXPECT_FALSE(sink->trouble());
  EXPECT_EQ(test::send(*sink, "one").substr(0, expected.size()), expected);
  EXPECT_TRUE(sink->trouble());
  gate.open();
  const auto patient = make(server.url());
  EXPECT_EQ(test::send(*patient, "one"), "");
}

TEST(HttpSink, ARefusedConnectionIsAFailureForNow) {
  // Bound, so that nobody else has the port, and not listening.
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
  ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string host = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const auto sink = make("http://user:secret@" + host + "/token?key=secret");
  const std::string failure = test::send(*sink, "one");
  EXPECT_EQ(failure.find("no reply from http://" + host + " ("), 0U) << failure;
  EXPECT_NE(failure.find("connect"), std::string::npos) << failure;
  EXPECT_EQ(failure.find("secret"), std::string::npos) << failure;
  EXPECT_EQ(failure.find("token"), std::string::npos) << failure;
  EXPECT_TRUE(sink->trouble());
}

TEST(HttpSink, LogsInWithWhatTheUrlSays) {
  const HttpServer server;
  const auto sink = make("http://user:secret@127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(test::send(*sink, "one"), "");
  EXPECT_EQ(header(server.requests().at(0), "Authorization"), "Basic dXNlcjpzZWNyZXQ=");
}

TEST(HttpSink, TrustsTheAuthorityThatIsGiven) {
  const FakeRoot root;
  const test::Certificate certificate = test::make_certificate(root, "server");
  const test::Certificate other = test::make_certificate(root, "other");
  const HttpServer server(certificate, "");
  const std::pair<Settings, bool> cases[] = {
      {{}, false},
      {{{"insecure", "true"}}, true},
      {{{"ca_cert", certificate.cert}}, true},
      {{{"ca_bundle", certificate.cert}}, true},
      {{{"ca_cert", other.cert}}, false},
      {{{"ca_path", root.path()}}, false},  // not hashed
  };
  for (const auto& [settings, is_trusted] : cases) {
    const std::string result = test::send(*make(server.url(), settings), "text");
    if (is_trusted) {
      EXPECT_EQ(result, "");
    } else {
      EXPECT_NE(result.find("certificate"), std::string::npos) << result;
    }
  }
}

TEST(HttpSink, ShowsItsOwnCertificate) {
  const FakeRoot root;
  const test::Certificate certificate = test::make_certificate(root, "server");
  const test::Certificate client = test::make_certificate(root, "client");
  const HttpServer server(certificate, client.cert);
  Settings settings = {{"ca_cert", certificate.cert},
                       {"client_cert", client.cert},
                       {"client_key", client.key},
                       {"mtls", "true"}};
  EXPECT_EQ(test::send(*make(server.url(), settings), "text"), "");
  settings["mtls"] = "false";
  EXPECT_NE(test::send(*make(server.url(), settings), "text"), "");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(HttpSink, SaysWhatIsWrongWithItsSettings) {
  FakeRoot root;
  root.file("two lines", "a\nb\n");
  const std::pair<Settings, std::string> cases[] = {
      {{{"url", "ftp://secret/"}}, "http_output: the URL is none of http or https"},
      {{{"url", "secret"}}, "http_output: the URL is none of http or https"},
      {{{"headers.X Y", "secret"}}, "http_output.headers: 'X Y' is no header, or its value none"},
      {{{"headers.X", "secret\r\nY: z"}},
       "http_output.headers: 'X' is no header, or its value none"},
      {{{"headers.X", ""}}, "http_output.headers: 'X' is no header, or its value none"},
      {{{"ca_cert", "/none"}},
       "http_output.ca_cert: cannot read '/none': No such file or directory"},
      {{{"ca_bundle", "/none"}},
       "http_output.ca_bundle: cannot read '/none': No such file or directory"},
      {{{"ca_cert", "/a"}, {"ca_bundle", "/b"}},
       "http_output.ca_cert and http_output.ca_bundle are both set (a bundle can hold all "
       "certificates)"},
      {{{"mtls", "true"}, {"client_cert", "/a"}},
       "http_output.mtls needs http_output.client_cert and http_output.client_key"},
      {{{"mtls", "true"}, {"client_cert", "/none"}, {"client_key", "/none"}},
       "http_output.client_cert: cannot read '/none': No such file or directory"},
      {{{"bearer_token_file", "/none"}},
       "http_output.bearer_token_file: cannot read '/none': No such file or directory"},
      {{{"bearer_token_file", root.path("two lines")}},
       "http_output.bearer_token_file: '" + root.path("two lines") + "' holds more than one line"},
  };
  for (const auto& [settings, error] : cases) {
    Settings all = {{"url", "http://127.0.0.1"}};
    for (const auto& [name, value] : settings) {
      all[name] = value;
    }
    const auto sink = test::make_sink("http", all);
    EXPECT_EQ(sink ? (*sink)->open().error().to_string() : sink.error().to_string(), error);
  }
}

}  // namespace
}  // namespace saker
