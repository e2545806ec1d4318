// SPDX-License-Identifier: Apache-2.0
// WebServer on real sockets, with clients that do what they should not.
#include "cmd/web_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cmd/process_usage.h"
#include "engine/base/unique_fd.h"
#include "outputs/http_client.h"
#include "tests/support/fake_root.h"
#include "tests/support/http_server.h"

namespace saker {
namespace {

using std::chrono::seconds;
using test::FakeRoot;

HttpResponse echo_path(const std::string& path) { return {200, "text/plain", "path " + path}; }

std::unique_ptr<WebServer> start_server(const WebServer::Handler& handler = echo_path) {
  auto server = WebServer::start({.address = "127.0.0.1"}, handler);
  EXPECT_TRUE(server) << server.error().to_string();
  return server ? std::move(*server) : nullptr;
}

std::string url_of(const WebServer& server, const std::string& path = "/") {
  return "http://127.0.0.1:" + std::to_string(server.port()) + path;
}

HttpReply get(HttpClientOptions options) {
  options.use_proxies = false;
  auto client = HttpClient::make(options);
  EXPECT_TRUE(client) << client.error().to_string();
  return client ? client->get() : HttpReply();
}

// A client that is free to misbehave.
class Client {
 public:
  explicit Client(const WebServer& server) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* bytes = &address;
    EXPECT_EQ(::connect(fd_.get(), static_cast<const sockaddr*>(bytes), sizeof(address)), 0);
    const timeval limit = {20, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  }
  bool send(std::string_view text) {
    return ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(text.size());
  }
  // Until the server closes.
  std::string receive() {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = ::recv(fd_.get(), buffer.data(), buffer.size(), 0)) > 0;) {
      text.append(buffer.data(), static_cast<size_t>(n));
    }
    return text;
  }

 private:
  UniqueFd fd_;
};

