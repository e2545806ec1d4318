// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.h"
#include "cmd/control_client.h"
#include "cmd/status_text.h"
#include "engine/base/diagnostic.h"
#include "engine/base/json.h"
#include "engine/rules/action.h"

namespace saker {

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
  const std::string request =
      R"({"command": "enforce")" + (only_asks ? "}" : R"(, "mode": ")" + options.mode + "\"}");
  const auto answer = call_sensor(
      options, {.request = request,
                .timeout = kReloadTimeout,
                .refused = only_asks ? "the sensor does not tell" : "the mode in force stays"});
  if (!answer) {
    return kExitFailure;
  }
  const JsonValue state = answer->root();
  std::fputs((options.json ? state.to_json() + '\n' : enforcement_text(state)).c_str(), stdout);
  return kExitOk;
}

}  // namespace saker
