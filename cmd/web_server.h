// SPDX-License-Identifier: Apache-2.0
// WebServer: answers GET and HEAD over HTTP/1.1, one request a connection, from a thread of its
// own. Owner of libmicrohttpd.
//
// Made for an open port on a watched host. Whatever clients send or fail to send, there are at most
// 2 * kMaxConnections requests of kMaxRequestBytes with their answers. One on which nothing moves
// for kTimeout ends; when more than kMaxConnections are open the oldest one goes, so that a client
// that holds them cannot keep others out. Bodies of requests are not read; never reads files.
#ifndef SAKER_CMD_WEB_SERVER_H
#define SAKER_CMD_WEB_SERVER_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace saker {

struct HttpResponse {
  int status = 200;
  std::string_view content_type = "application/json";  // static
  std::string body = {};
};

// What is said when there is nothing more to say than the status.
[[nodiscard]] HttpResponse plain_response(int status);

class WebServer {
 public:
  static constexpr size_t kMaxConnections = 16;
  static constexpr size_t kMaxRequestBytes = 16384;
  static constexpr std::chrono::seconds kTimeout{5};

  struct Options {
    std::string address = "0.0.0.0";    // of IPv4 or IPv6
    uint16_t port = 0;                  // 0: any that is free
    std::string certificate_path = {};  // PEM with key and certificates; empty: no TLS
  };
  // Called on the server's thread; must not block. The path is without the query.
  using Handler = std::function<HttpResponse(const std::string& path)>;

  [[nodiscard]] static Result<std::unique_ptr<WebServer>> start(const Options& options,
                                                                Handler handler);
  // Ends the thread; answers that are not out yet are cut off.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  [[nodiscard]] uint16_t port() const noexcept;

 private:
  struct Impl;
  explicit WebServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_CMD_WEB_SERVER_H
