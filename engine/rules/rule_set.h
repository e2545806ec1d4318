// SPDX-License-Identifier: Apache-2.0
// RuleSet: the loaded rules, compiled together; immutable, shared by pointer, swapped as a whole.
//
// Threads: any number may read. Ownership: owns rules, program and templates.
#ifndef SAKER_ENGINE_RULES_RULE_SET_H
#define SAKER_ENGINE_RULES_RULE_SET_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/priority.h"
#include "engine/event_catalog.h"
#include "engine/filter/kernel_filter.h"
#include "engine/format.h"
#include "engine/lang/condition_index.h"
#include "engine/lang/program.h"
#include "engine/rules/action.h"

namespace saker {

// A value that the configuration adds to the fields of a rule's alerts.
struct ExtraField {
  std::string name;
  std::string format;    // as configured; empty: `name` is that of a field, which keeps its type
  OutputTemplate value;  // the format, or just the field
};

struct Rule {
  std::string name;
  std::string description;
  std::string condition;  // as written
  std::string output;     // as written
  std::string source = "syscall";
  std::vector<std::string> tags;  // sorted
  Priority priority = Priority::kDebug;
  bool capture = false;              // start a capture file when it holds
  uint64_t capture_duration_ms = 0;  // 0: the configured one
  RuleAction action = RuleAction::kAlert;
  Enforcement enforcement = Enforcement::kOff;  // of the action, as rule and configuration have it
  EventSet events;                              // event codes the condition can hold for
  // What output_template was made from: the output with all that the configuration adds.
  std::string output_compiled;
  OutputTemplate output_template;
  std::vector<ExtraField> extra_fields;  // each name once
  BufferFormat buffer_format = BufferFormat::kDots;

  // It decides in the kernel: it is tried on records of decisions (Event::decision()), and on no
  // others.
  [[nodiscard]] bool acts() const noexcept {
    return action != RuleAction::kAlert && enforcement != Enforcement::kOff;
  }
  // A decision of this kind may be that of the rule. Requires: acts().
  [[nodiscard]] bool decides(ev_decision decision) const noexcept;
};

enum class RuleMatching : uint8_t { kFirst, kAll };

class RuleSet {
 public:
  struct Parts {
    // Fields that the rest refers to, when they live no longer than the rules.
    std::shared_ptr<const FieldCatalog> fields;
    std::vector<Rule> rules;  // in load order, enabled ones only
    lang::Program program;    // one root per rule, same order
    RuleMatching matching = RuleMatching::kFirst;
    EventSet state_events;          // that some field's state is kept by, all of them
    KernelFilter filter;            // lets all state_events pass
    bool needs_containers = false;  // some condition or output uses metadata of containers
  };
  explicit RuleSet(Parts parts);

  [[nodiscard]] const std::vector<Rule>& rules() const noexcept { return parts_.rules; }
  [[nodiscard]] const lang::Program& program() const noexcept { return parts_.program; }
  [[nodiscard]] RuleMatching matching() const noexcept { return parts_.matching; }
  // Finds the rules to try for an event; a condition has the number of its rule. The second one
  // finds those that act, for records of decisions.
  [[nodiscard]] const lang::ConditionIndex& index() const noexcept { return index_; }
  [[nodiscard]] const lang::ConditionIndex& acting_index() const noexcept { return acting_index_; }
  [[nodiscard]] bool needs_containers() const noexcept { return parts_.needs_containers; }
  [[nodiscard]] const KernelFilter& filter() const noexcept { return parts_.filter; }
  // Events that some rule can match, but for those that hooks are asked about, and those that state
  // for their fields needs.
  [[nodiscard]] const EventSet& wanted_events() const noexcept { return wanted_; }

 private:
  Parts parts_;
  lang::ConditionIndex index_;
  lang::ConditionIndex acting_index_;
  EventSet wanted_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_RULE_SET_H
