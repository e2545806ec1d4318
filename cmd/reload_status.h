// SPDX-License-Identifier: Apache-2.0
// ReloadStatus: which rules and configuration are in force, and what became of the last reload.
#ifndef SAKER_CMD_RELOAD_STATUS_H
#define SAKER_CMD_RELOAD_STATUS_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/dry_run_report.h"
#include "cmd/setup.h"
#include "engine/rules/action.h"
#include "engine/rules/rule_set.h"
#include "probes/enforcement.h"

namespace saker {

// Times are Unix times.
struct ReloadCounts {
  uint64_t succeeded = 0;
  uint64_t failed = 0;
  int64_t since_ns = 0;  // when what is in force was put in force
};

struct ReloadStatus {
  std::string version;
  std::vector<LoadedFile> files;
  std::shared_ptr<const RuleSet> rules;
  Enforcement enforcement = Enforcement::kOff;  // the most that any of them may do
  OnExit on_exit = OnExit::kRelease;
  bool is_recording = false;  // nothing is decided, whatever rules say
  // Made before they were put in force; null: none of them acts, or they were not tried.
  std::shared_ptr<const DryRunReport> dry_run;
  bool filters_in_kernel = false;
  std::string filter_overflow;            // what does not fit into it; empty: everything does
  std::vector<std::string> restart_keys;  // that the files have changed since the start

  struct Attempt {
    uint64_t number = 0;
    std::string_view cause;  // "SIGHUP", "saker reload", "file change"
    std::string problem;     // empty: it succeeded
    int64_t time_ns = 0;
    uint64_t compile_ns = 0;  // reading and compiling
    uint64_t install_ns = 0;  // in the kernel
  };
  std::optional<Attempt> last;
  ReloadCounts counts;
};

}  // namespace saker

#endif  // SAKER_CMD_RELOAD_STATUS_H
