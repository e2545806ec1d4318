// SPDX-License-Identifier: Apache-2.0
#include "cmd/command.h"
#include "cmd/run.h"

namespace saker {

int record_command(const Options& options) { return run_live(options, options.files.front()); }

}  // namespace saker