TEST(WebServer, AnswersGetAndHead) {
  const auto server = start_server();
  const HttpReply reply = get({.url = url_of(*server, "/a?b=c")});
  EXPECT_EQ(reply.status, 200) << reply.error;
  EXPECT_EQ(reply.body, "path /a");
  Client head(*server);
  head.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string text = head.receive();
  EXPECT_NE(text.find("\r\nContent-Length: 7\r\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
}

TEST(WebServer, SendsAnswersLargerThanASocketTakes) {
  const std::string large(8 << 20, 'x');
  const auto server =
      start_server([&](const std::string&) { return HttpResponse{200, "text/plain", large}; });
  const HttpReply reply = get({.url = url_of(*server), .max_body_bytes = 2 * large.size()});
  EXPECT_TRUE(reply.body == large) << reply.body.size() << ' ' << reply.error;
}

TEST(WebServer, TakesARequestInPieces) {
  const auto server = start_server();
  Client client(*server);
  for (const char c : std::string_view("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")) {
    ASSERT_TRUE(client.send({&c, 1}));
  }
  EXPECT_NE(client.receive().find("path /slow"), std::string::npos);
}

struct Refusal {
  std::string request;
  std::string_view status;
};

TEST(WebServer, RefusesWhatItDoesNotDo) {
  const auto server = start_server();
  const Refusal refusals[] = {
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 405 "},
      {"PUT / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 405 "},
      {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "},
      {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", "HTTP/1.1 414 "},
      {"GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a'), "HTTP/1.1 431 "},
  };
  for (const Refusal& refusal : refusals) {
    Client client(*server);
    ASSERT_TRUE(client.send(refusal.request));
    const std::string answer = client.receive();
    EXPECT_TRUE(answer.starts_with(refusal.status)) << answer;
    EXPECT_EQ(answer.find("\r\nAllow: GET, HEAD\r\n") != answer.npos,
              refusal.status.find("405") != refusal.status.npos)
        << answer;
  }
}

// No answer, or an error: nothing of it is taken for a request.
TEST(WebServer, GarbageIsNoRequest) {
  const auto server = start_server();
  for (const std::string& garbage :
       {std::string("nonsense\r\n\r\n"), std::string("\r\n\r\n\r\n nothing\r\n\r\n"),
        std::string("\x16\x03\x01\0\r\n\r\n", 8), std::string(65'536, '\0'),
        std::string("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), std::string(30'000, '\n')}) {
    Client client(*server);
    client.send(garbage);
    EXPECT_EQ(client.receive().find("path "), std::string::npos) << garbage.substr(0, 40);
  }
  EXPECT_EQ(get({.url = url_of(*server)}).status, 200);
}

TEST(WebServer, AnswersOneRequestOfAConnection) {
  const auto server = start_server();
  Client client(*server);
  std::string requests;
  for (const char* path : {"/1", "/2", "/3"}) {
    requests += std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  ASSERT_TRUE(client.send(requests));
  const std::string answer = client.receive();
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("path /1")) << answer;
}

TEST(WebServer, AHeaderWithoutEndTakesNoMemory) {
  constexpr size_t kMegabytes = 400;
  const auto server = start_server();
  const ProcessUsage before = read_process_usage();
  Client client(*server);
  client.send("GET / HTTP/1.1\r\nA: ");
  const std::string block(1 << 20, 'a');
  size_t sent = 0;
  while (sent < kMegabytes && client.send(block)) {
    ++sent;
  }
  EXPECT_LT(sent, kMegabytes);  // it was cut off
  const ProcessUsage after = read_process_usage();
  EXPECT_LT(after.resident_bytes, before.resident_bytes + (8U << 20U));
  EXPECT_EQ(get({.url = url_of(*server)}).status, 200);
}

// What httpd's slow clients do: hold every connection there is, and send too little to end.
TEST(WebServer, ClientsThatHoldConnectionsKeepNobodyOut) {
  const auto server = start_server();
  std::list<Client> holders;
  for (size_t i = 0; i < 4 * WebServer::kMaxConnections; ++i) {
    holders.emplace_back(*server);
    holders.back().send("GET / HTTP/1.1\r\n");
  }
  for (int i = 0; i < 3; ++i) {
    const HttpReply reply = get({.url = url_of(*server, "/a"), .timeout = seconds(2)});
    EXPECT_EQ(reply.body, "path /a") << reply.error;
    for (Client& holder : holders) {
      holder.send("A: b\r\n");
    }
  }
}

TEST(WebServer, ClientsThatDoNotReadKeepNobodyOut) {
  const std::string large(8 << 20, 'x');
  const auto server =
      start_server([&](const std::string&) { return HttpResponse{200, "text/plain", large}; });
  std::list<Client> holders;
  for (size_t i = 0; i < 4 * WebServer::kMaxConnections; ++i) {
    holders.emplace_back(*server);
    holders.back().send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  const HttpReply reply =
      get({.url = url_of(*server), .timeout = seconds(4), .max_body_bytes = 2 * large.size()});
  EXPECT_EQ(reply.body.size(), large.size()) << reply.error;
}

TEST(WebServer, EndsAConnectionThatSendsNothing) {
  const auto server = start_server();
  Client client(*server);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.receive(), "");
  const auto taken = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(taken, WebServer::kTimeout - seconds(1));
  EXPECT_LE(taken, WebServer::kTimeout + seconds(10));
}

TEST(WebServer, StopsWhileClientsAreConnected) {
  auto server = start_server();
  Client client(*server);
  ASSERT_TRUE(client.send("GET / HT"));
  const auto begin = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(2));
  EXPECT_EQ(client.receive(), "");
}

TEST(WebServer, SaysThatThePortIsTaken) {
  const auto first = start_server();
  const auto second = WebServer::start({.address = "127.0.0.1", .port = first->port()}, echo_path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().errno_value, EADDRINUSE);
  EXPECT_EQ(
      second.error().to_string(),
      "cannot listen on 127.0.0.1 port " + std::to_string(first->port()) +
          ": Address already in use (set webserver.listen_port and webserver.listen_address)");
}

TEST(WebServer, ListensOnAddressesOnly) {
  const auto server = WebServer::start({.address = "localhost"}, echo_path);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().to_string().find("must be an IP address"), std::string::npos);
  const auto ipv6 = WebServer::start({.address = "::1"}, echo_path);
  if (ipv6) {
    EXPECT_NE((*ipv6)->port(), 0);
  } else {
    EXPECT_NE(ipv6.error().errno_value, 0);  // a host without IPv6
  }
}

// The certificate in front of its key, as most write it, or behind.
std::string pem_of(FakeRoot& root, const test::Certificate& certificate, bool is_key_first) {
  const auto read = [](const std::string& path) {
    std::ifstream in(path);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  const std::string cert = read(certificate.cert);
  const std::string key = read(certificate.key);
  root.file("server.pem", is_key_first ? key + cert : cert + key);
  return root.path("server.pem");
}

TEST(WebServer, AnswersOverTls) {
  FakeRoot root;
  const test::Certificate certificate = test::make_certificate(root, "server");
  for (const bool is_key_first : {false, true}) {
    const auto server = WebServer::start(
        {.address = "127.0.0.1", .certificate_path = pem_of(root, certificate, is_key_first)},
        echo_path);
    ASSERT_TRUE(server) << server.error().to_string();
    const std::string port = std::to_string((*server)->port());
    const std::string url = "https://127.0.0.1:" + port + "/tls";
    const HttpReply untrusted = get({.url = url});
    EXPECT_EQ(untrusted.status, 0);
    EXPECT_NE(untrusted.error.find("certificate"), std::string::npos) << untrusted.error;
    EXPECT_EQ(get({.url = url, .ca_file = certificate.cert}).body, "path /tls");
    EXPECT_EQ(get({.url = "https://localhost:" + port, .ca_file = certificate.cert}).status, 0);
    EXPECT_EQ(get({.url = "http://127.0.0.1:" + port}).status, 0);
  }
}

TEST(WebServer, ClientsThatHoldTlsConnectionsKeepNobodyOut) {
  FakeRoot root;
  const test::Certificate certificate = test::make_certificate(root, "server");
  const auto server = WebServer::start(
      {.address = "127.0.0.1", .certificate_path = pem_of(root, certificate, false)}, echo_path);
  ASSERT_TRUE(server) << server.error().to_string();
  const std::string begin_of_hello("\x16\x03\x01\x02\x00\x01", 6);
  std::list<Client> holders;
  for (size_t i = 0; i < 4 * WebServer::kMaxConnections; ++i) {
    holders.emplace_back(**server);
    holders.back().send(begin_of_hello);
  }
  Client(**server).send(std::string(500, '\x01'));
  const HttpReply reply = get({.url = "https://127.0.0.1:" + std::to_string((*server)->port()),
                               .timeout = seconds(2),
                               .ca_file = certificate.cert});
  EXPECT_EQ(reply.body, "path /") << reply.error;
}

TEST(WebServer, NeedsACertificateForTls) {
  FakeRoot root;
  root.file("bad.pem", "no certificate\n");
  const std::string bad = root.path("bad.pem");
  const std::pair<std::string, std::string> cases[] = {
      {"/no/such.pem",
       "webserver.ssl_certificate: cannot read '/no/such.pem': No such file or directory"},
      {bad,
       "webserver.ssl_certificate: '" + bad + "' holds no certificate with its private key in PEM"},
      {test::make_certificate(root, "lone").cert,
       "webserver.ssl_certificate: '" + root.path("lone.crt") +
           "' holds no certificate with its private key in PEM"},
  };
  for (const auto& [path, error] : cases) {
    const auto server =
        WebServer::start({.address = "127.0.0.1", .certificate_path = path}, echo_path);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().to_string(), error);
  }
}

TEST(WebServer, ItsThreadGetsNoSignals) {
  const auto server = start_server([](const std::string&) {
    sigset_t blocked{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    return HttpResponse{::sigismember(&blocked, SIGTERM) == 1 ? 200 : 503};
  });
  EXPECT_EQ(get({.url = url_of(*server)}).status, 200);
  sigset_t blocked{};
  ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  EXPECT_EQ(::sigismember(&blocked, SIGTERM), 0);
}

}  // namespace
}  // namespace saker
