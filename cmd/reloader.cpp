// SPDX-License-Identifier: Apache-2.0
#include "cmd/reloader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <utility>

#include "cmd/filter_text.h"
#include "cmd/kept_policies.h"
#include "cmd/kernel_rules.h"
#include "cmd/log.h"
#include "cmd/restart_keys.h"
#include "engine/base/background_thread.h"
#include "engine/base/clock.h"

namespace saker {
namespace {

// By ReloadCause.
constexpr std::string_view kCauseNames[] = {"SIGHUP", "saker reload", "file change"};
static_assert(std::size(kCauseNames) == kReloadCauses);

// That the reader has not fetched yet.
constexpr size_t kMaxFailures = 16;

int64_t unix_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string milliseconds(uint64_t ns) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f ms", static_cast<double>(ns) / 1e6);
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

// The plans of `a`, and those of `b` that are not among them.
std::vector<ev_plan> union_of(std::vector<ev_plan> a, const std::vector<ev_plan>& b) {
  const size_t of_a = a.size();
  for (const ev_plan& plan : b) {
    const auto end = a.begin() + static_cast<std::ptrdiff_t>(of_a);
    if (std::find_if(a.begin(), end, [&](const ev_plan& p) { return p.nr == plan.nr; }) == end) {
      a.push_back(plan);
    }
  }
  return a;
}

bool is_emptied(const std::string& path, const std::vector<LoadedFile>& files) {
  const auto found = std::ranges::find(files, path, &LoadedFile::path);
  return found != files.end() && found->is_empty;
}

Result<std::unique_ptr<NameResolver>> resolver_for(const Setup& setup) {
  if (!setup.config.resolve_host_names) {
    return std::unique_ptr<NameResolver>();
  }
  return NameResolver::start(setup.rules->program().host_names(), {});
}

}  // namespace

Result<std::unique_ptr<Reloader>> Reloader::start(Parts parts, const Setup& running) {
  std::unique_ptr<Reloader> reloader(new Reloader(std::move(parts), running));
  if (!reloader->event_) {
    return Error{"cannot create an eventfd", errno, ""};
  }
  reloader->thread_ = start_background_thread("reload", [self = reloader.get()] { self->run(); });
  return reloader;
}

Reloader::Reloader(Parts parts, const Setup& running)
    : parts_(std::move(parts)),
      event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      start_config_(running.config),
      config_(running.config),
      plans_(kernel_rules(running, parts_.is_recording).plans) {
  note_running(running, parts_.dry_run);
}

Reloader::~Reloader() {
  if (thread_.joinable()) {
    is_stopping_ = true;
    parts_.offer->close();
    ::eventfd_write(event_.get(), 1);
    thread_.join();
  }
}

uint64_t Reloader::request(ReloadCause cause) noexcept {
  causes_[static_cast<size_t>(cause)] = true;
  const uint64_t number = ++requested_;
  ::eventfd_write(event_.get(), 1);
  return number;
}

uint64_t Reloader::request_with(const std::string& key, const std::string& value) {
  {
    const std::lock_guard lock(mutex_);
    wanted_overrides_[key] = value;
  }
  return request(ReloadCause::kCommand);
}

ReloadCounts Reloader::counts() const {
  const std::lock_guard lock(mutex_);
  return status_.counts;
}

ReloadStatus Reloader::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Reloader::on_end(std::function<void()> on_end) {
  const std::lock_guard lock(mutex_);
  on_end_ = std::move(on_end);
}

std::vector<ReloadStatus::Attempt> Reloader::take_failures() {
  const std::lock_guard lock(mutex_);
  return std::exchange(failures_, {});
}

void Reloader::run() {
  watch_files();
  while (!is_stopping_) {
    wait();
    if (settling_.take(Settling::Clock::now())) {
      request(ReloadCause::kFileChange);
    }
    const uint64_t number = requested_;
    size_t cause = kReloadCauses;  // the first of those that are one now
    for (size_t i = kReloadCauses; i-- > 0;) {
      cause = causes_[i].exchange(false) ? i : cause;
    }
    if (cause != kReloadCauses && !is_stopping_) {
      reload(number, static_cast<ReloadCause>(cause));
    }
  }
}

// For a request, or for a change of files to be over.
void Reloader::wait() {
  int timeout_ms = -1;
  if (const auto due = settling_.due()) {
    const auto left = *due - Settling::Clock::now();
    timeout_ms =
        std::max(0, static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()));
  }
  pollfd fds[] = {{event_.get(), POLLIN, 0}, {watch_.fd(), POLLIN, 0}};
  ::poll(fds, std::size(fds), timeout_ms);
  eventfd_t calls = 0;
  ::eventfd_read(event_.get(), &calls);
  if (watch_.take()) {
    settling_.note(Settling::Clock::now());
  }
}

