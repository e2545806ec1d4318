// SPDX-License-Identifier: Apache-2.0
// HttpPost: sends bodies to one URL by POST, each over the same connection where the server keeps
// it. Follows no redirects. Proxies are those of the environment (http_proxy and its like). Owner
// of libcurl.
//
// Threads: one at a time. Requires: SIGPIPE is ignored.
#ifndef SAKER_OUTPUTS_HTTP_POST_H
#define SAKER_OUTPUTS_HTTP_POST_H

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace saker {

struct HttpPostOptions {
  std::string url = {};                                           // http or https; may hold secrets
  std::string user_agent = {};                                    // empty: none
  std::vector<std::pair<std::string, std::string>> headers = {};  // values are not empty
  std::chrono::milliseconds timeout{5000};  // of a request, from connecting to the reply
  bool tcp_keep_alive = false;

  bool verify = true;            // the server's certificate
  std::string ca_file = {};      // PEM; with one of these, the system's authorities do not count
  std::string ca_path = {};      // directory as c_rehash(1) makes it
  std::string client_cert = {};  // PEM; empty: none
  std::string client_key = {};
};

struct HttpReply {
  static constexpr size_t kMaxBodyBytes = 4096;

  int status = 0;  // 0: there is none, and `error` says why
  std::string error;
  bool is_timeout = false;
  std::string body;  // as much as kMaxBodyBytes of it
  std::chrono::seconds retry_after{};
};

class HttpPost {
 public:
  // Does not connect.
  [[nodiscard]] static Result<HttpPost> make(const HttpPostOptions& options);
  HttpPost(HttpPost&&) noexcept;
  ~HttpPost();

  // Scheme, host and port: what may be shown of the URL.
  [[nodiscard]] const std::string& server() const noexcept;
  void set_bearer_token(const std::string& token);
  [[nodiscard]] HttpReply post(std::string_view body);

 private:
  struct Impl;
  explicit HttpPost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace saker

#endif  // SAKER_OUTPUTS_HTTP_POST_H
