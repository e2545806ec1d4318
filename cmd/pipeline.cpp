// SPDX-License-Identifier: Apache-2.0
#include "cmd/pipeline.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "cmd/log.h"
#include "cmd/unnamed_decision.h"
#include "engine/base/strings.h"
#include "engine/decision.h"

namespace saker {
namespace {

struct DecodeErrorName {
  DecodeError error;
  std::string_view name;
};
constexpr DecodeErrorName kDecodeErrors[] = {
    {DecodeError::kTooShort, "too_short"},       {DecodeError::kBadSize, "bad_size"},
    {DecodeError::kBadKind, "bad_kind"},         {DecodeError::kBadSection, "bad_section"},
    {DecodeError::kBadDecision, "bad_decision"}, {DecodeError::kUnknownEvent, "unknown_event"},
};

void log_lost_spool(const Config& config, const std::string& output) {
  log_error("the spool of output " + output + " was damaged and is set aside as " +
            config.spool.directory + "/" + output +
            ".db.damaged: alerts in it that were not sent are lost");
}

// /proc shows longer names of kernel threads than the kernel's filter can compare.
void tell_process(LiveSource& live, const Process& process) {
  if (process.comm.size() < EV_COMM_SIZE) {
    live.tell_process(process.key.pid, process.key.start_boot_ns, process.comm);
  }
}

// A container may be called "host", and rules cannot tell it from the host then.
void tell_cgroup(LiveSource& live, uint64_t cgroup_id, const ContainerIdentity& container) {
  live.tell_cgroup(cgroup_id, container.short_id() == ContainerIdentity().short_id()
                                  ? EV_PLACE_HOST
                                  : EV_PLACE_CONTAINER);
}

}  // namespace

Result<std::unique_ptr<Dispatcher>> start_outputs(const Config& config,
                                                  AlertQueue::WhenFull when_full,
                                                  Dispatcher::OnBroken on_broken) {
  auto dispatcher = std::make_unique<Dispatcher>(std::move(on_broken));
  const DispatchOptions options{
      .when_full = when_full, .queue_capacity = config.queue_capacity, .spool = config.spool};
  bool any = false;
  const auto outputs = builtin_outputs();
  for (size_t i = 0; i < outputs.size(); ++i) {
    const SinkSettings& settings = config.sinks[i];
    if (!settings.boolean("enabled")) {
      continue;
    }
    Result<std::unique_ptr<Sink>> sink =
        outputs[i].make(settings, AlertFormat(settings.text("format"), config.line));
    if (!sink) {
      return std::move(sink).error();
    }
    dispatcher->add(std::move(*sink), sink_options(settings, options));
    any = true;
  }
  if (!any) {
    return Error{"no output is enabled: alerts would go nowhere", 0,
                 "set stdout_output.enabled=true"};
  }
  if (Result<void> started = dispatcher->start(); !started) {
    return std::move(started).error();
  }
  for (const std::string& name : dispatcher->lost_spools()) {
    log_lost_spool(config, name);
  }
  return dispatcher;
}

Pipeline::Pipeline(Parts parts)
    : parts_(std::move(parts)),
      tracker_(tracker_options()),
      rules_(std::make_unique<RunningRules>(std::move(parts_.rules), parts_.generation,
                                            std::move(parts_.names)),
             parts_.offer) {}

Tracker::Options Pipeline::tracker_options() {
  Tracker::Options options;
  options.boot_to_epoch_ns = parts_.source->info().boot_to_epoch_ns;
  options.hostname = parts_.source->info().hostname;
  options.process_limit = parts_.process_limit;
  options.healer = parts_.healer;
  options.containers = parts_.containers;
  options.on_unknown_container = [this](const Container& container) {
    warn_unknown_container(container);
  };
  if (parts_.live != nullptr) {
    options.on_found_process = [this](const Process& process) {
      tell_process(*parts_.live, process);
    };
    options.on_new_cgroup = [this](uint64_t cgroup_id, const ContainerIdentity& container) {
      tell_cgroup(*parts_.live, cgroup_id, container);
    };
  }
  if (parts_.capture != nullptr) {
    options.on_made = [this](std::span<const std::byte> made) { record(made); };
  }
  return options;
}

void Pipeline::warn_unknown_container(const Container& container) {
  if (warned_runtimes_.insert(container.identity.type).second) {
    log_warning("no metadata of " + std::string(container.identity.type) + " container " +
                std::string(container.identity.short_id()) + ": " + container.missing_reason +
                "; its fields stay missing (said once for containers of this type)");
  }
}

bool Pipeline::count_record(DecodeError error) noexcept {
  ++by_decode_error_[static_cast<size_t>(error)];
  return error == DecodeError::kNone;
}

void Pipeline::count_event(const Event& event, bool is_matched) noexcept {
  ++events_;
  ++events_by_code_[event.code()];
  matched_by_code_[event.code()] += is_matched ? 1U : 0U;
}

const Rule* Pipeline::count_decision(const Event& event, const RuleSet& rules,
                                     std::span<const uint32_t> matched) {
  if (event.decision() == EV_DECISION_NONE) {
    return nullptr;
  }
  ++decisions_.by_hook[event.decision()][event.hook()];
  const auto decides = [&](uint32_t index) { return rules.rules()[index].acts(); };
  if (std::ranges::any_of(matched, decides)) {
    return nullptr;
  }
  ++decisions_.without_rule;
  return &rule_for_unnamed(event.decision());
}

void Pipeline::report_tampering(const Event& event) {
  const std::string object =
      parts_.live != nullptr ? parts_.live->guarded_object(event.guard()->object) : std::string();
  submit_and_log(tampering_.report(event, object));
}

void Pipeline::submit_and_log(std::shared_ptr<Alert> alert) {
  if (alert == nullptr) {
    return;
  }
  std::string text;
  append_printable(text, alert->message);  // with names and arguments of any process
  log_warning(text);
  parts_.dispatcher->submit(std::move(alert));
}

void Pipeline::record(std::span<const std::byte> record) {
  if (parts_.capture == nullptr || capture_error_) {
    return;
  }
  if (Result<void> written = parts_.capture->write(record); !written) {
    capture_error_ = std::move(written).error();
  }
}

void Pipeline::report_problems(uint64_t now_boot_ns) {
  const auto now_ns = static_cast<int64_t>(now_boot_ns);
  const AlertOrigin origin = origin_at(now_boot_ns);
  const std::vector<SinkStats> outputs = parts_.dispatcher->stats();
  report_losses(losses_of(parts_.source->counters(), outputs), now_ns, origin);
  report_outputs(outputs, now_ns, origin);
  submit_and_log(tampering_.report_rest(now_boot_ns, origin));
}

void Pipeline::report_losses(const std::vector<Loss>& losses, int64_t now_boot_ns,
                             const AlertOrigin& origin) {
  if (loss_reporter_.is_due(losses, now_boot_ns)) {
    log_warning("lost so far: " + to_text(losses));
    parts_.dispatcher->submit(make_loss_alert(losses, events_, origin));
  }
}

void Pipeline::report_outputs(const std::vector<SinkStats>& outputs, int64_t now_boot_ns,
                              const AlertOrigin& origin) {
  for (const auto& change : output_watch_.update(outputs, now_boot_ns)) {
    if (change.is_failing) {
      std::string error;
      append_printable(error, change.error);  // it may quote what a server said
      log_warning("output " + change.output + " fails: " + error);
      parts_.dispatcher->submit(make_output_alert(change, origin));
    } else {
      log_info("output " + change.output + " works again");
    }
  }
}

std::vector<Loss> Pipeline::losses_of(const std::vector<SourceCounter>& counters,
                                      const std::vector<SinkStats>& outputs) const {
  std::vector<Loss> all;
  // Record kinds are summed up: the reason is what can be acted on.
  std::map<std::string, uint64_t> by_reason;
  for (const SourceCounter& counter : counters) {
    if (counter.is_loss) {
      by_reason[counter.reason] += counter.value;
    }
  }
  for (const auto& [reason, count] : by_reason) {
    all.push_back({"probe", reason, count});
  }
  for (const DecodeErrorName& row : kDecodeErrors) {
    all.push_back(
        {"decode", std::string(row.name), by_decode_error_[static_cast<size_t>(row.error)]});
  }
  all.push_back({"state", "processes_evicted", tracker_.processes().stats().evicted});
  all.push_back({"state", "containers_late", tracker_.container_stats().late});
  all.push_back({"match", "scratch_full", event_.scratch().overflows()});
  for (const SinkStats& output : outputs) {
    const std::string stage = "output " + output.name;
    for (const auto& [reason, count] : output.losses()) {
      all.push_back({stage, std::string(reason), count});
    }
  }
  return all;
}

AlertOrigin Pipeline::origin_at(uint64_t boot_ns) const {
  const SourceInfo& info = parts_.source->info();
  return {static_cast<int64_t>(boot_ns) + info.boot_to_epoch_ns, info.hostname};
}

uint64_t Pipeline::undecodable() const noexcept {
  uint64_t all = 0;
  for (const DecodeErrorName& row : kDecodeErrors) {
    all += by_decode_error_[static_cast<size_t>(row.error)];
  }
  return all;
}

std::vector<EventCount> Pipeline::event_counts() const {
  const EventCatalog& catalog = EventCatalog::builtin();
  std::map<std::string_view, EventCount> by_name;  // some events have several codes
  for (size_t code = 0; code < catalog.size(); ++code) {
    const std::string_view name = catalog.def(static_cast<EventCode>(code)).name;
    EventCount& count = by_name[name];
    count.type = name;
    count.matched += matched_by_code_[code];
    count.unmatched += events_by_code_[code] - matched_by_code_[code];
  }
  std::vector<EventCount> counts;
  for (const auto& [name, count] : by_name) {
    counts.push_back(count);
  }
  return counts;
}

MetricsSnapshot Pipeline::snapshot() const {
  const std::vector<SourceCounter> counters = parts_.source->counters();
  return {.taken = std::chrono::steady_clock::now(),
          .rules = rules_.current().rules,
          .alerts_by_rule = rules_.current().alerts,
          .events = event_counts(),
          .losses = losses_of(counters, parts_.dispatcher->stats()),
          .evaluation = evaluation_times_,
          .decisions = decisions_,
          .tampering = tampering_.counts(),
          .source = counters,
          .programs = parts_.source->program_runs(),
          .ring = parts_.source->ring_usage(),
          .processes = tracker_.processes().size(),
          .process_limit = parts_.process_limit,
          .process_text_bytes = tracker_.processes().text_bytes(),
          .process_table = tracker_.processes().stats(),
          .tracker = tracker_.stats(),
          .reloads = {},
          .containers = tracker_.containers().size(),
          .container_lookups = tracker_.container_stats()};
}

Summary Pipeline::summary() const {
  Summary summary;
  summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  for (const EventCount& event : event_counts()) {
    summary.events.emplace_back(event.type, event.matched + event.unmatched);
  }
  const RunningRules& running = rules_.current();
  const std::vector<Rule>& rules = running.rules->rules();
  for (size_t i = 0; i < rules.size(); ++i) {
    summary.rules.push_back({rules[i].name, rules[i].priority, running.alerts[i]});
  }
  summary.rules.insert(summary.rules.end(), rules_.gone().begin(), rules_.gone().end());
  std::map<std::string, uint64_t> counts;
  const std::vector<SourceCounter> counters = parts_.source->counters();
  for (const SourceCounter& counter : counters) {
    if (!counter.is_loss) {
      counts["source: " + counter.name] += counter.value;
    }
  }
  summary.counts.assign(counts.begin(), counts.end());
  for (size_t decision = 0; decision < EV_DECISIONS; ++decision) {
    for (uint32_t hook = 0; hook <= EV_HOOK_AFTER_CALL; ++hook) {
      summary.counts.emplace_back(
          "decisions: " + std::string(to_string(static_cast<ev_decision>(decision))) + " at " +
              std::string(hook_name(hook)),
          decisions_.by_hook[decision][hook]);
    }
  }
  summary.counts.emplace_back("decisions: without a rule", decisions_.without_rule);
  summary.counts.emplace_back("state: processes read from /proc after a loss",
                              tracker_.stats().healed);
  summary.counts.emplace_back("state: processes that could not be read any more",
                              tracker_.stats().heal_failed);
  const ContainerStats& containers = tracker_.container_stats();
  summary.counts.emplace_back("state: lookups of containers", containers.lookups);
  summary.counts.emplace_back("state: containers found", containers.found);
  summary.counts.emplace_back("state: containers without metadata", containers.given_up);
  summary.counts.emplace_back("state: lookups that found nothing", containers.not_found);
  summary.counts.emplace_back("state: lookups that found invalid state", containers.invalid);
  const std::vector<SinkStats> outputs = parts_.dispatcher->stats();
  for (const SinkStats& output : outputs) {
    const std::string prefix = "output " + output.name + ": ";
    summary.counts.emplace_back(prefix + "written", output.written);
    summary.counts.emplace_back(prefix + "collapsed into others", output.collapsed);
    summary.counts.emplace_back(prefix + "left in the spool", output.spooled);
  }
  summary.losses = losses_of(counters, outputs);
  return summary;
}

}  // namespace saker
