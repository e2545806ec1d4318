// SPDX-License-Identifier: Apache-2.0
// Reloader: loads rules and configuration anew while the sensor runs, on a thread of its own. What
// does not load changes nothing. The order of things in the kernel and at the reader:
// rule_switch.h.
//
// Threads: any; the functions of the reader are named.
#ifndef SAKER_CMD_RELOADER_H
#define SAKER_CMD_RELOADER_H

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cmd/dry_run_report.h"
#include "cmd/file_watch.h"
#include "cmd/internal_alert.h"
#include "cmd/options.h"
#include "cmd/reload_status.h"
#include "cmd/rule_switch.h"
#include "cmd/service_manager.h"
#include "cmd/setup.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "probes/live_source.h"

namespace saker {

enum class ReloadCause : uint8_t { kSignal, kCommand, kFileChange };
inline constexpr size_t kReloadCauses = 3;

class Reloader {
 public:
  // A reader that has not come to the end of the older rules after this hangs.
  static constexpr std::chrono::seconds kMaxSwitchTime{10};

  struct Parts {
    Options options;               // of the command line
    LiveSource* source = nullptr;  // borrowed, as all pointers
    RuleOffer* offer = nullptr;
    const ServiceManager* manager = nullptr;  // null: nobody is told of reloads
    bool is_recording = false;
    std::shared_ptr<const DryRunReport> dry_run = nullptr;  // of what is running
    // See dry_run.h. Null: rules are not tried before they are put in force.
    std::shared_ptr<const DryRunReport> (*try_rules)(const Setup& setup) = nullptr;
  };
  // `running`: what the source works with.
  [[nodiscard]] static Result<std::unique_ptr<Reloader>> start(Parts parts, const Setup& running);
  // Waits for the end of the reload at hand.
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  // Asks for a reload; several that have not begun are one. Async-signal-safe. The reload has been
  // made when that number of status().last is at least what is returned.
  uint64_t request(ReloadCause cause) noexcept;
  // The same with a key of the configuration set, as with -o and behind all of those, from then on;
  // not when the reload fails.
  uint64_t request_with(const std::string& key, const std::string& value);

  [[nodiscard]] ReloadStatus status() const;
  [[nodiscard]] ReloadCounts counts() const;
  // Calls `on_end` on the reloader's thread behind each reload. Replaces what was set before.
  void on_end(std::function<void()> on_end);

  // The reader: the failures since the last call.
  [[nodiscard]] std::vector<ReloadStatus::Attempt> take_failures();

 private:
  Reloader(Parts parts, const Setup& running);
  void run();
  void wait();
  void watch_files();
  void forget_changes();
  void reload(uint64_t number, ReloadCause cause);
  // Why the rules in force stay; empty: they do not.
  std::string load_and_switch(ReloadStatus::Attempt& attempt);
  [[nodiscard]] Result<Setup> load(const Options& options) const;
  Result<void> switch_to(const Setup& setup);
  Result<void> install(const Setup& setup);
  void end_others();
  void note_running(const Setup& setup, std::shared_ptr<const DryRunReport> dry_run);
  [[nodiscard]] std::shared_ptr<const DryRunReport> try_rules(const Setup& setup);

  Parts parts_;
  UniqueFd event_;
  std::atomic<uint64_t> requested_ = 0;
  std::array<std::atomic<bool>, kReloadCauses> causes_{};
  std::atomic<bool> is_stopping_ = false;

  // Of the thread alone.
  Config start_config_;
  Config config_;
  FileWatch watch_;
  Settling settling_;
  std::vector<ev_plan> plans_;
  std::map<std::string, std::string> overrides_;  // in force

  mutable std::mutex mutex_;
  // All below: guarded by mutex_.
  ReloadStatus status_;
  std::map<std::string, std::string> wanted_overrides_;
  std::vector<ReloadStatus::Attempt> failures_;
  std::function<void()> on_end_;

  std::thread thread_;
};

[[nodiscard]] std::shared_ptr<Alert> make_reload_alert(const ReloadStatus::Attempt& failure,
                                                       const AlertOrigin& origin);

}  // namespace saker

#endif  // SAKER_CMD_RELOADER_H
