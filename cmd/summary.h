// SPDX-License-Identifier: Apache-2.0
// Summary: what happened in a run, as the text that ends it.
#ifndef SAKER_CMD_SUMMARY_H
#define SAKER_CMD_SUMMARY_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cmd/losses.h"
#include "engine/rules/rule_set.h"

namespace saker {

struct RuleCount {
  std::string rule;
  Priority priority = Priority::kDebug;
  uint64_t alerts = 0;
};

struct Summary {
  double seconds = 0;
  std::vector<std::pair<std::string, uint64_t>> events;  // by type
  std::vector<RuleCount> rules;
  // Plain counts, to be shown when they are not 0: "probe submitted", "output stdout written".
  std::vector<std::pair<std::string, uint64_t>> counts;
  std::vector<Loss> losses;
};

// Several lines, the last one ended. Entries that are 0 are left out, the largest come first.
[[nodiscard]] std::string render(Summary summary);

}  // namespace saker

#endif  // SAKER_CMD_SUMMARY_H
