// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <string>

#include "cmd/command.h"
#include "cmd/control_client.h"
#include "cmd/log.h"
#include "cmd/setup.h"
#include "cmd/status_text.h"
#include "engine/base/json.h"

namespace saker {
namespace {

constexpr std::chrono::seconds kTimeout{10};

}  // namespace

int status_command(const Options& options) {
  const Result<LoadedConfig> loaded = load_config(options);
  if (!loaded) {
    return kExitFailure;
  }
  const auto answer =
      ask_sensor(loaded->config.control_socket, R"({"command": "status"})", kTimeout);
  if (!answer) {
    log_error(answer.error().to_string());
    return kExitFailure;
  }
  const auto document = JsonDocument::parse(*answer);
  if (!document || !document->root()["ok"].boolean().value_or(false)) {
    log_error("the sensor does not tell: " +
              std::string(document ? document->root()["error"].text() : *answer));
    return kExitFailure;
  }
  std::fputs((options.json ? *answer + '\n' : status_text(document->root())).c_str(), stdout);
  return kExitOk;
}

}  // namespace saker
