// SPDX-License-Identifier: Apache-2.0
#include "cmd/control_commands.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/kept_policies.h"
#include "cmd/losses.h"
#include "cmd/process_usage.h"
#include "engine/base/json.h"
#include "engine/decision.h"
#include "engine/rules/action.h"
#include "outputs/json.h"
#include "outputs/time_text.h"
#include "probes/enforcement.h"
#include "probes/pins.h"

namespace saker {
namespace {

using Answer = ControlServer::Answer;

// Of one mode, so that an answer is no page.
constexpr size_t kMaxRuleNames = 50;

Answer at_once(std::string text) {
  return [text = std::move(text)] { return text; };
}

void write_attempt(JsonWriter& json, const ReloadStatus::Attempt& attempt) {
  json.begin_object();
  json.unsigned_integer("number", attempt.number);
  json.text("cause", attempt.cause);
  json.text("result", attempt.problem.empty() ? "ok" : "failed");
  json.text("problem", attempt.problem);
  json.text("time", utc_time(attempt.time_ns));
  json.real("compile_ms", static_cast<double>(attempt.compile_ns) / 1e6);
  json.real("install_ms", static_cast<double>(attempt.install_ns) / 1e6);
  json.end_object();
}

void write_reloads(JsonWriter& json, const ReloadStatus& status) {
  json.begin_object();
  json.unsigned_integer("succeeded", status.counts.succeeded);
  json.unsigned_integer("failed", status.counts.failed);
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
    json.text("path", file.path);
    json.text("fingerprint", file.fingerprint);
    json.end_object();
  }
  json.end_array();
}

void write_losses(JsonWriter& json, const MetricsExchange& metrics) {
  const auto latest = metrics.latest();
  const std::vector<Loss> losses = latest == nullptr ? std::vector<Loss>() : latest->losses;
  json.begin_object();
  json.unsigned_integer("total", total(losses));
  json.text("details", to_text(losses));
  json.end_object();
}

void write_canary(JsonWriter& json, const MetricsExchange& metrics) {
  const auto latest = metrics.latest();
  const Canary::Counts counts = latest == nullptr ? Canary::Counts() : latest->canary;
  json.begin_object();
  json.unsigned_integer("sent", counts.sent);
  json.unsigned_integer("missing", counts.missing);
  json.end_object();
}

Answer answer_status(const ControlParts& parts, JsonValue /*request*/) {
  const ReloadStatus status = parts.reloader.status();
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.boolean("ok", true);
  json.unsigned_integer("pid", static_cast<uint64_t>(::getpid()));
  json.text("saker_version", SAKER_VERSION);
  const double started_s = read_process_usage().start_time_seconds;
  json.text("started", utc_time(static_cast<int64_t>(started_s * 1e9)));
  json.text("version", status.version);
  json.unsigned_integer("rules", status.rules->rules().size());
  json.text("since", utc_time(status.counts.since_ns));
  json.key("files");
  write_files(json, status.files);
  json.texts("restart_needed_for", status.restart_keys);
  json.boolean("kernel_filter", status.filters_in_kernel);
  json.text("kernel_filter_overflow", status.filter_overflow);
  json.key("reloads");
  write_reloads(json, status);
  json.key("losses");
  write_losses(json, parts.metrics);
  json.key("canary");
  write_canary(json, parts.metrics);
  json.end_object();
  return at_once(text);
}

// Gives what `describe` makes of the state of things when the reload of this number has succeeded.
template <typename Describe>
Answer when_reloaded(const Reloader& reloader, uint64_t number, const Describe& describe) {
  return [&reloader, number, describe]() -> std::optional<std::string> {
    const ReloadStatus status = reloader.status();
    if (!status.last || status.last->number < number) {
      return std::nullopt;
    }
    return status.last->problem.empty() ? describe(status) : refusal(status.last->problem);
  };
}

Answer answer_reload(const ControlParts& parts, JsonValue request) {
  const uint64_t number = parts.reloader.request(ReloadCause::kCommand);
  if (!request["wait"].boolean().value_or(false)) {
    return at_once(R"({"ok": true})");
  }
  return when_reloaded(parts.reloader, number,
                       [](const ReloadStatus&) -> std::string { return R"({"ok": true})"; });
}

// The rules with an action that are in this mode.
void write_acting_rules(JsonWriter& json, const RuleSet& rules, Enforcement mode) {
  std::vector<std::string_view> names;
  for (const Rule& rule : rules.rules()) {
    if (rule.action != RuleAction::kAlert && rule.enforcement == mode) {
      names.push_back(rule.name);
    }
  }
  json.begin_object();
  json.unsigned_integer("count", names.size());
  names.resize(std::min(names.size(), kMaxRuleNames));
  json.texts("names", names);
  json.end_object();
}

void write_decisions(JsonWriter& json, const MetricsExchange& metrics) {
  const auto latest = metrics.latest();
  const DecisionCounts counts = latest == nullptr ? DecisionCounts() : latest->decisions;
  json.begin_object();
  for (size_t i = EV_DECISION_NONE + 1; i < counts.by_hook.size(); ++i) {
    const auto& hooks = counts.by_hook[i];
    json.unsigned_integer(to_string(static_cast<ev_decision>(i)),
                          std::accumulate(hooks.begin(), hooks.end(), uint64_t{0}));
  }
  json.end_object();
}

std::string describe_enforcement(const ReloadStatus& status, const MetricsExchange& metrics) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.boolean("ok", true);
  json.text("mode", to_string(status.enforcement));
  json.text("on_exit", kOnExits[static_cast<size_t>(status.on_exit)]);
  json.begin_object("rules");
  for (size_t mode = 0; mode < kEnforcements.size(); ++mode) {
    json.key(kEnforcements[mode]);
    write_acting_rules(json, *status.rules, static_cast<Enforcement>(mode));
  }
  json.end_object();
  json.key("decisions");
  write_decisions(json, metrics);
  json.key("dry_run");
  if (status.dry_run != nullptr) {
    write_json(json, *status.dry_run);
  } else {
    json.null();
  }
  json.key("kept");
  write_kept(json, find_left_pins(std::string(kPinRoot)));
  json.end_object();
  return text;
}

Answer answer_enforce(const ControlParts& parts, JsonValue request) {
  const ReloadStatus status = parts.reloader.status();
  if (!request["mode"]) {
    return at_once(describe_enforcement(status, parts.metrics));
  }
  const std::string mode(request["mode"].text());
  if (std::ranges::find(kEnforcements, mode) == kEnforcements.end()) {
    return at_once(refusal("unknown mode '" + mode + "'"));
  }
  if (status.is_recording) {
    return at_once(refusal("a sensor that records decides nothing"));
  }
  const uint64_t number = parts.reloader.request_with("enforcement.mode", mode);
  return when_reloaded(parts.reloader, number,
                       [&metrics = parts.metrics, mode](const ReloadStatus& now) {
                         return to_string(now.enforcement) == mode
                                    ? describe_enforcement(now, metrics)
                                    : refusal("another reload at the same time has left it at '" +
                                              std::string(to_string(now.enforcement)) + "'");
                       });
}

struct ControlCommand {
  std::string_view name;
  Answer (*answer)(const ControlParts& parts, JsonValue request);
};

constexpr ControlCommand kCommands[] = {
    {"enforce", answer_enforce},
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
