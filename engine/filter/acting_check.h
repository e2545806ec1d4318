// SPDX-License-Identifier: Apache-2.0
// ActingCheck: whether the kernel can decide a condition exactly, and if not, which part of it, at
// which hook, and what could take its place.
#ifndef SAKER_ENGINE_FILTER_ACTING_CHECK_H
#define SAKER_ENGINE_FILTER_ACTING_CHECK_H

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/filter/acting_conditions.h"
#include "engine/filter/condition.h"
#include "engine/filter/enforcement_hooks.h"
#include "engine/filter/exact_clauses.h"
#include "engine/filter/vocabulary.h"
#include "engine/lang/ast.h"
#include "engine/lang/compiler.h"

namespace saker::filter {

class ActingCheck {
 public:
  // Borrows all. Requires: the condition has passed the compiler, which gave `info`.
  ActingCheck(const FieldCatalog& fields, const EventCatalog& events, const lang::Expr& condition,
              const lang::ConditionInfo& info);

  // All errors are there is.
  [[nodiscard]] std::vector<lang::Finding> run(Means means);

 private:
  void check_events(Means means);
  void check_hook(const EnforcementHook& hook);
  void check_limit(const EnforcementHook& hook);
  void check_regular_files(const EnforcementHook& hook, const std::vector<Box>& clauses);
  void check_return(const EventDef& def);
  // Absent: they are not exact, and that is reported. `where`: "at hook file_open".
  std::optional<std::vector<Box>> clauses_at(const Call& call, const std::string& where);
  void report_unknown(const Condition& comparison, const Call& call, const std::string& where);
  void report(const lang::Expr& place, std::string message, std::string_view hint);
  // Whether the kernel asks about this event at all.
  [[nodiscard]] bool is_decided(const EventDef& def, Means means) const;
  // Of the events that the hook cannot tell apart, the condition can hold for all.
  [[nodiscard]] bool is_about_all(const EnforcementHook& hook) const;
  // The first comparison of the kind of event; else the whole condition.
  [[nodiscard]] const lang::Expr& place_of_events() const;

  const EventCatalog& events_;
  const lang::Expr& condition_;
  const lang::ConditionInfo& info_;
  Vocabulary vocabulary_;
  Condition built_;
  std::vector<const lang::Expr*> comparisons_;  // in the order of the condition
  std::set<uint32_t> reported_;                 // comparisons
  std::vector<lang::Finding> findings_;
};

}  // namespace saker::filter

#endif  // SAKER_ENGINE_FILTER_ACTING_CHECK_H
