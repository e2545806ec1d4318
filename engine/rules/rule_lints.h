// SPDX-License-Identifier: Apache-2.0
// RuleLints: warnings about rules that are valid but useless, dangerous or needlessly slow
// (README.md of the engine, "Lints").
#ifndef SAKER_ENGINE_RULES_RULE_LINTS_H
#define SAKER_ENGINE_RULES_RULE_LINTS_H

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/event_catalog.h"
#include "engine/fields/catalog.h"
#include "engine/lang/atoms.h"
#include "engine/lang/contradiction.h"
#include "engine/lang/form.h"
#include "engine/rules/action.h"
#include "engine/rules/finding_reporter.h"
#include "engine/rules/loader.h"
#include "engine/rules/merge.h"
#include "engine/rules/shadowing.h"

namespace saker {

class RuleLints {
 public:
  // Borrows all.
  RuleLints(const FieldCatalog& fields, const LoadOptions& options, FindingReporter& reporter,
            Diagnostics& diagnostics);

  // Looks at a rule that will be loaded; call in load order. `own_text`: of the condition.
  void check(const RuleDefinition& rule, const lang::Expr& condition,
             const lang::ConditionInfo& info, const SourceText& own_text);

 private:
  // Rules that are tried on the same records; of the others none comes before another.
  struct Peers {
    Shadowing shadowing;
    std::vector<Text> names;
  };
  using Act = std::pair<RuleAction, Enforcement>;
  [[nodiscard]] Act act_of(const RuleDefinition& rule) const;
  void check_exceptions(const RuleDefinition& rule);
  void check_parts(const lang::FormNode& node);
  void check_comparison(const lang::Literal& literal);
  void check_alternatives(const lang::FormNode& node);
  void check_group(const std::vector<lang::Literal>& literals);
  void check_shadow(const RuleDefinition& rule, const lang::FormNode& condition);
  void report(const FindingCode& code, const lang::Expr& place, std::string message,
              std::string hint);
  void report_contradiction(const lang::Contradiction& found, std::string_view what);

  const FieldCatalog& fields_;
  const LoadOptions& options_;
  FindingReporter& reporter_;
  Diagnostics& diagnostics_;
  lang::AtomTable atoms_;
  lang::FormTable forms_;
  lang::ContradictionFinder contradictions_;
  std::map<Act, Peers> peers_;

  // Of the rule that is being looked at.
  const RuleDefinition* rule_ = nullptr;
  const SourceText* own_text_ = nullptr;
  EventSet events_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_RULE_LINTS_H
