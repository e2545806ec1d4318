// SPDX-License-Identifier: Apache-2.0
#include "cmd/command.h"
#include "cmd/control_client.h"

namespace saker {

int reload_command(const Options& options) {
  const auto answer =
      call_sensor(options, {.request = options.wait ? R"({"command": "reload", "wait": true})"
                                                    : R"({"command": "reload"})",
                            .timeout = kReloadTimeout,
                            .refused = "the rules in force stay"});
  return answer ? kExitOk : kExitFailure;
}

}  // namespace saker
