// SPDX-License-Identifier: Apache-2.0
#include "cmd/http.h"

#include <algorithm>

namespace saker {
namespace {

struct Reason {
  int status;
  std::string_view text;
};
constexpr Reason kReasons[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {431, "Request Header Fields Too Large"},
    {503, "Service Unavailable"},
};

std::string_view reason_of(int status) {
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == std::end(kReasons) ? std::string_view() : found->text;
}

// Up to the next blank, which is taken too.
std::string_view take_word(std::string_view& line) {
  const size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

}  // namespace

std::optional<HttpRequest> parse_request_head(std::string_view head) {
  std::string_view line = head.substr(0, head.find("\r\n"));
  const std::string_view method = take_word(line);
  const std::string_view target = take_word(line);
  const bool is_method =
      !method.empty() && std::ranges::all_of(method, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_method || !target.starts_with('/') || !line.starts_with("HTTP/1.") || line.size() != 8) {
    return std::nullopt;
  }
  return HttpRequest{std::string(method), std::string(target.substr(0, target.find('?')))};
}

std::string render_response(const HttpResponse& response, bool with_body) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  text += reason_of(response.status);
  text += "\r\nContent-Type: ";
  text += response.content_type;
  text += "\r\nContent-Length: " + std::to_string(response.body.size());
  text += response.status == 405 ? "\r\nAllow: GET, HEAD" : "";
  text += "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
  if (with_body) {
    text += response.body;
  }
  return text;
}

HttpResponse plain_response(int status) {
  return {status, "text/plain", std::string(reason_of(status)) + '\n'};
}

}  // namespace saker
