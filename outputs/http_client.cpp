// SPDX-License-Identifier: Apache-2.0
#include "outputs/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/result.h"

namespace saker {
namespace {

// Once per process; curl_easy_init() would do it as well, but not safely with several threads.
void init_library() {
  static const CURLcode result = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  SAKER_CHECK(result == CURLE_OK);
}

// A part of a URL; empty where it has none.
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (::curl_url_get(url, part, &text, 0) != CURLUE_OK) {
    return {};
  }
  std::string copy = text;
  ::curl_free(text);
  return copy;
}

// "https://host:port"; empty where the text is no URL of HTTP.
std::string server_of(const std::string& text) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(::curl_url(), ::curl_url_cleanup);
  if (::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return {};
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return {};
  }
  const std::string port = part_of(url.get(), CURLUPART_PORT);
  return scheme + "://" + part_of(url.get(), CURLUPART_HOST) + (port.empty() ? "" : ":" + port);
}

// What a transfer writes to.
struct Intake {
  HttpReply reply;
  size_t max_body_bytes;
};

// Keeps the front of a reply; the rest is read, so that the connection can be used again.
size_t take_reply(char* bytes, size_t /*unit*/, size_t size, void* intake) {
  auto& [reply, max_body_bytes] = *static_cast<Intake*>(intake);
  const size_t taken = std::min(size, max_body_bytes - reply.body.size());
  reply.body.append(bytes, taken);
  reply.is_cut = reply.is_cut || taken < size;
  return size;
}

}  // namespace

struct HttpClient::Impl {
  std::string server;
  std::unique_ptr<CURL, void (*)(CURL*)> handle{::curl_easy_init(), ::curl_easy_cleanup};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, ::curl_slist_free_all};
  std::array<char, CURL_ERROR_SIZE> error{};
  size_t max_body_bytes = 0;
  CURLcode set_result = CURLE_OK;  // of the first option that could not be set

  template <typename Value>
  void set(CURLoption option, Value value) {
    const CURLcode result = ::curl_easy_setopt(handle.get(), option, value);
    set_result = set_result == CURLE_OK ? result : set_result;
  }
  void add_header(const std::string& line) {
    curl_slist* longer = ::curl_slist_append(headers.get(), line.c_str());
    SAKER_CHECK(longer != nullptr);  // out of memory
    [[maybe_unused]] const auto* part_of_longer = headers.release();
    headers.reset(longer);
  }
  void set_request(const HttpClientOptions& options);
  void set_tls(const HttpClientOptions& options);
  HttpReply perform();
};

void HttpClient::Impl::set_request(const HttpClientOptions& options) {
  set(CURLOPT_URL, options.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_USERAGENT, options.user_agent.empty() ? nullptr : options.user_agent.c_str());
  add_header("Expect:");  // no waiting for leave to send a large body
  for (const auto& [name, value] : options.headers) {
    std::string line = name;
    line += ": ";
    line += value;
    add_header(line);
  }
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_TCP_KEEPALIVE, options.tcp_keep_alive ? 1L : 0L);
  if (!options.use_proxies) {
    set(CURLOPT_PROXY, "");
  }
  set(CURLOPT_NOSIGNAL, 1L);  // other threads have their own use for signals
  set(CURLOPT_ERRORBUFFER, error.data());
  set(CURLOPT_WRITEFUNCTION, &take_reply);
}

void HttpClient::Impl::set_tls(const HttpClientOptions& options) {
  set(CURLOPT_SSL_VERIFYPEER, options.verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, options.verify ? 2L : 0L);
  if (!options.ca_file.empty() || !options.ca_path.empty()) {
    set(CURLOPT_CAINFO, options.ca_file.empty() ? nullptr : options.ca_file.c_str());
    set(CURLOPT_CAPATH, options.ca_path.empty() ? nullptr : options.ca_path.c_str());
  }
  if (!options.client_cert.empty()) {
    set(CURLOPT_SSLCERT, options.client_cert.c_str());
    set(CURLOPT_SSLKEY, options.client_key.c_str());
  }
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::make(const HttpClientOptions& options) {
  init_library();
  auto impl = std::make_unique<Impl>();
  SAKER_CHECK(impl->handle != nullptr);  // out of memory
  impl->server = server_of(options.url);
  if (impl->server.empty()) {
    return Error{"the URL is none of http or https", 0, ""};  // it may hold a secret
  }
  impl->max_body_bytes = options.max_body_bytes;
  impl->set_request(options);
  impl->set_tls(options);
  if (impl->set_result != CURLE_OK) {
    return Error{std::string("libcurl: ") + ::curl_easy_strerror(impl->set_result), 0, ""};
  }
  return HttpClient(std::move(impl));
}

const std::string& HttpClient::server() const noexcept { return impl_->server; }

void HttpClient::set_bearer_token(const std::string& token) {
  impl_->set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
  impl_->set(CURLOPT_XOAUTH2_BEARER, token.c_str());
}

HttpReply HttpClient::get() {
  impl_->set(CURLOPT_HTTPGET, 1L);
  return impl_->perform();
}

HttpReply HttpClient::post(std::string_view body) {
  impl_->set(CURLOPT_POST, 1L);
  impl_->set(CURLOPT_POSTFIELDS, body.data());
  impl_->set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  return impl_->perform();
}

HttpReply HttpClient::Impl::perform() {
  Intake intake{{}, max_body_bytes};
  HttpReply& reply = intake.reply;
  set(CURLOPT_WRITEDATA, &intake);
  error[0] = '\0';
  const CURLcode result = ::curl_easy_perform(handle.get());
  if (result != CURLE_OK) {
    reply.error = error[0] != '\0' ? error.data() : ::curl_easy_strerror(result);
    reply.is_timeout = result == CURLE_OPERATION_TIMEDOUT;
    if (result == CURLE_COULDNT_CONNECT) {
      long number = 0;
      ::curl_easy_getinfo(handle.get(), CURLINFO_OS_ERRNO, &number);
      reply.connect_errno = static_cast<int>(number);
    }
    return std::move(reply);
  }
  long status = 0;
  curl_off_t retry_after = 0;
  ::curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  ::curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  reply.status = static_cast<int>(status);
  reply.retry_after = std::chrono::seconds(retry_after);
  return std::move(reply);
}

}  // namespace saker
