// SPDX-License-Identifier: Apache-2.0
// HttpRequest, HttpResponse: HTTP/1.1 as far as endpoints that answer GET and HEAD need it.
#ifndef SAKER_CMD_HTTP_H
#define SAKER_CMD_HTTP_H

#include <optional>
#include <string>
#include <string_view>

namespace saker {

struct HttpRequest {
  std::string method;
  std::string path;  // without the query

  friend bool operator==(const HttpRequest&, const HttpRequest&) = default;
};

// What comes with the empty line that ends the head; header fields are not looked at. Nothing when
// the first line is none of HTTP/1.
[[nodiscard]] std::optional<HttpRequest> parse_request_head(std::string_view head);

struct HttpResponse {
  int status = 200;
  std::string_view content_type = "application/json";  // static
  std::string body = {};
};

// Announces that the connection ends behind it. To HEAD the body is left out.
[[nodiscard]] std::string render_response(const HttpResponse& response, bool with_body);

// What is said when there is nothing more to say than the status.
[[nodiscard]] HttpResponse plain_response(int status);

}  // namespace saker

#endif  // SAKER_CMD_HTTP_H
