// SPDX-License-Identifier: Apache-2.0
#include "cmd/control_commands.h"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "cmd/losses.h"
#include "cmd/process_usage.h"
#include "engine/base/json.h"
#include "outputs/json.h"
#include "outputs/time_text.h"

namespace saker {
namespace {

using Answer = ControlServer::Answer;

Answer at_once(std::string text) {
  return [text = std::move(text)] { return text; };
}

void write_text(JsonWriter& json, std::string_view key, std::string_view value) {
  json.key(key);
  json.text(value);
}

void write_number(JsonWriter& json, std::string_view key, uint64_t value) {
  json.key(key);
  json.unsigned_integer(value);
}

void write_attempt(JsonWriter& json, const ReloadStatus::Attempt& attempt) {
  json.begin_object();
  write_number(json, "number", attempt.number);
  write_text(json, "cause", attempt.cause);
  write_text(json, "result", attempt.problem.empty() ? "ok" : "failed");
  write_text(json, "problem", attempt.problem);
  write_text(json, "time", utc_time(attempt.time_ns));
  json.key("compile_ms");
  json.real(static_cast<double>(attempt.compile_ns) / 1e6);
  json.key("install_ms");
  json.real(static_cast<double>(attempt.install_ns) / 1e6);
  json.end_object();
}

void write_reloads(JsonWriter& json, const ReloadStatus& status) {
  json.begin_object();
  write_number(json, "succeeded", status.counts.succeeded);
  write_number(json, "failed", status.counts.failed);
  json.key("last");
  if (status.last) {
    write_attempt(json, *status.last);
  } else {
    json.null();
  }
  json.end_object();
}

void write_files(JsonWriter& json, const std::vector<LoadedFile>& files) {
  json.begin_array();
  for (const LoadedFile& file : files) {
    json.begin_object();
    write_text(json, "path", file.path);
    write_text(json, "fingerprint", file.fingerprint);
    json.end_object();
  }
  json.end_array();
}

void write_losses(JsonWriter& json, const MetricsExchange& metrics) {
  const auto latest = metrics.latest();
  const std::vector<Loss> losses = latest == nullptr ? std::vector<Loss>() : latest->losses;
  json.begin_object();
  write_number(json, "total", total(losses));
  write_text(json, "details", to_text(losses));
  json.end_object();
}

Answer answer_status(const ControlParts& parts, JsonValue /*request*/) {
  const ReloadStatus status = parts.reloader.status();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.key("ok");
  json.boolean(true);
  write_number(json, "pid", static_cast<uint64_t>(::getpid()));
  write_text(json, "saker_version", SAKER_VERSION);
  const double started_s = read_process_usage().start_time_seconds;
  write_text(json, "started", utc_time(static_cast<int64_t>(started_s * 1e9)));
  write_text(json, "version", status.version);
  write_number(json, "rules", status.rules);
  write_text(json, "since", utc_time(status.counts.since_ns));
  json.key("files");
  write_files(json, status.files);
  json.key("restart_needed_for");
  json.texts(status.restart_keys);
  json.key("kernel_filter");
  json.boolean(status.filters_in_kernel);
  write_text(json, "kernel_filter_overflow", status.filter_overflow);
  json.key("reloads");
  write_reloads(json, status);
  json.key("losses");
  write_losses(json, parts.metrics);
  json.end_object();
  return at_once(text);
}

std::string reload_answer(const ReloadStatus::Attempt& attempt) {
  if (!attempt.problem.empty()) {
    return refusal(attempt.problem);
  }
  return R"({"ok": true})";
}

Answer answer_reload(const ControlParts& parts, JsonValue request) {
  const uint64_t number = parts.reloader.request(ReloadCause::kCommand);
  if (!request["wait"].boolean().value_or(false)) {
    return at_once(R"({"ok": true})");
  }
  return [&reloader = parts.reloader, number]() -> std::optional<std::string> {
    const ReloadStatus status = reloader.status();
    if (!status.last || status.last->number < number) {
      return std::nullopt;
    }
    return reload_answer(*status.last);
  };
}

struct ControlCommand {
  std::string_view name;
  Answer (*answer)(const ControlParts& parts, JsonValue request);
};

constexpr ControlCommand kCommands[] = {
    {"reload", answer_reload},
    {"status", answer_status},
};

}  // namespace

Answer follow_request(const ControlParts& parts, std::string_view request) {
  const auto document = JsonDocument::parse(request);
  if (!document || !document->root().is_object()) {
    return at_once(refusal("a request is a JSON object"));
  }
  const std::string_view name = document->root()["command"].text();
  const auto command = std::ranges::find(kCommands, name, &ControlCommand::name);
  if (command == std::end(kCommands)) {
    return at_once(refusal("unknown command '" + std::string(name) + "'"));
  }
  return command->answer(parts, document->root());
}

}  // namespace saker