void Reloader::watch_files() {
  watch_.watch(config_.watch_config_files ? source_paths(parts_.options, config_)
                                          : std::vector<std::string>());
}

// What has changed by now is about to be read.
void Reloader::forget_changes() {
  static_cast<void>(watch_.take());
  settling_ = {};
}

void Reloader::reload(uint64_t number, ReloadCause cause) {
  ReloadStatus::Attempt attempt;
  attempt.number = number;
  attempt.cause = kCauseNames[static_cast<size_t>(cause)];
  attempt.time_ns = unix_ns();
  forget_changes();
  if (parts_.manager != nullptr) {
    parts_.manager->tell_reloading();
  }
  attempt.problem = load_and_switch(attempt);
  watch_files();  // links may lead elsewhere
  const bool failed = !attempt.problem.empty();
  if (failed) {
    log_error("reload (" + std::string(attempt.cause) +
              ") failed, the rules in force stay: " + attempt.problem);
  }
  if (parts_.manager != nullptr) {
    const ReloadStatus now = status();
    parts_.manager->tell_reloaded(failed ? "the rules before the last reload are in force: " +
                                               attempt.problem
                                         : watching_status(now.rules->rules().size(), now.version));
  }
  const std::lock_guard lock(mutex_);
  ++(failed ? status_.counts.failed : status_.counts.succeeded);
  if (failed && failures_.size() < kMaxFailures) {
    failures_.push_back(attempt);
  }
  status_.last = std::move(attempt);
  parts_.source->wake();  // the reader has something to report, or rules to give up
  if (on_end_) {
    on_end_();
  }
}

std::string Reloader::load_and_switch(ReloadStatus::Attempt& attempt) {
  const uint64_t begun_ns = boot_clock_ns();
  Options options = parts_.options;
  auto overrides = overrides_;
  {
    const std::lock_guard lock(mutex_);
    wanted_overrides_.merge(overrides);
    overrides = std::exchange(wanted_overrides_, {});
  }
  for (const auto& [key, value] : overrides) {
    options.overrides.push_back(std::string(key).append("=").append(value));
  }
  const Result<Setup> setup = load(options);
  const uint64_t compiled_ns = boot_clock_ns();
  attempt.compile_ns = compiled_ns - begun_ns;
  if (!setup) {
    set_log_level(config_.log_level);
    return setup.error().to_string();
  }
  std::shared_ptr<const DryRunReport> dry_run = try_rules(*setup);
  const uint64_t tried_ns = boot_clock_ns();
  if (const Result<void> switched = switch_to(*setup); !switched) {
    set_log_level(config_.log_level);
    return switched.error().to_string();
  }
  attempt.install_ns = boot_clock_ns() - tried_ns;
  end_others();
  overrides_ = std::move(overrides);
  config_ = setup->config;
  note_running(*setup, std::move(dry_run));
  log_info("reload (" + std::string(attempt.cause) +
           "): " + std::to_string(setup->rules->rules().size()) + " rules of version " +
           setup->version + " are in force; compiled in " + milliseconds(attempt.compile_ns) +
           ", installed in " + milliseconds(attempt.install_ns));
  return {};
}

