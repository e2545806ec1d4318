// SPDX-License-Identifier: Apache-2.0
// Dry run: what the rules with an action would have refused to the processes that run now, had they
// been in force all the time. It reports and changes nothing: not the rules either, or an
// attacker's process could disarm the rule that is meant for it.
//
// Threads: any; reads /proc into state of its own.
#ifndef SAKER_CMD_DRY_RUN_H
#define SAKER_CMD_DRY_RUN_H

#include <chrono>
#include <memory>
#include <span>
#include <string>

#include "cmd/dry_run_report.h"
#include "cmd/setup.h"
#include "engine/rules/rule_set.h"

namespace saker {

struct DryRunOptions {
  std::string root = "/";                    // see ProcScan
  std::span<const std::string> exempt = {};  // borrowed; executables, as `enforcement.exempt`
  std::chrono::milliseconds
      time_limit{};  // processes that it does not come to are skipped; 0: none
};

// Null: no rule acts.
[[nodiscard]] std::shared_ptr<const DryRunReport> dry_run(
    const std::shared_ptr<const RuleSet>& rules, const DryRunOptions& options);

// The same as the sensor does it, before rules of this setup are put in force: for a limited time,
// and what was found is logged.
[[nodiscard]] std::shared_ptr<const DryRunReport> try_rules(const Setup& setup);

}  // namespace saker

#endif  // SAKER_CMD_DRY_RUN_H
