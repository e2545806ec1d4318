// SPDX-License-Identifier: Apache-2.0
#include "cmd/dry_run.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "engine/base/check.h"
#include "engine/base/strings.h"
#include "engine/event.h"
#include "engine/fields/catalog.h"
#include "engine/filter/enforcement_hooks.h"
#include "engine/format.h"
#include "engine/matcher.h"
#include "engine/state/proc_operations.h"
#include "engine/state/proc_scan.h"
#include "engine/state/tracker.h"

namespace saker {
namespace {

using Clock = std::chrono::steady_clock;
using Hooks = ProcOperations::Hooks;

// Protection does not wait for more than that.
constexpr std::chrono::milliseconds kSensorTime{1000};
constexpr size_t kMaxObjectBytes = 256;

// How a report tells of what a hook was asked about.
struct Operation {
  ev_hook hook;
  std::string_view verb;
  std::string_view object;  // an output
};
constexpr Operation kOperations[] = {
    {EV_HOOK_BPRM_CHECK, "executes", "%proc.exepath"},
    {EV_HOOK_FILE_OPEN, "has open", "%fd.name"},
    {EV_HOOK_MMAP_FILE, "has mapped to execute", "%fd.name"},
    {EV_HOOK_SOCKET_BIND, "is bound to", "%fd.sip:%fd.sport"},
    {EV_HOOK_SOCKET_CONNECT, "is connected to", "%fd.rip:%fd.rport"},
    {EV_HOOK_SOCKET_LISTEN, "listens on", "%fd.sip:%fd.sport"},
};

std::string object_of(const Event& event, const Operation& operation) {
  auto parsed = OutputTemplate::parse(operation.object, FieldCatalog::builtin());
  const auto* output = std::get_if<OutputTemplate>(&parsed);
  SAKER_CHECK(output != nullptr);
  std::string text;
  output->render(text, event, BufferFormat::kDots);
  text.resize(std::min(text.size(), kMaxObjectBytes));
  return text;
}

// Hooks that are asked about something that the rule can be about.
Hooks hooks_of(const Rule& rule) {
  Hooks hooks;
  for (const filter::EnforcementHook& hook : filter::enforcement_hooks()) {
    for (const std::string_view event : hook.events) {
      hooks[hook.hook] =
          hooks[hook.hook] || (EventCatalog::builtin().find(event) & rule.events).any();
    }
  }
  return hooks & ProcOperations::shown();
}

std::string own_executable() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

struct Found {
  DryRunReport::OfRule told;
  const Process* last_process = nullptr;
};

class DryRun {
 public:
  DryRun(std::shared_ptr<const RuleSet> rules, const DryRunOptions& options)
      : options_(options),
        rules_(std::move(rules)),
        matcher_(rules_),
        operations_(options.root),
        by_rule_(rules_->rules().size()) {}

  DryRunReport run();

 private:
  void look_at(const Process& process);
  void ask(std::span<const std::byte> record);
  void note(uint32_t rule_index);
  // The sensor, the first process and threads of the kernel: nothing is ever refused to them.
  [[nodiscard]] bool is_never_refused(const Process& process) const;
  [[nodiscard]] bool is_exempt(const Process* process) const;

