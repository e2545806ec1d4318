// SPDX-License-Identifier: Apache-2.0
#include "cmd/endpoints.h"

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/metrics.h"
#include "cmd/process_usage.h"
#include "cmd/prometheus_text.h"
#include "engine/rules/loader.h"
#include "outputs/json.h"
#include "probes/wire.h"

namespace saker {
namespace {

// {"status": "ok"} as Falco answers, or what is wrong.
HttpResponse status_response(const std::string& problem) {
  if (problem.empty()) {
    return {.body = "{\"status\": \"ok\"}"};
  }
  HttpResponse response{.status = 503};
  JsonWriter json(response.body);
  json.begin_object();
  json.text("status", "failing");
  json.text("reason", problem);
  json.end_object();
  return response;
}

}  // namespace

struct Endpoints::Row {
  std::string_view path;  // empty: the configured one
  HttpResponse (Endpoints::*respond)(Clock::time_point now) const;
};

const Endpoints::Row Endpoints::kRows[] = {
    {"", &Endpoints::health},
    {"/readyz", &Endpoints::readiness},
    {"/metrics", &Endpoints::metrics},
    {"/versions", &Endpoints::versions},
};

Endpoints::Endpoints(const Config& config, const MetricsExchange& snapshots,
                     const Dispatcher& dispatcher)
    : snapshots_(snapshots),
      dispatcher_(dispatcher),
      health_path_(config.web_server.health_path),
      serves_metrics_(config.metrics_enabled && config.web_server.serves_metrics) {}

HttpResponse Endpoints::respond(const std::string& path, Clock::time_point now) const {
  for (const Row& row : kRows) {
    if (path == (row.path.empty() ? std::string_view(health_path_) : row.path)) {
      return (this->*row.respond)(now);
    }
  }
  return plain_response(404);
}

std::string Endpoints::reader_problem(Clock::time_point now) const {
  const auto latest = snapshots_.latest();
  const auto heard = latest == nullptr ? started_ : latest->taken;
  const auto silence = std::chrono::duration_cast<std::chrono::seconds>(now - heard);
  return silence <= kMaxSilence ? std::string()
                                : "no event was looked at for " + std::to_string(silence.count()) +
                                      " s: the reader hangs";
}

// Errors are for the log: they may name hosts and paths.
std::string Endpoints::failing_outputs() const {
  std::string names;
  for (const SinkStats& output : dispatcher_.stats()) {
    if (output.failing) {
      names += names.empty() ? "failing outputs: " : ", ";
      names += output.name;
    }
  }
  return names;
}

HttpResponse Endpoints::health(Clock::time_point now) const {
  return status_response(reader_problem(now));
}

HttpResponse Endpoints::readiness(Clock::time_point now) const {
  std::string problem = reader_problem(now);
  if (problem.empty() && snapshots_.latest() == nullptr) {
    problem = "starting: the processes that run are being read";
  }
  if (problem.empty()) {
    problem = failing_outputs();
  }
  return status_response(problem);
}

HttpResponse Endpoints::metrics(Clock::time_point /*now*/) const {
  if (!serves_metrics_) {
    return {404, "text/plain",
            "set metrics.enabled and webserver.prometheus_metrics_enabled to true\n"};
  }
  const auto latest = snapshots_.latest();
  if (latest == nullptr) {
    return plain_response(503);
  }
  return {.content_type = "text/plain; version=0.0.4",
          .body = to_prometheus_text(collect_metrics(
              {*latest, dispatcher_.stats(), read_process_usage()}, dispatcher_.metrics()))};
}

HttpResponse Endpoints::versions(Clock::time_point /*now*/) const {
  HttpResponse response;
  JsonWriter json(response.body);
  json.begin_object();
  json.text("saker_version", SAKER_VERSION);
  json.text("engine_version_semver", kLanguageVersion);
  json.unsigned_integer("capture_format_version", EV_WIRE_VERSION);
  json.end_object();
  return response;
}

}  // namespace saker
