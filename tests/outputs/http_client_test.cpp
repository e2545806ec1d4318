// SPDX-License-Identifier: Apache-2.0
#include "outputs/http_client.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/http_server.h"

namespace saker {
namespace {

using test::HttpAnswer;
using test::HttpRequest;
using test::HttpServer;

HttpClient make(HttpClientOptions options) {
  options.use_proxies = false;
  auto client = HttpClient::make(options);
  EXPECT_TRUE(client) << client.error().to_string();
  return std::move(*client);
}

TEST(HttpClient, GetsAndPostsOverOneConnection) {
  const HttpServer server([](const HttpRequest& request) {
    return HttpAnswer{200, request.method + ' ' + request.path + ' ' + request.body};
  });
  HttpClient client = make({.url = server.url() + "/a"});
  EXPECT_EQ(client.get().body, "GET /a ");
  EXPECT_EQ(client.post("hello").body, "POST /a hello");
  EXPECT_EQ(client.get().body, "GET /a ");
  const auto requests = server.requests();
  EXPECT_EQ(requests.front().client_port, requests.back().client_port);
}

TEST(HttpClient, KeepsTheFrontOfALongReply) {
  const HttpServer server([](const HttpRequest&) { return HttpAnswer{200, "0123456789"}; });
  const HttpReply whole = make({.url = server.url(), .max_body_bytes = 10}).get();
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_FALSE(whole.is_cut);
  const HttpReply front = make({.url = server.url(), .max_body_bytes = 9}).get();
  EXPECT_EQ(front.status, 200);
  EXPECT_EQ(front.body, "012345678");
  EXPECT_TRUE(front.is_cut);
}

TEST(HttpClient, TellsThatNobodyListens) {
  auto server = std::make_unique<HttpServer>();
  HttpClient client = make({.url = server->url()});
  server.reset();
  const HttpReply reply = client.get();
  EXPECT_EQ(reply.status, 0);
  EXPECT_EQ(reply.connect_errno, ECONNREFUSED);
  EXPECT_NE(reply.error, "");
}

TEST(HttpClient, AsksProxiesOnlyWhenItMay) {
  const HttpServer server;
  const HttpServer proxy([](const HttpRequest&) { return HttpAnswer{200, "from the proxy"}; });
  ::unsetenv("no_proxy");
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  const auto reply_with = [&](bool use_proxies) {
    auto client = HttpClient::make({.url = server.url(), .use_proxies = use_proxies});
    return client ? client->get().body : "(none)";
  };
  EXPECT_EQ(reply_with(true), "from the proxy");
  EXPECT_EQ(reply_with(false), "");
  ::unsetenv("http_proxy");
}

TEST(HttpClient, RefusesWhatIsNoUrlOfHttp) {
  for (const std::string_view bad :
       {"", "host:80", "ftp://host/", "http://", "http://:80/", "http://[::1", "http://h:8a/",
        "http://h/a b", "http://h/\r\nX: y", "file:///etc/passwd"}) {
    EXPECT_FALSE(HttpClient::make({.url = std::string(bad)})) << bad;
  }
  EXPECT_EQ(make({.url = "http://[::1]:8/a"}).server(), "http://[::1]:8");
}

}  // namespace
}  // namespace saker
