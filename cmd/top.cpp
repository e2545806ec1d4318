// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/log.h"
#include "cmd/prometheus_text.h"
#include "cmd/terminal.h"
#include "cmd/top_view.h"
#include "engine/base/strings.h"
#include "outputs/http_client.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kTimeout{3};
constexpr size_t kMaxReplyBytes = size_t{16} << 20U;
constexpr const char* kKeys =
    "run the sensor with -o webserver.enabled=true -o metrics.enabled=true "
    "-o webserver.prometheus_metrics_enabled=true";

Result<HttpClient> make_client(const std::string& url) {
  const char* authorities = std::getenv("SSL_CERT_FILE");  // as curl(1) has it
  return HttpClient::make({.url = url,
                           .timeout = kTimeout,
                           .max_body_bytes = kMaxReplyBytes,
                           .use_proxies = false,
                           .ca_file = authorities == nullptr ? "" : authorities});
}

Result<MetricsReading> fetch(HttpClient& client) {
  const HttpReply reply = client.get();
  if (reply.connect_errno != 0) {
    return Error{"cannot connect to " + client.server(), reply.connect_errno,
                 reply.connect_errno == ECONNREFUSED ? kKeys : ""};
  }
  if (reply.status == 0) {
    return Error{"no answer from " + client.server(), 0, reply.error};
  }
  if (reply.status == 404) {
    return Error{"there are no metrics at this address", 0, kKeys};
  }
  if (reply.status != 200) {
    return Error{"the server answers with status " + std::to_string(reply.status), 0, ""};
  }
  if (reply.is_cut) {
    return Error{"the server's answer is too long", 0, ""};
  }
  auto families = parse_prometheus_text(reply.body);
  if (!families) {
    return std::move(families).error();
  }
  return MetricsReading{Clock::now(), std::move(*families)};
}

int fail(const Error& error) {
  std::string text;
  append_printable(text, error.to_string());
  log_error(text);
  return kExitFailure;
}

int print_once(HttpClient& client) {
  const Result<MetricsReading> reading = fetch(client);
  if (!reading) {
    return fail(reading.error());
  }
  for (const std::string& line : render_top(nullptr, *reading, {})) {
    std::puts(line.c_str());
  }
  return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

// Until the user ends it. A sensor that does not answer any more may come back.
int show_live(HttpClient& client, std::chrono::seconds interval) {
  Result<MetricsReading> now = fetch(client);
  if (!now) {
    return fail(now.error());
  }
  std::optional<MetricsReading> before;
  const bool has_color = std::getenv("NO_COLOR") == nullptr;
  Terminal terminal;
  while (true) {
    const auto [columns, rows] = terminal.size();
    if (now) {
      terminal.show(render_top(before ? &*before : nullptr, *now, {columns, rows, has_color}));
    } else {
      std::string line;
      append_printable(line, now.error().to_string());
      terminal.show({line.substr(0, columns)});
    }
    const Terminal::Event event = terminal.wait(Clock::now() + interval);
    if (event == Terminal::Event::kQuit) {
      return kExitOk;
    }
    if (event == Terminal::Event::kTimeout) {
      before = now ? std::optional(std::move(*now)) : std::nullopt;
      now = fetch(client);
    }
  }
}

}  // namespace

int top_command(const Options& options) {
  ::signal(SIGPIPE, SIG_IGN);  // a connection that is closed is an error of the write
  Result<HttpClient> client = make_client(options.url);
  if (!client) {
    return fail(
        Error{"'" + options.url + "' is no address of the form http://HOST:PORT/PATH", 0, ""});
  }
  if (options.once || ::isatty(STDOUT_FILENO) == 0) {
    return print_once(*client);
  }
  return show_live(*client, std::chrono::seconds(options.interval_s));
}

}  // namespace saker