  const DryRunOptions& options_;
  std::shared_ptr<const RuleSet> rules_;
  Matcher matcher_;
  Tracker tracker_{Tracker::Options{}};
  Event event_;
  ProcOperations operations_;
  std::string own_executable_ = own_executable();
  Hooks hooks_;
  std::vector<Found> by_rule_;
  DryRunReport report_;
  const Process* process_ = nullptr;  // that is looked at
  bool is_refused_ = false;           // something to it
};

DryRunReport DryRun::run() {
  const auto& rules = rules_->rules();
  for (const Rule& rule : rules) {
    const Hooks hooks = rule.acts() ? hooks_of(rule) : Hooks();
    hooks_ |= hooks;
    report_.rules_silent += rule.acts() && hooks.none() ? 1 : 0;
  }
  const Clock::time_point begun = Clock::now();
  std::vector<ProcessKey> keys;
  ProcScan(options_.root).scan_all([&](std::span<const std::byte> record) {
    if (event_.decode(record) == DecodeError::kNone) {
      tracker_.apply(event_);
      keys.push_back(event_.process().key);
    }
  });
  for (const ProcessKey& key : keys) {
    const Process* process = tracker_.processes().find(key);
    if (process == nullptr || is_never_refused(*process)) {
      continue;
    }
    if (options_.time_limit.count() != 0 && Clock::now() - begun > options_.time_limit) {
      ++report_.processes_skipped;
      continue;
    }
    look_at(*process);
  }
  for (Found& found : by_rule_) {
    if (found.told.operations != 0) {
      report_.rules.push_back(std::move(found.told));
    }
  }
  return std::move(report_);
}

void DryRun::look_at(const Process& process) {
  ++report_.processes;
  process_ = &process;
  is_refused_ = false;
  Hooks exec;
  exec.set(EV_HOOK_BPRM_CHECK);
  // Who executed it was most likely a child of its parent, and not of another program yet.
  const bool is_started_freely = is_exempt(tracker_.processes().parent_of(process));
  const Hooks hooks = hooks_ & (is_exempt(&process) ? exec : Hooks().set()) &
                      (is_started_freely ? ~exec : Hooks().set());
  const bool is_whole =
      operations_.read(process, hooks, [this](std::span<const std::byte> record) { ask(record); });
  report_.processes_partly += is_whole ? 0 : 1;
  report_.processes_refused += is_refused_ ? 1 : 0;
}

void DryRun::ask(std::span<const std::byte> record) {
  if (event_.decode(record) != DecodeError::kNone) {
    return;
  }
  tracker_.apply(event_);
  ++report_.operations;
  bool is_refused = false;
  for (const uint32_t index : matcher_.match(event_)) {
    note(index);
    is_refused = true;
  }
  report_.operations_refused += is_refused ? 1 : 0;
  is_refused_ = is_refused_ || is_refused;
  tracker_.finish(event_);
}

void DryRun::note(uint32_t rule_index) {
  const auto* operation = std::ranges::find(kOperations, event_.hook(), [](const Operation& row) {
    return static_cast<uint32_t>(row.hook);
  });
  SAKER_CHECK(operation != std::end(kOperations));
  const Rule& rule = rules_->rules()[rule_index];
  Found& found = by_rule_[rule_index];
  DryRunReport::OfRule& told = found.told;
  told.name = rule.name;
  told.action = rule.action;
  told.enforcement = rule.enforcement;
  ++told.operations;
  if (std::exchange(found.last_process, process_) == process_) {
    return;
  }
  ++told.processes;
  if (told.examples.size() < DryRunReport::kMaxExamples) {
    told.examples.push_back({process_->comm, process_->key.pid, std::string(operation->verb),
                             object_of(event_, *operation)});
  }
}

bool DryRun::is_never_refused(const Process& process) const {
  return process.key.pid == 1 || (process.task.flags & EV_TASKF_KTHREAD) != 0 ||
         (!own_executable_.empty() && process.exe_path == own_executable_);
}

bool DryRun::is_exempt(const Process* process) const {
  return process != nullptr &&
         std::ranges::find(options_.exempt, process->exe_path) != options_.exempt.end();
}

}  // namespace

std::shared_ptr<const DryRunReport> dry_run(const std::shared_ptr<const RuleSet>& rules,
                                            const DryRunOptions& options) {
  if (std::ranges::none_of(rules->rules(), &Rule::acts)) {
    return nullptr;
  }
  return std::make_shared<const DryRunReport>(DryRun(rules, options).run());
}

std::shared_ptr<const DryRunReport> try_rules(const Setup& setup) {
  auto report = dry_run(setup.rules, {.exempt = setup.config.enforcement_options.exempt_paths,
                                      .time_limit = kSensorTime});
  if (report != nullptr) {
    log_dry_run(*report);
  }
  return report;
}

}  // namespace saker
