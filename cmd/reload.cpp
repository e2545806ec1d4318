// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <string>

#include "cmd/command.h"
#include "cmd/control_client.h"
#include "cmd/log.h"
#include "cmd/setup.h"
#include "engine/base/json.h"

namespace saker {
namespace {

// A reload takes some tenths of a second; the sensor itself waits 10 s for a reader that is late.
constexpr std::chrono::seconds kTimeout{60};

}  // namespace

int reload_command(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  const auto answer = ask_sensor(
      loaded->config.control_socket,
      std::string(R"({"command": "reload", "wait": )") + (options.wait ? "true}" : "false}"),
      kTimeout);
  if (!answer) {
    log_error(answer.error().to_string());
    return kExitFailure;
  }
  const auto document = JsonDocument::parse(*answer);
  if (!document || !document->root()["ok"].boolean().value_or(false)) {
    log_error("the rules in force stay: " +
              std::string(document ? document->root()["error"].text() : *answer));
    return kExitFailure;
  }
  return kExitOk;
}

}  // namespace saker
