// SPDX-License-Identifier: Apache-2.0
// Run: the loop of the data path, shared by the commands run, record and replay.
#ifndef SAKER_CMD_RUN_H
#define SAKER_CMD_RUN_H

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "cmd/options.h"
#include "cmd/pipeline.h"
#include "engine/base/result.h"
#include "probes/event_source.h"

namespace saker {

// Steps 3 to 7 for one record; step 8 follows on the threads of the outputs.
void process(std::span<const std::byte> record, Pipeline& pipeline);

// What the reader does beside events: about once a second of their time, and each time when nothing
// happened for `idle_ms`.
struct Housekeeping {
  // `is_complete`: all records that were made before `now_boot_ns` have been processed.
  std::function<void(uint64_t now_boot_ns, bool is_complete)> run;
  int idle_ms = 10'000;
};

// Reads the source until it ends: all eight steps.
Result<void> run_loop(EventSource& source, Pipeline& pipeline, const Housekeeping& housekeeping);

// The commands run and record: watches this host until a signal or -M ends it. Every record goes to
// `capture_path` too, unless that is empty. Returns the exit status.
int run_live(const Options& options, const std::string& capture_path);

}  // namespace saker

#endif  // SAKER_CMD_RUN_H
