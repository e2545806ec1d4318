// SPDX-License-Identifier: Apache-2.0
// WebServer: answers GET and HEAD over HTTP/1.1, one request a connection, from a thread of its
// own.
//
// Made for an open port on a watched host. Whatever clients send or fail to send, there are at most
// kMaxConnections requests of kMaxRequestBytes with their answers, for kTimeout each; when all
// connections are taken the oldest one goes, so that a client that holds them cannot keep others
// out. Never reads files.
#ifndef SAKER_CMD_WEB_SERVER_H
#define SAKER_CMD_WEB_SERVER_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "cmd/http.h"
#include "engine/base/result.h"

namespace saker {

class WebServer {
 public:
  static constexpr size_t kMaxConnections = 16;
  static constexpr size_t kMaxRequestBytes = 8192;
  static constexpr std::chrono::seconds kTimeout{5};

  struct Options {
    std::string address = "0.0.0.0";    // of IPv4 or IPv6
    uint16_t port = 0;                  // 0: any that is free
    std::string certificate_path = {};  // PEM with key and certificates; empty: no TLS
  };
  // Called on the server's thread; must not block.
  using Handler = std::function<HttpResponse(const std::string& path)>;

  [[nodiscard]] static Result<std::unique_ptr<WebServer>> start(const Options& options,
                                                                Handler handler);
  // Ends the thread; answers that are not out yet are cut off.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  [[nodiscard]] uint16_t port() const noexcept;

 private:
  class Loop;
  explicit WebServer(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace saker

#endif  // SAKER_CMD_WEB_SERVER_H
