// SPDX-License-Identifier: Apache-2.0
#include "outputs/http_sink.h"

#include <strings.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/alert.h"
#include "engine/base/result.h"
#include "engine/base/strings.h"
#include "outputs/gzip.h"
#include "outputs/http_client.h"
#include "outputs/message.h"
#include "outputs/setting_files.h"
#include "outputs/settings.h"
#include "outputs/sink.h"

namespace saker {
namespace {

constexpr SettingDef kSettings[] = {
    {"url", SettingType::kText, "",
     "Where to send alerts by POST: http://... or https://..."
     "; with user:password@ in it, with that login."},
    {"batch_size", SettingType::kInteger, "1",
     "Alerts in a request at most. 1: the body is one alert, as Falcosidekick wants it. More: one "
     "alert a line, JSON as application/x-ndjson; a request takes what is waiting, at most 1 MiB.",
     "", 1, 512},
    {"timeout_ms", SettingType::kInteger, "5000", "For a request, from connecting to the reply.",
     "", 1, 600'000},
    {"max_consecutive_timeouts", SettingType::kInteger, "5",
     "Timeouts in a row that do not yet count as trouble. All are tried again.", "", 0, 1'000'000},
    {"user_agent", SettingType::kText, "saker", "The header User-Agent."},
    {.name = "headers",
     .type = SettingType::kMap,
     .doc = "More headers, as in X-Api-Key: ${API_KEY}.",
     .is_secret = true},
    {"bearer_token_file", SettingType::kText, "",
     "File with a token for `Authorization: Bearer`; read for each request."},
    {"compress_uploads", SettingType::kBool, "false", "Send bodies compressed with gzip."},
    {"keep_alive", SettingType::kBool, "false",
     "Probe an idle connection (TCP keep-alive), so that no firewall forgets it. Connections are "
     "used again in any case."},
    {"echo", SettingType::kBool, "false", "Print replies to standard error."},
    {"insecure", SettingType::kBool, "false", "Do not verify the server's certificate."},
    {"ca_cert", SettingType::kText, "",
     "Certificate of the authority to trust (PEM). With this or one of the next two, those of the "
     "system do not count."},
    {"ca_bundle", SettingType::kText, "",
     "File with several such certificates; not together with ca_cert."},
    {"ca_path", SettingType::kText, "", "Directory of such certificates, as c_rehash makes it."},
    {"mtls", SettingType::kBool, "false", "Log in with client_cert and client_key."},
    {"client_cert", SettingType::kText, "", "Certificate of the sensor (PEM), for mtls."},
    {"client_key", SettingType::kText, "", "Its key (PEM), for mtls."},
};

constexpr size_t kMaxBatchBytes = size_t{1} << 20U;  // what servers commonly take in one request
constexpr size_t kMaxShownReplyBytes = 200;
constexpr std::chrono::seconds kMaxRetryAfter{300};  // whatever a server asks for

struct StatusHint {
  int first;
  int last;
  std::string_view text;
};
constexpr StatusHint kStatusHints[] = {
    {300, 399, "redirects are not followed: set http_output.url to where it leads"},
    {401, 401, "see http_output.bearer_token_file and http_output.headers"},
    {403, 403, "see http_output.bearer_token_file and http_output.headers"},
    {404, 405, "see http_output.url"},
};

// The server looked at the body and did not like it.
bool is_refusal(int status) { return status == 400 || status == 413 || status == 422; }

// One line of what the server says, without what could do harm on a terminal.
std::string shown(std::string_view reply) {
  std::string text;
  append_printable(text, trim(reply.substr(0, kMaxShownReplyBytes)));
  return text;
}

void print(const HttpReply& reply) {
  const std::string line =
      "http_output: " + std::to_string(reply.status) + " " + shown(reply.body) + "\n";
  // Nobody to tell when that fails.
  static_cast<void>(!::write(STDERR_FILENO, line.data(), line.size()));
}

bool is_header(std::string_view name, std::string_view value) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";  // RFC 9110, 5.6.2
  const auto is_token = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kSymbols.find(c) != std::string_view::npos;
  };
  return !name.empty() && !value.empty() && std::ranges::all_of(name, is_token) &&
         std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

using Headers = std::vector<std::pair<std::string, std::string>>;

Result<Headers> headers_for(const SinkSettings& settings, const AlertFormat& format) {
  Headers headers;
  bool has_type = false;
  for (const auto& [name, value] : settings.map("headers")) {
    if (!is_header(name, value)) {
      return Error{"http_output.headers: '" + name + "' is no header, or its value none", 0, ""};
    }
    has_type = has_type || ::strcasecmp(name.c_str(), "Content-Type") == 0;
    headers.emplace_back(name, value);
  }
  if (!has_type) {
    const std::string_view type = format.def().content_type;
    const bool is_ndjson = settings.integer("batch_size") > 1 && type == "application/json";
    headers.emplace_back("Content-Type", is_ndjson ? "application/x-ndjson" : type);
  }
  if (settings.boolean("compress_uploads")) {
    headers.emplace_back("Content-Encoding", "gzip");
  }
  return headers;
}

// The settings for TLS, with their files looked at.
Result<void> set_tls(HttpClientOptions& client, const SinkSettings& settings) {
  const std::string& ca_cert = settings.text("ca_cert");
  const std::string& ca_bundle = settings.text("ca_bundle");
  if (!ca_cert.empty() && !ca_bundle.empty()) {
    return Error{"http_output.ca_cert and http_output.ca_bundle are both set", 0,
                 "a bundle can hold all certificates"};
  }
  client.verify = !settings.boolean("insecure");
  client.ca_file = ca_cert.empty() ? ca_bundle : ca_cert;
  client.ca_path = settings.text("ca_path");
  if (settings.boolean("mtls")) {
    client.client_cert = settings.text("client_cert");
    client.client_key = settings.text("client_key");
    if (client.client_cert.empty() || client.client_key.empty()) {
      return Error{"http_output.mtls needs http_output.client_cert and http_output.client_key", 0,
                   ""};
    }
  }
  const std::pair<std::string_view, const std::string&> files[] = {
      {ca_cert.empty() ? "http_output.ca_bundle" : "http_output.ca_cert", client.ca_file},
      {"http_output.ca_path", client.ca_path},
      {"http_output.client_cert", client.client_cert},
      {"http_output.client_key", client.client_key},
  };
  for (const auto& [key, path] : files) {
    if (std::optional<Error> error = path.empty() ? std::nullopt : find_unreadable(path, key)) {
      return std::move(*error);
    }
  }
  return {};
}

}  // namespace

HttpSink::HttpSink(HttpClient client, HttpSinkOptions options, const AlertFormat& format)
    : client_(std::move(client)), options_(std::move(options)), format_(format) {}

Result<void> HttpSink::use_token() {
  if (options_.bearer_token_file.empty()) {
    return {};
  }
  const Result<std::string> token =
      read_secret_file(options_.bearer_token_file, "http_output.bearer_token_file");
  if (!token) {
    return token.error();
  }
  if (!is_header("Authorization", *token)) {
    return Error{"http_output.bearer_token_file: '" + options_.bearer_token_file +
                     "' holds more than one line",
                 0, ""};
  }
  client_.set_bearer_token(*token);
  return {};
}

void HttpSink::render(const Alert& alert, Message& message) const {
  format_.append(message.body, alert, message.seq);
  if (options_.batch_size > 1) {
    message.body += '\n';
  }
}

std::optional<Error> HttpSink::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

BlockingSink::Written HttpSink::write(std::span<const Message> messages) {
  size_t count = alone_ > 0 ? 1 : fit(messages);
  std::optional<SendFailure> failure = send_request(messages.first(count));
  if (failure && failure->is_final && count > 1) {
    alone_ = count;
    count = 1;
    failure = send_request(messages.first(count));
  }
  if (alone_ > 0 && (!failure || failure->is_final)) {
    --alone_;
  }
  return {failure ? 0 : count, std::move(failure)};
}

size_t HttpSink::fit(std::span<const Message> messages) const {
  const size_t limit = std::min(messages.size(), options_.batch_size);
  size_t size = messages[0].body.size();
  size_t count = 1;
  while (count < limit && size + messages[count].body.size() <= kMaxBatchBytes) {
    size += messages[count].body.size();
    ++count;
  }
  return count;
}

std::optional<SendFailure> HttpSink::send_request(std::span<const Message> messages) {
  if (Clock::now() < not_before_) {
    return SendFailure{{client_.server() + " asked to be left alone for a while", 0, ""}, false};
  }
  if (Result<void> ready = use_token(); !ready) {
    return SendFailure{std::move(ready).error(), false};
  }
  std::string body;
  for (const Message& message : messages) {
    body += message.body;
  }
  if (options_.compress) {
    body = gzip(body);
  }
  const HttpReply reply = client_.post(body);
  if (options_.echo && reply.status != 0) {
    print(reply);
  }
  std::optional<SendFailure> failure = judge(reply);
  note(failure, reply.is_timeout);
  return failure;
}

std::optional<SendFailure> HttpSink::judge(const HttpReply& reply) {
  if (reply.status >= 200 && reply.status < 300) {
    return std::nullopt;
  }
  if (reply.status == 0) {
    return SendFailure{{"no reply from " + client_.server(), 0, reply.error}, false};
  }
  not_before_ = Clock::now() + std::min(reply.retry_after, kMaxRetryAfter);
  const auto* hint = std::ranges::find_if(kStatusHints, [&](const StatusHint& row) {
    return reply.status >= row.first && reply.status <= row.last;
  });
  std::string what = client_.server() + " replied " + std::to_string(reply.status);
  if (const std::string text = shown(reply.body); !text.empty()) {
    what += ": " + text;
  }
  return SendFailure{
      {std::move(what), 0, std::string(hint != std::end(kStatusHints) ? hint->text : "")},
      is_refusal(reply.status)};
}

void HttpSink::note(const std::optional<SendFailure>& failure, bool is_timeout) {
  consecutive_timeouts_ = is_timeout ? consecutive_timeouts_ + 1 : 0;
  if (is_timeout && consecutive_timeouts_ <= options_.max_consecutive_timeouts) {
    return;
  }
  const std::lock_guard lock(mutex_);
  // A refused alert says nothing about the next one.
  trouble_ = failure && !failure->is_final ? std::optional(failure->error) : std::nullopt;
}

std::span<const SettingDef> http_settings() { return kSettings; }

Result<std::unique_ptr<Sink>> make_http_sink(const SinkSettings& settings,
                                             const AlertFormat& format) {
  if (settings.text("url").empty()) {
    return Error{"http_output has no place to send to", 0, "set http_output.url"};
  }
  Result<Headers> headers = headers_for(settings, format);
  if (!headers) {
    return std::move(headers).error();
  }
  HttpClientOptions client{
      .url = settings.text("url"),
      .user_agent = settings.text("user_agent"),
      .headers = std::move(*headers),
      .timeout = std::chrono::milliseconds(settings.integer("timeout_ms")),
      .tcp_keep_alive = settings.boolean("keep_alive"),
  };
  if (Result<void> tls = set_tls(client, settings); !tls) {
    return std::move(tls).error();
  }
  Result<HttpClient> made = HttpClient::make(client);
  if (!made) {
    return Error{"http_output: " + made.error().what, 0, ""};
  }
  HttpSinkOptions options{
      .batch_size = static_cast<size_t>(settings.integer("batch_size")),
      .compress = settings.boolean("compress_uploads"),
      .echo = settings.boolean("echo"),
      .bearer_token_file = settings.text("bearer_token_file"),
      .max_consecutive_timeouts = settings.integer("max_consecutive_timeouts"),
  };
  return std::unique_ptr<Sink>(
      std::make_unique<HttpSink>(std::move(*made), std::move(options), format));
}

}  // namespace saker
