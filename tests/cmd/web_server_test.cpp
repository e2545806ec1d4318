// SPDX-License-Identifier: Apache-2.0
// WebServer on real sockets, with clients that do what they should not.
#include "cmd/web_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <list>
#include <string>

#include "cmd/http_client.h"
#include "engine/base/unique_fd.h"

namespace saker {
namespace {

using std::chrono::seconds;

HttpResponse echo_path(const std::string& path) { return {200, "text/plain", "path " + path}; }

std::unique_ptr<WebServer> start_server(const WebServer::Handler& handler = echo_path) {
  auto server = WebServer::start({.address = "127.0.0.1"}, handler);
  EXPECT_TRUE(server) << server.error().to_string();
  return server ? std::move(*server) : nullptr;
}

Url url_of(const WebServer& server, const std::string& path = "/") {
  return {false, "127.0.0.1", std::to_string(server.port()), path};
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
  const auto reply = http_get(url_of(*server, "/a?b=c"), seconds(10));
  ASSERT_TRUE(reply) << reply.error().to_string();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "path /a");
  Client head(*server);
  head.send("HEAD /a HTTP/1.1\r\n\r\n");
  const std::string text = head.receive();
  EXPECT_NE(text.find("\r\nContent-Length: 7\r\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
}

TEST(WebServer, SendsAnswersLargerThanASocketTakes) {
  const std::string large(8 << 20, 'x');
  const auto server =
      start_server([&](const std::string&) { return HttpResponse{200, "text/plain", large}; });
  const auto reply = http_get(url_of(*server), seconds(10));
  ASSERT_TRUE(reply) << reply.error().to_string();
  EXPECT_TRUE(reply->body == large) << reply->body.size();
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
      {"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 405 "},
      {"PUT / HTTP/1.1\r\n\r\n", "HTTP/1.1 405 "},
      {"nonsense\r\n\r\n", "HTTP/1.1 400 "},
      {std::string("\x16\x03\x01\0\r\n\r\n", 8), "HTTP/1.1 400 "},
      {"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n", "HTTP/1.1 431 "},
      {"GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a'), "HTTP/1.1 431 "},
  };
  for (const Refusal& refusal : refusals) {
    Client client(*server);
    ASSERT_TRUE(client.send(refusal.request));
    const std::string answer = client.receive();
    EXPECT_TRUE(answer.starts_with(refusal.status)) << answer;
  }
}

// What httpd's slow clients do: hold every connection there is and send nothing.
TEST(WebServer, ClientsThatHoldConnectionsKeepNobodyOut) {
  const auto server = start_server();
  std::list<Client> holders;
  for (size_t i = 0; i < 2 * WebServer::kMaxConnections; ++i) {
    holders.emplace_back(*server);
    holders.back().send("GET / HTTP/1.1\r\n");
  }
  const auto reply = http_get(url_of(*server, "/a"), seconds(2));
  ASSERT_TRUE(reply) << reply.error().to_string();
  EXPECT_EQ(reply->body, "path /a");
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

TEST(WebServer, AnswersOverTls) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("saker-tls-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string pem = folder / "server.pem";
  const std::string make =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-subj /CN=test -addext subjectAltName=IP:127.0.0.1 -days 2 -keyout " +
      pem + " -out " + pem + ".crt 2>/dev/null && cat " + pem + ".crt >> " + pem;
  ASSERT_EQ(std::system(make.c_str()), 0);
  const auto server =
      WebServer::start({.address = "127.0.0.1", .certificate_path = pem}, echo_path);
  ASSERT_TRUE(server) << server.error().to_string();
  Url url = url_of(**server, "/tls");
  url.is_tls = true;
  const auto untrusted = http_get(url, seconds(10));
  ASSERT_FALSE(untrusted);
  EXPECT_NE(untrusted.error().hint.find("certificate"), std::string::npos)
      << untrusted.error().to_string();
  ASSERT_EQ(::setenv("SSL_CERT_FILE", (pem + ".crt").c_str(), 1), 0);
  const auto trusted = http_get(url, seconds(10));
  ASSERT_TRUE(trusted) << trusted.error().to_string();
  EXPECT_EQ(trusted->body, "path /tls");
  url.host = "localhost";
  const auto other_name = http_get(url, seconds(10));
  ::unsetenv("SSL_CERT_FILE");
  EXPECT_FALSE(other_name);
  std::filesystem::remove_all(folder);
}

TEST(WebServer, NeedsACertificateForTls) {
  const auto missing =
      WebServer::start({.address = "127.0.0.1", .certificate_path = "/no/such.pem"}, echo_path);
  ASSERT_FALSE(missing);
  EXPECT_TRUE(
      missing.error().to_string().starts_with("cannot read a certificate from '/no/such.pem' ("))
      << missing.error().to_string();
}

}  // namespace
}  // namespace saker
