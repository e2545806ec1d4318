// SPDX-License-Identifier: Apache-2.0
#include "cmd/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/container_lookup.h"
#include "cmd/dry_run.h"
#include "cmd/kept_policies.h"
#include "cmd/kernel_rules.h"
#include "cmd/log.h"
#include "cmd/metrics_snapshot.h"
#include "cmd/name_resolver.h"
#include "cmd/privileges.h"
#include "cmd/run_file.h"
#include "cmd/service_manager.h"
#include "cmd/services.h"
#include "cmd/setup.h"
#include "cmd/signals.h"
#include "engine/alert.h"
#include "engine/base/clock.h"
#include "engine/state/container_reader.h"
#include "engine/state/proc_scan.h"
#include "probes/live_source.h"

namespace saker {
namespace {

constexpr uint64_t kHousekeepingNs = 1'000'000'000;
// So that no figure of a quiet host is older.
constexpr int kMetricsIdleMs = 1000;
constexpr DrainLimits kDrain{std::chrono::seconds(5), std::chrono::seconds(2)};

uint64_t time_of(std::span<const std::byte> record) {
  ev_header header{};
  std::memcpy(&header, record.data(), sizeof(header));
  return header.boot_ns;
}

int fail(const Error& error) {
  log_error(error.to_string());
  return kExitFailure;
}

// Null when the configuration does not want one.
Result<std::unique_ptr<NameResolver>> start_resolver(const Setup& setup) {
  if (!setup.config.resolve_host_names) {
    return std::unique_ptr<NameResolver>();
  }
  return NameResolver::start(setup.rules->program().host_names(), {});
}

// Null when the path is empty.
Result<std::unique_ptr<CaptureWriter>> create_capture(const std::string& path,
                                                      const SourceInfo& info) {
  return path.empty() ? std::unique_ptr<CaptureWriter>() : CaptureWriter::create(path, info);
}

Result<std::unique_ptr<LiveSource>> open_source(const Setup& setup, bool is_recording) {
  KernelRules rules = kernel_rules(setup, is_recording);
  return open_live_source({.plans = std::move(rules.plans),
                           .ring_bytes = setup.config.ring_bytes,
                           .filter = rules.filter,
                           .may_decide = !is_recording,
                           .hook_means = setup.hook_means,
                           .enforcement = setup.config.enforcement_options,
                           .hook_calls = hook_calls(),
                           .count_runs = setup.config.count_bpf_runs,
                           .guard = setup.config.self_protection.enabled && !is_recording});
}

// A recording shows what rules could decide about, and decides nothing.
Options options_of_run(Options options, bool is_recording) {
  options.is_sensor = true;
  if (is_recording) {
    options.overrides.emplace_back("enforcement.mode=off");
  }
  return options;
}

// What watch() works with; all borrowed.
struct WatchParts {
  const Setup& setup;
  LiveSource& source;
  Dispatcher& dispatcher;
  Services& services;
  ServiceManager& manager;
  const RunFile* run_file = nullptr;              // null: none is kept
  std::unique_ptr<NameResolver> names = nullptr;  // null: no rule names a host
  CaptureWriter* capture = nullptr;
  uint32_t stop_after_s = 0;
};

// What has been learnt of the hosts that rules name.
template <typename Feed>
void take_host_names(Pipeline& pipeline, const Feed& feed) {
  if (NameResolver* names = pipeline.rules().names.get(); names != nullptr) {
    names->take(feed);
  }
}

void publish_figures(const Pipeline& pipeline, Services& services) {
  MetricsSnapshot figures = pipeline.snapshot();
  figures.reloads = services.reloader().counts();
  services.metrics().publish(std::move(figures));
}

// How long the reader may wait for an event.
int idle_ms(const WatchParts& parts) {
  int longest = Housekeeping().idle_ms;
  if (parts.services.is_monitored()) {
    longest = std::min(longest, kMetricsIdleMs);
  }
  if (const auto interval = parts.manager.feeding_interval()) {
    longest = static_cast<int>(std::min<int64_t>(longest, interval->count()));
  }
  return longest;
}

// From sensors that have ended and left programs in force.
Result<void> take_over(LiveSource& source) {
  const Result<LeftDecisions> left = source.take_over();
  if (!left) {
    return left.error();
  }
  if (left->sensors != 0) {
    log_warning(left_decisions_text(*left));
  }
  return {};
}

// Null when none is to be kept, or cannot be: the sensor does its work all the same.
std::unique_ptr<RunFile> begin_run_file(const SelfProtectionConfig& config, bool is_recording) {
  if (config.run_file.empty() || is_recording) {
    return nullptr;
  }
  Result<std::unique_ptr<RunFile>> begun = RunFile::begin(config.run_file);
  if (!begun) {
    log_warning("the next start will not know how this run has ended: " +
                begun.error().to_string());
    return nullptr;
  }
  return std::move(*begun);
}

// Reads /proc and then the source, until it ends.
Result<void> watch(WatchParts parts) {
  const Setup& setup = parts.setup;
  ProcScan scan;
  ProcScan healing_scan;  // its own: it is used while a record of the other one is applied
  ContainerLookup containers(
      [reader = ContainerReader(setup.config.containers)](const ContainerIdentity& container) {
        return reader.read(container);
      });
  Pipeline pipeline(
      {.rules = setup.rules,
       .generation = parts.services.first_generation(),
       .names = std::move(parts.names),
       .offer = &parts.services.offer(),
       .source = &parts.source,
       .dispatcher = &parts.dispatcher,
       .capture = parts.capture,
       .process_limit = setup.config.process_limit,
       .healer = [&](uint32_t pid,
                     const Tracker::Emit& emit) { return healing_scan.scan_one(pid, emit); },
       .containers = &containers,
       .live = &parts.source});
  const auto feed = [&](std::span<const std::byte> record) { process(record, pipeline); };
  scan.scan_users(feed);
  scan.scan_all(feed);
  take_host_names(pipeline, feed);
  if (Result<void> taken = take_over(parts.source); !taken) {
    return taken;
  }
  if (parts.run_file != nullptr && parts.run_file->left()) {
    pipeline.submit_and_log(
        make_left_run_alert(*parts.run_file->left(), pipeline.origin_at(boot_clock_ns())));
  }
  publish_figures(pipeline, parts.services);
  log_info("watching with " + std::to_string(setup.rules->rules().size()) + " rules; " +
           std::to_string(pipeline.tracker().processes().size()) + " processes are running");
  parts.manager.tell_ready(watching_status(setup.rules->rules().size(), setup.version));
  if (parts.stop_after_s != 0) {
    ::alarm(parts.stop_after_s);
  }
  Housekeeping housekeeping;
  housekeeping.run = [&](uint64_t now_boot_ns) {
    if (scan.users_changed()) {
      scan.scan_users(feed);
    }
    pipeline.look_for_new_rules();
    take_host_names(pipeline, feed);
    pipeline.report_problems(now_boot_ns);
    for (const ReloadStatus::Attempt& failure : parts.services.reloader().take_failures()) {
      parts.dispatcher.submit(make_reload_alert(failure, pipeline.origin_at(now_boot_ns)));
    }
    publish_figures(pipeline, parts.services);
    parts.manager.feed_watchdog(boot_clock_ns());
  };
  housekeeping.idle_ms = idle_ms(parts);
  Result<void> result = run_loop(parts.source, pipeline, housekeeping);
  parts.manager.tell_stopping();
  parts.dispatcher.stop(kDrain);
  std::fputs(render(pipeline.summary()).c_str(), stderr);
  return result;
}

}  // namespace

void process(std::span<const std::byte> record, Pipeline& pipeline) {
  pipeline.evaluation_times().begin();
  Event& event = pipeline.event();
  if (!pipeline.count_record(event.decode(record))) {  // 3 decode
    return;
  }
  pipeline.tracker().apply(event);  // 4 track
  // After what healed the event's process, so that a replay sees both in this order.
  pipeline.record(record);
  if (event.is_matchable()) {
    RunningRules& rules = pipeline.rules_for_event();
    const auto matched = rules.matcher.match(event);  // 5 match
    pipeline.evaluation_times().end();
    event.show_outcome();
    pipeline.count_event(event, !matched.empty());
    for (const uint32_t index : matched) {
      ++rules.alerts[index];
      const Rule& rule = rules.rules->rules()[index];
      pipeline.dispatcher().submit(describe(event, rule));  // 6 describe, 7 queue; 8 is the sinks'
    }
    if (const Rule* unnamed = pipeline.count_decision(event, *rules.rules, matched)) {
      pipeline.dispatcher().submit(describe(event, *unnamed));
    }
  } else if (event.guard() != nullptr) {
    pipeline.report_tampering(event);
  }
  pipeline.tracker().finish(event);
}

Result<void> run_loop(EventSource& source, Pipeline& pipeline, const Housekeeping& housekeeping) {
  uint64_t housekeeping_due_ns = 0;
  while (true) {
    std::span<const std::byte> record;
    switch (source.next(record, housekeeping.idle_ms)) {  // 1 was the probe, 2 read
      case EventSource::Next::kRecord:
        if (const uint64_t now = time_of(record); now >= housekeeping_due_ns) {
          housekeeping_due_ns = now + kHousekeepingNs;
          housekeeping.run(now);
        }
        process(record, pipeline);
        break;
      case EventSource::Next::kIdle:
        housekeeping.run(boot_clock_ns());
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

namespace {

// What a run is made of before anything else is started; all borrowed.
struct RunParts {
  const Options& options;
  const Setup& setup;
  LiveSource& source;
  std::unique_ptr<NameResolver> names;
  CaptureWriter* capture;
  const RunFile* run_file;
  std::shared_ptr<const DryRunReport> dry_run;
};

// Starts the outputs and the services, and watches until the source ends.
Result<void> watch_with_outputs(RunParts parts) {
  std::optional<Error> broken_output;  // written by an output's thread, read after it has ended
  auto dispatcher =
      start_outputs(parts.setup.config, AlertQueue::WhenFull::kDropOldest, [&](const Error& error) {
        broken_output = error;
        parts.source.stop();
      });
  if (!dispatcher) {
    return dispatcher.error();
  }
  const ReopenSignal reopen_signal(**dispatcher);
  ServiceManager manager;
  const auto services = Services::start({.options = parts.options,
                                         .setup = parts.setup,
                                         .source = parts.source,
                                         .dispatcher = **dispatcher,
                                         .manager = manager,
                                         .is_recording = parts.capture != nullptr,
                                         .dry_run = parts.dry_run});
  if (!services) {
    return services.error();
  }
  Result<void> result = watch({.setup = parts.setup,
                               .source = parts.source,
                               .dispatcher = **dispatcher,
                               .services = **services,
                               .manager = manager,
                               .run_file = parts.run_file,
                               .names = std::move(parts.names),
                               .capture = parts.capture,
                               .stop_after_s = parts.options.stop_after_s});
  if (result && broken_output) {
    return *broken_output;
  }
  return result;
}

}  // namespace

int run_live(const Options& given, const std::string& capture_path) {
  const Options options = options_of_run(given, !capture_path.empty());
  const Result<Setup> setup = load_setup(options);
  if (!setup) {
    return kExitFailure;
  }
  if (options.dry_run) {
    log_info("configuration and " + std::to_string(setup->rules->rules().size()) +
             " rules are fine; nothing is watched (--dry-run)");
    return kExitOk;
  }
  // First of all, so that the answers are there when the probes are.
  auto names = start_resolver(*setup);
  if (!names) {
    return fail(names.error());
  }
  auto dry_run = try_rules(*setup);
  const auto source = open_source(*setup, !capture_path.empty());
  if (!source) {
    return fail(source.error());
  }
  const StopSignals signals(**source);
  if (const Result<void> kept = keep_sensor_privileges(setup->hook_means); !kept) {
    return fail(kept.error());
  }
  const auto capture = create_capture(capture_path, (*source)->info());
  if (!capture) {
    return fail(capture.error());
  }
  const auto run_file = begin_run_file(setup->config.self_protection, *capture != nullptr);
  Result<void> result = watch_with_outputs({.options = options,
                                            .setup = *setup,
                                            .source = **source,
                                            .names = std::move(*names),
                                            .capture = capture->get(),
                                            .run_file = run_file.get(),
                                            .dry_run = std::move(dry_run)});
  if (*capture != nullptr) {
    if (const Result<void> closed = (*capture)->close(); result) {
      result = closed;
    }
  }
  return result ? kExitOk : fail(result.error());
}

int run_command(const Options& options) { return run_live(options, ""); }

}  // namespace saker
