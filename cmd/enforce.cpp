// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/control_client.h"
#include "cmd/kept_policies.h"
#include "cmd/log.h"
#include "cmd/status_text.h"
#include "engine/base/check.h"
#include "engine/base/diagnostic.h"
#include "engine/base/json.h"
#include "engine/rules/action.h"
#include "outputs/json.h"
#include "probes/pins.h"

namespace saker {
namespace {

// What `saker enforce status` shows where no sensor is there to tell.
std::string describe_kept(std::span<const LeftPins> kept) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.boolean("ok", true);
  json.key("kept");
  write_kept(json, kept);
  json.end_object();
  return text;
}

void show(const Options& options, const JsonValue& state) {
  std::fputs((options.json ? state.to_json() + '\n' : enforcement_text(state)).c_str(), stdout);
}

// Of programs that are in force without a sensor.
int enforce_without_sensor(const Options& options, std::vector<LeftPins> kept, bool removes) {
  if (removes) {
    log_warning("no sensor runs; the programs that an ended one has left in force are removed");
    const Result<std::vector<LeftPins>> removed = remove_left_pins(std::string(kPinRoot));
    if (!removed) {
      log_error(removed.error().to_string());
      return kExitFailure;
    }
    log_info(left_decisions_text(decisions_of(*removed)));
    kept.clear();
  }
  const auto document = JsonDocument::parse(describe_kept(kept));
  SAKER_CHECK(document);
  show(options, document->root());
  return kExitOk;
}

}  // namespace

int enforce_command(const Options& options) {
  constexpr std::string_view kDryRun = "dry-run";
  if (options.mode == kDryRun) {
    return dry_run_command(options);
  }
  if (!options.rules.empty()) {
    std::fputs("saker enforce: -r is for 'saker enforce dry-run'; a running sensor has its rules\n",
               stderr);
    return kExitUsage;
  }
  std::vector<std::string_view> words{"status", kDryRun};
  words.insert(words.end(), kEnforcements.begin(), kEnforcements.end());
  const auto word = std::ranges::find(words, options.mode);
  if (word == words.end()) {
    const std::string hint = did_you_mean(options.mode, words);
    std::fprintf(stderr, "saker enforce: unknown mode '%s'; %s\n", options.mode.c_str(),
                 hint.empty() ? "'saker enforce --help' shows them" : hint.c_str());
    return kExitUsage;
  }
  const bool only_asks = word == words.begin();
  if (const bool removes = options.mode == to_string(Enforcement::kOff); only_asks || removes) {
    std::vector<LeftPins> kept = find_left_pins(std::string(kPinRoot));
    if (!kept.empty() && !has_sensor(options)) {
      return enforce_without_sensor(options, std::move(kept), removes);
    }
  }
  const std::string request =
      R"({"command": "enforce")" + (only_asks ? "}" : R"(, "mode": ")" + options.mode + "\"}");
  const auto answer = call_sensor(
      options, {.request = request,
                .timeout = kReloadTimeout,
                .refused = only_asks ? "the sensor does not tell" : "the mode in force stays"});
  if (!answer) {
    return kExitFailure;
  }
  show(options, answer->root());
  return kExitOk;
}

}  // namespace saker
