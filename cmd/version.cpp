// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "cmd/command.h"
#include "probes/wire.h"

namespace saker {

int version_command(const Options& /*options*/) {
  std::printf("saker %s (capture format %d)\n", SAKER_VERSION, EV_WIRE_VERSION);
  return kExitOk;
}

}  // namespace saker
