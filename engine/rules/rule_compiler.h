// SPDX-License-Identifier: Apache-2.0
// RuleCompiler: one rule definition after the other -> Rule and its part of the Program.
#ifndef SAKER_ENGINE_RULES_RULE_COMPILER_H
#define SAKER_ENGINE_RULES_RULE_COMPILER_H

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/lang/compiler.h"
#include "engine/rules/composed_text.h"
#include "engine/rules/exceptions.h"
#include "engine/rules/finding_reporter.h"
#include "engine/rules/loader.h"
#include "engine/rules/merge.h"
#include "engine/rules/names.h"
#include "engine/rules/output_appender.h"

namespace saker {

class RuleCompiler {
 public:
  // Borrows all.
  RuleCompiler(const FieldCatalog& fields, const LoadOptions& options, ConditionTexts& texts,
               Names& names, FindingReporter& reporter, Diagnostics& diagnostics);

  // Rules that are switched off or not severe enough are checked and left out.
  void add(const RuleDefinition& definition);
  // Ends the work.
  [[nodiscard]] RuleSet::Parts finish() &&;

 private:
  // The condition with names and exceptions in place; null: reported.
  lang::ExprPtr condition_of(const RuleDefinition& definition);
  // False: the rule cannot be used; reported.
  bool parse_output(const RuleDefinition& definition, Rule& rule);
  void report_all(const RuleDefinition& definition, std::vector<lang::Finding>& findings);
  void warn_deprecated_fields(const RuleDefinition& definition, const OutputTemplate& output,
                              const ComposedText& text);
  void output_finding(const RuleDefinition& definition, Severity severity, const FindingCode& code,
                      std::string message, std::string hint, const Place& place);
  void warn_rule(const RuleDefinition& definition, const FindingCode& code, std::string message,
                 std::string hint, const Text& place);
  [[nodiscard]] bool is_selected(const RuleDefinition& definition) const;

  const FieldCatalog& fields_;
  const LoadOptions& options_;
  ConditionTexts& texts_;
  Names& names_;
  FindingReporter& reporter_;
  Diagnostics& diagnostics_;
  lang::Compiler compiler_;
  lang::Compiler checker_;  // for rules that are left out
  ExceptionBuilder exceptions_;
  OutputAppender appender_;
  std::shared_ptr<const SourceText> text_;  // of the condition that is being compiled
  RuleSet::Parts parts_;
};

}  // namespace saker

#endif  // SAKER_ENGINE_RULES_RULE_COMPILER_H
