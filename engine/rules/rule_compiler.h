// SPDX-License-Identifier: Apache-2.0
// RuleCompiler: one rule definition after the other -> Rule and its part of the Program.
#ifndef SAKER_ENGINE_RULES_RULE_COMPILER_H
#define SAKER_ENGINE_RULES_RULE_COMPILER_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/filter/filter_compiler.h"
#include "engine/lang/compiler.h"
#include "engine/rules/composed_text.h"
#include "engine/rules/exceptions.h"
#include "engine/rules/finding_reporter.h"
#include "engine/rules/loader.h"
#include "engine/rules/merge.h"
#include "engine/rules/names.h"
#include "engine/rules/output_appender.h"
#include "engine/rules/rule_lints.h"

namespace saker {

// A rule that can hold for more events than this costs something with nearly every event.
inline constexpr size_t kManyEvents = 100;

enum class RuleState : uint8_t {
  kLoaded,
  kDisabled,
  kNotSevere,      // less severe than LoadOptions::minimum_priority
  kUnknownSource,  // nothing gives events of its source
  kUnusable,       // it has an error, or a field or event that it may do without the rule
};

struct RuleOutcome {
  RuleState state = RuleState::kUnusable;
  std::optional<RuleSelection> decided_by;      // the last that names the rule
  RuleAction action = RuleAction::kAlert;       // when loaded
  Enforcement enforcement = Enforcement::kOff;  // of the action, when loaded
  size_t number = 0;                            // of the rule in the RuleSet, when loaded
  std::string output;                           // the whole template
  std::vector<std::string> output_fields;       // sorted
  // Names and templates of the texts that the configuration adds to the fields of its alerts.
  std::vector<std::pair<std::string, std::string>> extra_formats;
};

// What became of a definition.
struct CompiledRule {
  lang::ExprPtr written;   // its condition and exceptions; macros and lists are still names
  lang::ExprPtr resolved;  // null: wrong, or not looked at
  RuleOutcome outcome;
};

class RuleCompiler {
 public:
  // Borrows all.
  RuleCompiler(const FieldCatalog& fields, const LoadOptions& options, ConditionTexts& texts,
               Names& names, FindingReporter& reporter, Diagnostics& diagnostics);

  // Rules that are switched off or not severe enough are checked and left out.
  // Requires: the definition lives until finish().
  CompiledRule add(const RuleDefinition& definition);
  // Ends the work. May report errors, when the rules are of no use together. Null: no explanations
  // are asked for; else they are appended, one for each rule.
  [[nodiscard]] RuleSet::Parts finish(std::vector<filter::FilterExplanation>* explanations) &&;

 private:
  // The condition with exceptions in place; null: nothing is left. False in `complete`: something
  // is wrong, and reported.
  lang::ExprPtr condition_of(const RuleDefinition& definition, bool& complete);
  // The condition with its names replaced.
  lang::Resolution resolve(const lang::Expr& condition, const RuleDefinition& definition);
  // Compiles the condition when the rule is used, else checks it only. Absent: it is wrong.
  std::optional<lang::ConditionInfo> compile(const RuleDefinition& definition,
                                             const lang::Expr& condition, bool is_used);
  void warn_broad(const RuleDefinition& definition, const lang::ConditionInfo& info);
  // False: the kernel cannot decide what the rule acts on; reported.
  bool add_to_filter(const RuleDefinition& definition, const Rule& rule,
                     const lang::Expr& condition, const lang::ConditionInfo& info);
  void keep(Rule rule, const lang::ConditionInfo& info);
  // False: the rule cannot be used; reported.
  bool parse_output(const RuleDefinition& definition, Rule& rule);
  void report_all(const RuleDefinition& definition, std::vector<lang::Finding>& findings);
  void warn_deprecated_fields(const RuleDefinition& definition, const OutputTemplate& output,
                              const ComposedText& text);
  void warn_rule(const RuleDefinition& definition, const FindingCode& code, std::string message,
                 std::string hint, const Text& place);
  // What it does when it holds, and whether that is in force. Reports what the kernel cannot do.
  void set_action(const RuleDefinition& definition, const EventSet& events, Rule& rule);
  // Whether it is switched on and severe enough.
  void select(const RuleDefinition& definition, RuleOutcome& outcome) const;

  const FieldCatalog& fields_;
  const LoadOptions& options_;
  ConditionTexts& texts_;
  Names& names_;
  FindingReporter& reporter_;
  Diagnostics& diagnostics_;
  lang::Compiler compiler_;
  lang::Compiler checker_;  // for rules that are left out
  ExceptionBuilder exceptions_;
  filter::FilterCompiler filter_;
  std::vector<const RuleDefinition*> acting_;  // whose conditions the filter decides exactly
  RuleLints lints_;
  OutputAppender appender_;
  std::shared_ptr<const SourceText> text_;  // of the condition that is being compiled
  RuleSet::Parts parts_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_RULE_COMPILER_H
