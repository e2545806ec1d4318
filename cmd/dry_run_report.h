// SPDX-License-Identifier: Apache-2.0
// DryRunReport: what a dry run of rules (dry_run.h) has found, for people and for programs.
#ifndef SAKER_CMD_DRY_RUN_REPORT_H
#define SAKER_CMD_DRY_RUN_REPORT_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/rules/action.h"
#include "outputs/json.h"

namespace saker {

struct DryRunReport {
  static constexpr size_t kMaxExamples = 3;

  struct Example {
    std::string process;  // its name
    uint32_t pid = 0;
    std::string operation;  // "executes", "has open"
    std::string object;     // a path or an address
  };
  struct OfRule {
    std::string name;
    RuleAction action = RuleAction::kDeny;
    Enforcement enforcement = Enforcement::kAudit;
    uint64_t operations = 0;
    uint64_t processes = 0;
    std::vector<Example> examples = {};
  };

  uint64_t processes = 0;          // that were looked at
  uint64_t processes_partly = 0;   // of these; the rest could not be read, or there is too much
  uint64_t processes_skipped = 0;  // because of the time limit
  uint64_t processes_refused = 0;
  uint64_t operations = 0;  // that rules were asked about
  uint64_t operations_refused = 0;
  uint64_t rules_silent = 0;  // about nothing that can be seen of a running process
  std::vector<OfRule> rules;  // those that would have refused something, in load order
};

// One line for each rule, as far as there are not too many, then a summary; printable.
[[nodiscard]] std::vector<std::string> dry_run_lines(const DryRunReport& report);
// The last of them.
[[nodiscard]] std::string dry_run_summary(const DryRunReport& report);
void log_dry_run(const DryRunReport& report);

// {processes, processes_partly, processes_skipped, processes_refused, operations,
// operations_refused, rules_silent, rules: [{name, action, enforcement, operations, processes,
// examples: [{process, pid, operation, object}]}]}
void write_json(JsonWriter& json, const DryRunReport& report);

}  // namespace saker

#endif  // SAKER_CMD_DRY_RUN_REPORT_H
