// SPDX-License-Identifier: Apache-2.0
// HttpClient: requests to one URL, GET or POST, over the same connection where the server keeps it.
// Follows no redirects. Owner of libcurl.
//
// Threads: one at a time. Requires: SIGPIPE is ignored.
#ifndef SAKER_OUTPUTS_HTTP_CLIENT_H
#define SAKER_OUTPUTS_HTTP_CLIENT_H

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace saker {

struct HttpClientOptions {
  std::string url = {};                                           // http or https; may hold secrets
  std::string user_agent = {};                                    // empty: none
  std::vector<std::pair<std::string, std::string>> headers = {};  // values are not empty
  std::chrono::milliseconds timeout{5000};  // of a request, from connecting to the reply
  size_t max_body_bytes = 4096;             // of a reply; what is behind is read and dropped
  bool tcp_keep_alive = false;
  bool use_proxies = true;  // those of the environment (http_proxy and its like)

  bool verify = true;            // the server's certificate
  std::string ca_file = {};      // PEM; with one of these, the system's authorities do not count
  std::string ca_path = {};      // directory as c_rehash(1) makes it
  std::string client_cert = {};  // PEM; empty: none
  std::string client_key = {};
};

struct HttpReply {
  int status = 0;  // 0: there is none, and `error` says why
  std::string error;
  int connect_errno = 0;  // of a connection that could not be made
  bool is_timeout = false;
  std::string body;
  bool is_cut = false;  // the body was longer than max_body_bytes
  std::chrono::seconds retry_after{};
};

class HttpClient {
 public:
  // Fails when the URL is none of http or https. Does not connect.
  [[nodiscard]] static Result<HttpClient> make(const HttpClientOptions& options);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  // Scheme, host and port: what may be shown of the URL.
  [[nodiscard]] const std::string& server() const noexcept;
  void set_bearer_token(const std::string& token);
  [[nodiscard]] HttpReply get();
  [[nodiscard]] HttpReply post(std::string_view body);

 private:
  struct Impl;
  explicit HttpClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_HTTP_CLIENT_H
