// SPDX-License-Identifier: Apache-2.0
#include "cmd/http.h"

#include <gtest/gtest.h>

#include "cmd/http_client.h"

namespace saker {
namespace {

TEST(HttpRequest, TakesMethodAndPath) {
  const HttpRequest get = {"GET", "/metrics"};
  EXPECT_EQ(parse_request_head("GET /metrics HTTP/1.1\r\nHost: x\r\n"), get);
  EXPECT_EQ(parse_request_head("GET /metrics?a=/b HTTP/1.0"), get);
  EXPECT_EQ(parse_request_head("HEAD / HTTP/1.1"), (HttpRequest{"HEAD", "/"}));
}

TEST(HttpRequest, RefusesWhatIsNotHttp1) {
  for (const std::string_view head :
       {"", "GET", "GET /", "GET / HTTP/2", "GET / HTTP/1.1 ", "get / HTTP/1.1", " GET / HTTP/1.1",
        "GET  / HTTP/1.1", "GET http://a/ HTTP/1.1", "\x16\x03\x01", "G\n/ HTTP/1.1"}) {
    EXPECT_FALSE(parse_request_head(head)) << head;
  }
}

TEST(HttpResponse, AnnouncesItsLengthAndTheEnd) {
  EXPECT_EQ(render_response({200, "text/plain", "hello"}, true),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
            "Cache-Control: no-store\r\nConnection: close\r\n\r\nhello");
  EXPECT_TRUE(render_response({200, "text/plain", "hello"}, false).ends_with("close\r\n\r\n"));
  EXPECT_NE(render_response(plain_response(405), true).find("\r\nAllow: GET, HEAD\r\n"),
            std::string::npos);
}

TEST(Url, IsTakenApart) {
  EXPECT_EQ(parse_url("http://127.0.0.1:8765/metrics"),
            (Url{false, "127.0.0.1", "8765", "/metrics"}));
  EXPECT_EQ(parse_url("https://host"), (Url{true, "host", "443", "/"}));
  EXPECT_EQ(parse_url("http://[::1]:80/a"), (Url{false, "::1", "80", "/a"}));
  EXPECT_EQ(parse_url("http://[::1]/a"), (Url{false, "::1", "80", "/a"}));
  for (const std::string_view bad :
       {"", "host:80", "ftp://host/", "http://", "http://:80/", "http://[::1", "http://host:/",
        "http://h:8a/", "http://h/a b", "http://h/\r\nX: y"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

}  // namespace
}  // namespace saker
