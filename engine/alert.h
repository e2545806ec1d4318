// SPDX-License-Identifier: Apache-2.0
// Alert - step 6 of 8 (README, "The data path"): what a sink gets. Structured until a sink writes
// it; owns everything, so it may outlive the event and the rule set.
#ifndef SAKER_ENGINE_ALERT_H
#define SAKER_ENGINE_ALERT_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/event.h"
#include "engine/rules/rule_set.h"

namespace saker {

// A value as JSON has it; std::monostate is null.
struct OutputValue;
using OutputList = std::vector<OutputValue>;
struct OutputValue {
  std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, OutputList> value;

  friend bool operator==(const OutputValue&, const OutputValue&) = default;
};

struct Alert {
  std::string id;       // unique, set when it is handed to the outputs (outputs/alert_id.h)
  int64_t time_ns = 0;  // Unix time of the event
  Priority priority = Priority::kDebug;
  std::string rule;
  std::string source;
  std::string hostname;
  std::string message;  // the rule's output, fields filled in; raw bytes of hostile names included
  std::vector<std::string> tags;  // sorted
  // What was decided about the operation, and where (decision.h); empty: nothing. Static texts.
  std::string_view decision;
  std::string_view hook;
  // Those of the rule's output and those that the configuration adds, sorted by name, unique. A
  // sink adds the time under its own name.
  std::vector<std::pair<std::string, OutputValue>> fields;
  // When this alert stands for several that an output collapsed: how many, and the first one's
  // time. This one is the last of them.
  uint64_t repeat_count = 1;
  int64_t first_time_ns = 0;
};

// Null when the alert has no field of this name.
[[nodiscard]] const OutputValue* find_field(const Alert& alert, std::string_view name);

// Makes the alert for a rule that holds. Allocates: only called for matches.
[[nodiscard]] std::shared_ptr<Alert> describe(const Event& event, const Rule& rule);

}  // namespace saker

#endif  // SAKER_ENGINE_ALERT_H
