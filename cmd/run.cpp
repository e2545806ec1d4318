// SPDX-License-Identifier: Apache-2.0
#include "cmd/run.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/container_lookup.h"
#include "cmd/log.h"
#include "cmd/name_resolver.h"
#include "cmd/setup.h"
#include "cmd/signals.h"
#include "engine/alert.h"
#include "engine/base/clock.h"
#include "engine/event_catalog.h"
#include "engine/state/container_reader.h"
#include "engine/state/proc_scan.h"
#include "probes/live_source.h"

namespace saker {
namespace {

constexpr uint64_t kHousekeepingNs = 1'000'000'000;
// How long next() may wait when nothing happens; only losses are looked at then.
constexpr int kIdleMs = 10'000;
constexpr auto kDrainTime = std::chrono::seconds(5);

uint64_t time_of(std::span<const std::byte> record) {
  ev_header header{};
  std::memcpy(&header, record.data(), sizeof(header));
  return header.boot_ns;
}

int fail(const Error& error) {
  log_error(error.to_string());
  return kExitFailure;
}

// Null when neither rules nor a capture file need metadata of containers.
std::unique_ptr<ContainerLookup> start_lookup(const Setup& setup, const CaptureWriter* capture) {
  if (!setup.rules->needs_containers() && capture == nullptr) {
    return nullptr;
  }
  return std::make_unique<ContainerLookup>(
      [reader = ContainerReader(setup.config.containers)](const ContainerIdentity& container) {
        return reader.read(container);
      });
}

// Reads /proc and then the source, until it ends.
Result<void> watch(const Setup& setup, EventSource& source, Dispatcher& dispatcher,
                   CaptureWriter* capture, NameResolver* names, uint32_t stop_after_s) {
  ProcScan scan;
  ProcScan healing_scan;  // its own: it is used while a record of the other one is applied
  const std::unique_ptr<ContainerLookup> containers = start_lookup(setup, capture);
  Pipeline pipeline(
      {.rules = setup.rules,
       .source = &source,
       .dispatcher = &dispatcher,
       .capture = capture,
       .process_limit = setup.config.process_limit,
       .healer = [&](uint32_t pid,
                     const Tracker::Emit& emit) { return healing_scan.scan_one(pid, emit); },
       .containers = containers.get()});
  const auto feed = [&](std::span<const std::byte> record) { process(record, pipeline); };
  scan.scan_users(feed);
  scan.scan_all(feed);
  if (names != nullptr) {
    names->take(feed);
  }
  log_info("watching with " + std::to_string(setup.rules->rules().size()) + " rules; " +
           std::to_string(pipeline.tracker().processes().size()) + " processes are running");
  if (stop_after_s != 0) {
    ::alarm(stop_after_s);
  }
  Result<void> result = run_loop(source, pipeline, [&](uint64_t now_boot_ns) {
    if (scan.users_changed()) {
      scan.scan_users(feed);
    }
    if (names != nullptr) {
      names->take(feed);
    }
    pipeline.report_losses(now_boot_ns);
  });
  dispatcher.stop(kDrainTime);
  std::fputs(render(pipeline.summary()).c_str(), stderr);
  return result;
}

}  // namespace

void process(std::span<const std::byte> record, Pipeline& pipeline) {
  Event& event = pipeline.event();
  if (!pipeline.count_record(event.decode(record))) {  // 3 decode
    return;
  }
  pipeline.tracker().apply(event);  // 4 track
  // After what healed the event's process, so that a replay sees both in this order.
  pipeline.record(record);
  if (event.is_matchable()) {
    pipeline.count_event(event);
    for (const uint32_t index : pipeline.matcher().match(event)) {  // 5 match
      pipeline.count_alert(index);
      const Rule& rule = pipeline.matcher().rules().rules()[index];
      pipeline.dispatcher().submit(describe(event, rule));  // 6 describe, 7 queue; 8 is the sinks'
    }
  }
  pipeline.tracker().finish(event);
}

Result<void> run_loop(EventSource& source, Pipeline& pipeline, const Housekeeping& housekeeping) {
  uint64_t housekeeping_due_ns = 0;
  while (true) {
    std::span<const std::byte> record;
    switch (source.next(record, kIdleMs)) {  // 1 was the probe, 2 read
      case EventSource::Next::kRecord:
        if (const uint64_t now = time_of(record); now >= housekeeping_due_ns) {
          housekeeping_due_ns = now + kHousekeepingNs;
          housekeeping(now);
        }
        process(record, pipeline);
        break;
      case EventSource::Next::kIdle:
        housekeeping(boot_clock_ns());
        break;
      case EventSource::Next::kEnd:
        return {};
      case EventSource::Next::kFailed:
        return source.error();
    }
    if (pipeline.capture_error()) {
      return *pipeline.capture_error();
    }
  }
}

int run_live(const Options& options, const std::string& capture_path) {
  std::optional<Setup> setup = load_setup(options);
  if (!setup) {
    return kExitFailure;
  }
  if (options.dry_run) {
    log_info("configuration and " + std::to_string(setup->rules->rules().size()) +
             " rules are fine; nothing is watched (--dry-run)");
    return kExitOk;
  }
  // First of all, so that the answers are there when the probes are.
  std::unique_ptr<NameResolver> names;
  if (setup->config.resolve_host_names) {
    auto started = NameResolver::start(setup->rules->program().host_names(), {});
    if (!started) {
      return fail(started.error());
    }
    names = std::move(*started);
  }
  LiveOptions live;
  live.plans = EventCatalog::builtin().capture_plans(setup->rules->wanted_events());
  live.ring_bytes = setup->config.ring_bytes;
  auto opened = open_live_source(live);
  if (!opened) {
    return fail(opened.error());
  }
  EventSource& source = **opened;
  const StopSignals signals(source);

  std::unique_ptr<CaptureWriter> capture;
  if (!capture_path.empty()) {
    auto created = CaptureWriter::create(capture_path, source.info());
    if (!created) {
      return fail(created.error());
    }
    capture = std::move(*created);
  }
  std::optional<Error> broken_output;  // written by an output's thread, read after it has ended
  auto dispatcher =
      start_outputs(setup->config, Dispatcher::WhenFull::kDropOldest, [&](const Error& error) {
        broken_output = error;
        source.stop();
      });
  if (!dispatcher) {
    return fail(dispatcher.error());
  }
  Result<void> result =
      watch(*setup, source, **dispatcher, capture.get(), names.get(), options.stop_after_s);
  if (result && capture != nullptr) {
    result = capture->close();
  }
  if (result && broken_output) {
    result = *broken_output;
  }
  return result ? kExitOk : fail(result.error());
}

int run_command(const Options& options) { return run_live(options, ""); }

}  // namespace saker