// What a full disk makes of a file that is written anew, and what is there for a moment whenever
// one is: it would load, and silence the rules that were in it.
Result<Setup> Reloader::load(const Options& options) const {
  Result<Setup> setup = load_setup(options);
  if (!setup) {
    return setup;
  }
  const std::lock_guard lock(mutex_);
  for (const LoadedFile& before : status_.files) {
    if (!before.is_empty && is_emptied(before.path, setup->files)) {
      return Error{"'" + before.path + "' has become empty", 0,
                   "is the disk full? if it is meant to be, leave a comment in it or remove it"};
    }
  }
  return setup;
}

// Rules that have been tried are not tried again, whatever runs by now.
std::shared_ptr<const DryRunReport> Reloader::try_rules(const Setup& setup) {
  {
    const std::lock_guard lock(mutex_);
    if (setup.version == status_.version) {
      return status_.dry_run;
    }
  }
  return parts_.try_rules != nullptr ? parts_.try_rules(setup) : nullptr;
}

Result<void> Reloader::switch_to(const Setup& setup) {
  if (!parts_.offer->wait_until_settled(kMaxSwitchTime)) {
    return Error{"the reader has not come to the rules of the reload before", 0,
                 "it hangs, or has too many events to look at"};
  }
  auto names = resolver_for(setup);
  if (!names) {
    return std::move(names).error();
  }
  const auto generation = static_cast<uint8_t>(parts_.source->generation() + 1);
  parts_.offer->offer(std::make_unique<RunningRules>(setup.rules, generation, std::move(*names)));
  if (Result<void> installed = install(setup); !installed) {
    parts_.offer->withdraw();
    return installed;
  }
  parts_.offer->settle(boot_clock_ns());
  return {};
}

// While both filters may be in use, the syscalls of both are looked at.
Result<void> Reloader::install(const Setup& setup) {
  const KernelRules kernel = kernel_rules(setup, parts_.is_recording);
  Result<void> installed = parts_.source->set_plans(union_of(plans_, kernel.plans));
  if (installed) {
    installed = parts_.source->set_filter(kernel.filter);
  }
  if (installed) {
    plans_ = kernel.plans;
  }
  if (const Result<void> planned = parts_.source->set_plans(plans_); !planned) {
    log_warning("more syscalls are looked at than rules ask for: " + planned.error().to_string());
  }
  return installed;
}

void Reloader::end_others() {
  const Result<LeftDecisions> left = parts_.source->end_others();
  if (!left) {
    log_warning(left.error().to_string());
  } else if (left->sensors != 0) {
    log_warning(left_decisions_text(*left));
  }
}

void Reloader::note_running(const Setup& setup, std::shared_ptr<const DryRunReport> dry_run) {
  const std::vector<std::string> restart = changed_restart_keys(start_config_, setup.config);
  const bool filters = filters_in_kernel(setup.config, parts_.is_recording);
  const std::string overflow = filters ? overflow_text(setup.rules->filter()) : std::string();
  if (!overflow.empty()) {
    log_warning(overflow);
  }
  if (!restart.empty()) {
    log_warning("a restart is needed for what has changed of " + joined(restart));
  }
  const std::lock_guard lock(mutex_);
  status_.version = setup.version;
  status_.files = setup.files;
  status_.rules = setup.rules;
  status_.enforcement = setup.config.enforcement.mode;
  status_.on_exit = start_config_.enforcement_options.on_exit;
  status_.is_recording = parts_.is_recording;
  status_.dry_run = std::move(dry_run);
  status_.counts.since_ns = unix_ns();
  status_.filters_in_kernel = filters;
  status_.filter_overflow = overflow;
  status_.restart_keys = restart;
}

std::shared_ptr<Alert> make_reload_alert(const ReloadStatus::Attempt& failure,
                                         const AlertOrigin& origin) {
  return make_internal_alert("reload failed", Priority::kWarning, origin,
                             {{"cause", std::string(failure.cause)}, {"problem", failure.problem}});
}

}  // namespace saker
