// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_server.h"

#include <httplib.h>

#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "engine/base/check.h"

namespace saker::test {

Certificate make_certificate(const FakeRoot& root, const std::string& name) {
  const Certificate certificate{root.path(name + ".crt"), root.path(name + ".key")};
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" +
      name + " -addext subjectAltName=IP:127.0.0.1 -keyout " + certificate.key + " -out " +
      certificate.cert + " 2>/dev/null";
  SAKER_CHECK(std::system(command.c_str()) == 0);
  return certificate;
}

struct HttpServer::Impl {
  Impl(std::unique_ptr<httplib::Server> library_server, std::string url_scheme, Handler function)
      : server(std::move(library_server)),
        scheme(std::move(url_scheme)),
        handler(std::move(function)) {
    const auto respond = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    server->Get(".*", respond);
    server->Post(".*", respond);
    server->set_keep_alive_timeout(1);  // in seconds: what the end waits for an open connection
    port = server->bind_to_any_port("127.0.0.1");
    SAKER_CHECK(port > 0);
    thread = std::thread([this] { server->listen_after_bind(); });
    while (!server->is_running()) {
      std::this_thread::yield();
    }
  }

  void answer(const httplib::Request& request, httplib::Response& response) {
    HttpRequest got{request.method, request.path, {}, request.body, request.remote_port};
    for (const auto& [name, value] : request.headers) {
      got.headers[name] = value;
    }
    {
      const std::lock_guard lock(mutex);
      requests.push_back(got);
    }
    const HttpAnswer answer = handler(got);
    response.status = answer.status;
    response.set_content(answer.body, "text/plain");
    for (const auto& [name, value] : answer.headers) {
      response.set_header(name, value);
    }
  }

  std::unique_ptr<httplib::Server> server;
  std::string scheme;
  Handler handler;
  int port = 0;
  std::thread thread;
  mutable std::mutex mutex;
  std::vector<HttpRequest> requests;
};

HttpServer::HttpServer(Handler handler)
    : impl_(std::make_unique<Impl>(std::make_unique<httplib::Server>(), "http",
                                   std::move(handler))) {}

HttpServer::HttpServer(const Certificate& certificate, const std::string& client_ca)
    : impl_(std::make_unique<Impl>(
          std::make_unique<httplib::SSLServer>(certificate.cert.c_str(), certificate.key.c_str(),
                                               client_ca.empty() ? nullptr : client_ca.c_str()),
          "https", [](const HttpRequest&) { return HttpAnswer(); })) {}

HttpServer::~HttpServer() {
  impl_->server->stop();
  impl_->thread.join();
}

int HttpServer::port() const { return impl_->port; }

std::string HttpServer::url() const {
  return impl_->scheme + "://127.0.0.1:" + std::to_string(impl_->port);
}

std::vector<HttpRequest> HttpServer::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

}  // namespace saker::test
