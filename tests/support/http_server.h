// SPDX-License-Identifier: Apache-2.0
// HttpServer: a server in this process, on a port of its own of 127.0.0.1, that keeps what it gets.
#ifndef SAKER_TESTS_SUPPORT_HTTP_SERVER_H
#define SAKER_TESTS_SUPPORT_HTTP_SERVER_H

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/fake_root.h"

namespace saker::test {

// A certificate for 127.0.0.1, signed by itself, and its key: paths of PEM files.
struct Certificate {
  std::string cert;
  std::string key;
};
// Made with openssl(1); in files NAME.crt and NAME.key of the directory.
[[nodiscard]] Certificate make_certificate(const FakeRoot& root, const std::string& name);

struct HttpRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;
  std::string body;  // decompressed
  int client_port = 0;
};

struct HttpAnswer {
  int status = 200;
  std::string body = {};
  std::map<std::string, std::string> headers = {};
};

class HttpServer {
 public:
  // Called on threads of the server, for several requests at a time.
  using Handler = std::function<HttpAnswer(const HttpRequest& request)>;

  explicit HttpServer(Handler handler = [](const HttpRequest&) { return HttpAnswer(); });
  // TLS. `client_ca`: clients have to show a certificate of this authority; empty: they need none.
  HttpServer(const Certificate& certificate, const std::string& client_ca);
  // Waits for handlers that are at work.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] int port() const;
  // "http://127.0.0.1:PORT".
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<HttpRequest> requests() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker::test

#endif  // SAKER_TESTS_SUPPORT_HTTP_SERVER_H
