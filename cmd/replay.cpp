// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <optional>
#include <string>

#include "cmd/command.h"
#include "cmd/log.h"
#include "cmd/run.h"
#include "cmd/setup.h"
#include "cmd/signals.h"
#include "probes/replay_source.h"

namespace saker {
namespace {

// Nothing may be lost while there is hope; a second signal kills.
constexpr DrainLimits kDrain{std::chrono::hours(24), std::chrono::seconds(30)};

int fail(const Error& error) {
  log_error(error.to_string());
  return kExitFailure;
}

void print_stats(uint64_t events, std::chrono::nanoseconds time) {
  const auto ns = static_cast<double>(time.count());
  const auto count = static_cast<double>(events);
  std::fprintf(stderr, "%.0f ns per event, %.0f events per second\n",
               events == 0 ? 0.0 : ns / count, ns == 0 ? 0.0 : count * 1e9 / ns);
}

}  // namespace

int replay_command(const Options& options) {
  const Result<Setup> setup = load_setup(options);
  if (!setup) {
    return kExitFailure;
  }
  const auto opened = open_replay_source(options.files.front());
  if (!opened) {
    return fail(opened.error());
  }
  EventSource& source = **opened;
  const StopSignals signals(source);
  std::optional<Error> broken_output;  // written by an output's thread, read after it has ended
  const auto dispatcher =
      start_outputs(setup->config, AlertQueue::WhenFull::kWait, [&](const Error& error) {
        broken_output = error;
        source.stop();
      });
  if (!dispatcher) {
    return fail(dispatcher.error());
  }
  // No healer: what was read from /proc while recording is in the file.
  Pipeline pipeline({.rules = setup->rules,
                     .source = &source,
                     .dispatcher = dispatcher->get(),
                     .process_limit = setup->config.process_limit});
  const auto started = std::chrono::steady_clock::now();
  Result<void> result = run_loop(source, pipeline, {.run = [](uint64_t, bool) {}});
  const auto time = std::chrono::steady_clock::now() - started;
  (*dispatcher)->stop(kDrain);
  std::fputs(render(pipeline.summary()).c_str(), stderr);
  if (options.stats) {
    print_stats(pipeline.events(), time);
  }
  if (result && broken_output) {
    result = *broken_output;
  }
  if (result && pipeline.undecodable() != 0) {
    result = Error{"'" + options.files.front() + "' holds " +
                       std::to_string(pipeline.undecodable()) + " records that cannot be decoded",
                   0, "the file is corrupt"};
  }
  return result ? kExitOk : fail(result.error());
}

}  // namespace saker
