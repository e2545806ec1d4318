// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <string>

#include "cmd/command.h"
#include "cmd/control_client.h"
#include "cmd/status_text.h"
#include "engine/base/json.h"

namespace saker {
namespace {

constexpr std::chrono::seconds kTimeout{10};

}  // namespace

int status_command(const Options& options) {
  const auto answer = call_sensor(options, {.request = R"({"command": "status"})",
                                            .timeout = kTimeout,
                                            .refused = "the sensor does not tell"});
  if (!answer) {
    return kExitFailure;
  }
  const JsonValue status = answer->root();
  std::fputs((options.json ? status.to_json() + '\n' : status_text(status)).c_str(), stdout);
  return kExitOk;
}

}  // namespace saker
